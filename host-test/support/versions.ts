// SPDX-License-Identifier: MIT
import { describe } from "vitest";
import { V3_1_1, V5, type Version } from "../../src/mqtt/version.ts";

/** Describes what holds in 3.1.1 and in 5.0: `body` is run for each. */
export function inBothVersions(name: string, body: (version: Version) => void): void {
	for (const version of [V3_1_1, V5] as const)
		describe(`${name}, ${version === V5 ? "5.0" : "3.1.1"}`, () => body(version));
}
