// SPDX-License-Identifier: MIT

/** The SDK's module `preference`, as far as a store uses it. */
export interface Preference {
	set(domain: string, name: string, value: ArrayBuffer): void;
	get(domain: string, name: string): unknown;
	delete(domain: string, name: string): void;
	keys(domain: string): string[];
}

/** Where a store keeps what it keeps, and who is told when it cannot. */
export interface PreferenceStoreOptions {
	/** NVS's namespace, 1 to 15 characters, for one store alone; `katydid` unless given. */
	readonly domain?: string;
	/** Told of each record that is damaged; it is then removed for good, unless this throws, which the store throws on. Without it, the store throws on damage. */
	readonly onDamage?: (damage: { readonly domain: string; readonly key: number }) => void;
}

const PREFIX = "m";
const VERSION = 1;
/** The first value of a record: version (1 byte), how many values follow (2), bytes. */
const HEAD_SIZE = 3;
const VALUE_SIZE = 4000;
const MOST_BYTES = VALUE_SIZE * 0x10000 - HEAD_SIZE;
/** `set` removes what is under its name before it writes (modules/files/preference/esp32): so a record is never replaced under its names, it goes on to those of the next generation, which is the newer of two. */
const GENERATIONS = 3;

/**
 * A `Store`: keeps a session's state in the NVS of an ESP32, through the SDK's module `preference`, which is given: not every target can preload it.
 * A record is a value, and one more for each 4,000 bytes; in memory it takes an entry of a Map. In flash it takes an entry of 32 bytes for each 32 of its bytes and
 * 2 or 3 more, twice while it is replaced; a page holds 126 entries, and one page is kept free. A put writes these entries, a delete none. The usual NVS of 24 KB lasts for
 * about 75 million entries (6 pages × 126 × 100,000 erasures): with 100 bytes put each 10 seconds, 4 years. Linux's `preference` writes all of its file at each change, and a cut may lose it.
 */
export class PreferenceStore {
	private readonly preference: Preference;
	private readonly domain: string;
	private readonly onDamage: PreferenceStoreOptions["onDamage"];
	/** By key: the record's generation, and GENERATIONS times how many values follow the first. */
	private readonly kept = new Map<number, number>();
	/** Names to be removed before anything else changes, first values first. */
	private leftovers: string[] = [];

	/** Finds what is kept, and removes what a power cut left half done. */
	constructor(preference: Preference, options: PreferenceStoreOptions = {}) {
		const { domain = "katydid", onDamage } = options;
		if (domain.length < 1 || domain.length > 15)
			throw new RangeError(`expected a domain of 1 to 15 characters, got "${domain}"`);
		this.preference = preference;
		this.domain = domain;
		this.onDamage = onDamage;
		const names = preference.keys(domain).filter(isOurs);
		for (const name of names) if (partOf(name) === 0) this.find(name);
		const obsolete = names.filter((name) => !this.has(name));
		// A first value goes first: without those that follow it would be damage.
		this.leftovers = obsolete.filter((name) => partOf(name) === 0).concat(obsolete.filter(partOf));
		this.removeLeftovers();
	}

	/** Keeps `bytes` under `key` (0 to 2**32 - 1, or it throws RangeError), in place of what was there. Throws when there is no room for both, and then nothing has changed. */
	put(key: number, bytes: Uint8Array): void {
		if (key >>> 0 !== key) throw new RangeError(`expected a key from 0 to 4294967295, got ${key}`);
		if (bytes.length > MOST_BYTES) throw new RangeError(`expected at most ${MOST_BYTES} bytes, got ${bytes.length}`);
		this.removeLeftovers();
		const old = this.kept.get(key);
		const generation = old === undefined ? 0 : ((old % GENERATIONS) + 1) % GENERATIONS;
		const following = followingOf(bytes.length);
		const record = following * GENERATIONS + generation;
		try {
			// The first value makes the record: it is written last.
			for (let part = following; part >= 0; part--)
				this.preference.set(this.domain, nameOf(key, generation, part), encode(bytes, part, following));
		} catch (error) {
			this.remove(key, record);
			throw error;
		}
		this.kept.set(key, record);
		if (old !== undefined) this.remove(key, old);
	}

	/** A key that is not there changes nothing. Throws when flash cannot be written, and then nothing has changed. */
	delete(key: number): void {
		const record = this.kept.get(key);
		if (record === undefined) return;
		this.removeLeftovers();
		this.preference.delete(this.domain, nameOf(key, record % GENERATIONS, 0));
		this.kept.delete(key);
		this.remove(key, record);
	}

	/** What is kept, in ascending order of keys, read from flash; the bytes are the caller's. */
	entries(): [key: number, bytes: Uint8Array][] {
		const keys = Array.from(this.kept.keys()).sort((one, other) => one - other);
		const entries: [key: number, bytes: Uint8Array][] = [];
		for (const key of keys) {
			const record = this.kept.get(key)!;
			const bytes = this.read(key, record % GENERATIONS);
			if (bytes) entries.push([key, bytes]);
			else {
				this.damaged(key);
				this.delete(key);
			}
		}
		return entries;
	}

	/** Takes in the record whose first value has this name, unless there is a newer one. */
	private find(name: string): void {
		const key = keyOf(name);
		const generation = generationOf(name);
		const other = this.kept.get(key);
		if (other !== undefined && other % GENERATIONS === (generation + 1) % GENERATIONS) return;
		const bytes = this.read(key, generation);
		if (bytes) this.kept.set(key, followingOf(bytes.length) * GENERATIONS + generation);
		else this.damaged(key);
	}

	private has(name: string): boolean {
		const record = this.kept.get(keyOf(name));
		if (record === undefined) return false;
		return record % GENERATIONS === generationOf(name) && Math.floor(record / GENERATIONS) >= partOf(name);
	}

	/** A record's bytes; undefined when it is damaged. */
	private read(key: number, generation: number): Uint8Array | undefined {
		const head = this.value(key, generation, 0);
		if (!head || head.length < HEAD_SIZE || head[0] !== VERSION) return undefined;
		const following = (head[1]! << 8) | head[2]!;
		let bytes = head.slice(HEAD_SIZE);
		if (following > 0 && head.length !== VALUE_SIZE) return undefined;
		for (let part = 1; part <= following; part++) {
			const value = this.value(key, generation, part);
			if (!value || (part < following && value.length !== VALUE_SIZE)) return undefined;
			const longer = new Uint8Array(bytes.length + value.length);
			longer.set(bytes);
			longer.set(value, bytes.length);
			bytes = longer;
		}
		return bytes;
	}

	private value(key: number, generation: number, part: number): Uint8Array | undefined {
		const value = this.preference.get(this.domain, nameOf(key, generation, part));
		return value instanceof ArrayBuffer && value.byteLength <= VALUE_SIZE ? new Uint8Array(value) : undefined;
	}

	private damaged(key: number): void {
		const { domain, onDamage } = this;
		if (!onDamage) throw new Error(`preference "${domain}": expected a record under key ${key}, got damage`);
		onDamage({ domain, key });
	}

	/** Removes a record's values, the first one first; what cannot be removed now is, before the next change. */
	private remove(key: number, record: number): void {
		const following = Math.floor(record / GENERATIONS);
		for (let part = 0; part <= following; part++) this.leftovers.push(nameOf(key, record % GENERATIONS, part));
		try {
			this.removeLeftovers();
		} catch {
			// The change that was asked for is done, or undone: this is not part of it.
		}
	}

	private removeLeftovers(): void {
		while (this.leftovers.length > 0) {
			this.preference.delete(this.domain, this.leftovers[0]!);
			this.leftovers.shift();
		}
	}
}

/** How many values follow the first one of a record. */
function followingOf(length: number): number {
	return Math.ceil((length + HEAD_SIZE) / VALUE_SIZE) - 1;
}

/** One value of a record, with a copy of its bytes. */
function encode(bytes: Uint8Array, part: number, following: number): ArrayBuffer {
	const start = Math.max(part * VALUE_SIZE - HEAD_SIZE, 0);
	const chunk = bytes.subarray(start, (part + 1) * VALUE_SIZE - HEAD_SIZE);
	const room = part === 0 ? HEAD_SIZE : 0;
	const value = new Uint8Array(room + chunk.length);
	if (room > 0) {
		value[0] = VERSION;
		value[1] = following >> 8;
		value[2] = following;
	}
	value.set(chunk, room);
	return value.buffer;
}

/** `m`, key, `.`, generation, part, in base 36: at most 14 characters. */
function nameOf(key: number, generation: number, part: number): string {
	return `${PREFIX}${key.toString(36)}.${generation}${part.toString(36)}`;
}

function keyOf(name: string): number {
	return Number.parseInt(name.slice(PREFIX.length, name.indexOf(".")), 36);
}

function generationOf(name: string): number {
	return Number.parseInt(name.charAt(name.indexOf(".") + 1), GENERATIONS);
}

function partOf(name: string): number {
	return Number.parseInt(name.slice(name.indexOf(".") + 2), 36);
}

function isOurs(name: string): boolean {
	return name === nameOf(keyOf(name), generationOf(name), partOf(name)) && keyOf(name) < 2 ** 32;
}
