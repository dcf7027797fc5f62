// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";

test("passes", () => expect([1]).toEqual([1]));
describe("a group", () => {
	test("fails", () => expect(new Uint8Array([1, 2])).toEqual(new Uint8Array([1, 3])));
});
test("throws", () => {
	throw new RangeError("too far");
});
