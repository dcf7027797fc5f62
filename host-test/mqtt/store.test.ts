// SPDX-License-Identifier: MIT
import { MemoryStore } from "../../src/mqtt/memory-store.ts";
import { PreferenceStore } from "../../src/xs/preference-store.ts";
import { FakePreference } from "../support/fake-preference.ts";
import { testStore } from "../support/store-contract.ts";

testStore("a MemoryStore", () => ({ open: () => new MemoryStore(), lasts: false }));

testStore("a PreferenceStore", () => {
	const preference = new FakePreference();
	return { open: () => new PreferenceStore(preference), lasts: true };
});
