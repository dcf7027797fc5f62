// SPDX-License-Identifier: MIT
import type { Store } from "./store.ts";

/** Keeps a session's state while the program runs, and no longer: for tests, and for clients whose sessions end with them. Wears nothing out; takes the bytes of each record, and a copy of all while `entries` is used. */
export class MemoryStore implements Store {
	private readonly records = new Map<number, Uint8Array>();

	put(key: number, bytes: Uint8Array): void {
		if (key >>> 0 !== key) throw new RangeError(`expected a key from 0 to 4294967295, got ${key}`);
		this.records.set(key, bytes.slice());
	}

	delete(key: number): void {
		this.records.delete(key);
	}

	entries(): [key: number, bytes: Uint8Array][] {
		const entries: [key: number, bytes: Uint8Array][] = [];
		this.records.forEach((bytes, key) => {
			entries.push([key, bytes.slice()]);
		});
		return entries.sort(([one], [other]) => one - other);
	}
}
