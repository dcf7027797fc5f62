// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import type { Store } from "../../src/mqtt/store.ts";

/** Where one store's records are: each `open` is a new store over the same place, as after a reboot. */
export interface Place {
	open(): Store;
	/** False when what was kept is gone with the store. */
	readonly lasts: boolean;
}

/** Bytes that tell their length and their seed. */
export function pattern(length: number, seed = 0): Uint8Array {
	const bytes = new Uint8Array(length);
	for (let at = 0; at < length; at++) bytes[at] = (at * 31 + seed + (at >> 8)) & 0xff;
	return bytes;
}

const LARGEST = 2 ** 32 - 1;

/** What is kept after these calls, whatever keeps it. */
const BEHAVIOURS: [name: string, calls: (store: Store) => void, kept: [key: number, bytes: Uint8Array][]][] = [
	["nothing, at first", () => {}, []],
	["a record", (store) => store.put(7, pattern(5)), [[7, pattern(5)]]],
	["a record without bytes", (store) => store.put(7, pattern(0)), [[7, pattern(0)]]],
	[
		"the last record of a key",
		(store) => {
			for (let turn = 0; turn < 9; turn++) store.put(7, pattern(3 + turn, turn));
		},
		[[7, pattern(11, 8)]],
	],
	[
		"a shorter record in place of a longer one",
		(store) => {
			store.put(7, pattern(8000));
			store.put(7, pattern(2));
		},
		[[7, pattern(2)]],
	],
	[
		"records of 3,996 to 3,998 bytes, and of 8,000",
		(store) => {
			for (const length of [3996, 3997, 3998, 8000]) store.put(length, pattern(length));
		},
		[3996, 3997, 3998, 8000].map((length) => [length, pattern(length)]),
	],
	[
		"nothing of a key that was deleted",
		(store) => {
			store.put(7, pattern(8000));
			store.put(7, pattern(8001));
			store.put(8, pattern(1));
			store.delete(7);
		},
		[[8, pattern(1)]],
	],
	[
		"a key that was deleted and put again",
		(store) => {
			store.put(7, pattern(8000, 1));
			store.delete(7);
			store.put(7, pattern(6, 2));
		},
		[[7, pattern(6, 2)]],
	],
	[
		"the same after a key is deleted that is not there",
		(store) => {
			store.put(7, pattern(5));
			for (const key of [8, -1, 1.5, Number.NaN, 2 ** 32]) store.delete(key);
		},
		[[7, pattern(5)]],
	],
	[
		"the smallest and the largest key",
		(store) => {
			store.put(LARGEST, pattern(8000, 1));
			store.put(0, pattern(8000, 2));
		},
		[
			[0, pattern(8000, 2)],
			[LARGEST, pattern(8000, 1)],
		],
	],
	[
		"keys in order of their numbers",
		(store) => {
			for (const key of [100, 9, 36, 35, LARGEST, 2 ** 31, 10, 1000]) store.put(key, pattern(1, key));
		},
		[9, 10, 35, 36, 100, 1000, 2 ** 31, LARGEST].map((key) => [key, pattern(1, key)]),
	],
	[
		"its own copy of the bytes",
		(store) => {
			const bytes = pattern(5);
			store.put(7, bytes);
			bytes.fill(0);
			for (const [, kept] of store.entries()) kept.fill(0);
		},
		[[7, pattern(5)]],
	],
	[
		"the bytes of a part of a buffer",
		(store) => store.put(7, pattern(9100).subarray(50, 9050)),
		[[7, pattern(9100).slice(50, 9050)]],
	],
];

/** Tests that a store does what every store must; `place` makes an empty place for one. */
export function testStore(name: string, place: () => Place): void {
	describe(`${name} keeps`, () => {
		for (const [behaviour, calls, kept] of BEHAVIOURS) {
			test(behaviour, () => {
				const here = place();
				const store = here.open();
				calls(store);
				expect(store.entries()).toEqual(kept);
				if (here.lasts) expect(here.open().entries()).toEqual(kept);
			});
		}

		test("what it kept after a key that no store takes", () => {
			const store = place().open();
			store.put(7, pattern(5));
			for (const key of [-1, 1.5, Number.NaN, 2 ** 32]) {
				expect(() => store.put(key, pattern(1))).toThrow(`expected a key from 0 to 4294967295, got ${key}`);
				expect(() => store.put(key, pattern(1))).toThrow(RangeError);
			}
			expect(store.entries()).toEqual([[7, pattern(5)]]);
		});
	});
}
