// SPDX-License-Identifier: MIT

/** Keeps a session's state across reboots: small records under whole numbers. All calls are synchronous: when `put` has returned, the record survives a power cut, and one that was cut short was never put. */
export interface Store {
	/** Keeps `bytes` under `key` (0 to 2**32 - 1, or it throws RangeError), in place of what was there. The bytes are the caller's again afterwards. Throws when there is no room, and then nothing has changed. */
	put(key: number, bytes: Uint8Array): void;
	/** A key that is not there changes nothing. */
	delete(key: number): void;
	/** What is kept, in ascending order of keys; the bytes are the caller's. */
	entries(): [key: number, bytes: Uint8Array][];
}
