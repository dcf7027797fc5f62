// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { halfSipHash } from "../../src/coap/half-sip-hash.ts";
import { toHex } from "../support/hex.ts";

describe("HalfSipHash-2-4 of the bytes 00, 01, … with the key 00 … 07", () => {
	// The reference implementation's vectors, of 64 bits.
	const ROWS: [length: number, tag: string][] = [
		[0, "218d1f59b9b83cc8"],
		[1, "be552412f8387315"],
		[2, "064f39ef7c50eb57"],
		[3, "ce0f1a45f7060679"],
		[4, "d5e78a175be52ea1"],
		[5, "cb9d7c3f2f3db580"],
		[6, "ce3e91358aa2bc25"],
		[7, "ff202728b07bc684"],
		[8, "edfee820bce4858c"],
	];
	for (const [length, tag] of ROWS)
		test(`of ${length} bytes`, () => {
			const into = new Uint8Array(8);
			halfSipHash(
				[0x03020100, 0x07060504],
				Uint8Array.from({ length }, (_, i) => i),
				into,
			);
			expect(toHex(into)).toBe(tag);
		});
});
