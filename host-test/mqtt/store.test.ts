// SPDX-License-Identifier: MIT
import { MemoryStore } from "../../src/mqtt/memory-store.ts";
import { testStore } from "../support/store-contract.ts";

testStore("a MemoryStore", () => ({ open: () => new MemoryStore(), lasts: false }));
