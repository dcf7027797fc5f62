// SPDX-License-Identifier: MIT
import { beforeEach, expect, test } from "vitest";
import { FileStore, type FileStoreOptions } from "../../host/store/index.ts";
import { FakeDisk } from "../support/fake-disk.ts";
import { seeded } from "../support/random.ts";
import { pattern } from "../support/store-contract.ts";

const HEAD = 16;
/** What a record of 10 bytes takes. */
const RECORD = 26;

let disk: FakeDisk;

beforeEach(() => {
	disk = new FakeDisk(seeded(1));
});

const open = (options: FileStoreOptions = {}) => new FileStore("/store", { files: disk, ...options });

/** Keeps 10 bytes under each of these keys, and closes. */
function keep(...keys: number[]): void {
	const store = open();
	for (const key of keys) store.put(key, pattern(10, key));
	store.close();
}

const kept = (...keys: number[]) => keys.map((key) => [key, pattern(10, key)]);

for (const at of [0, 4, 8, 12, 16, 25]) {
	test(`a last record damaged at its byte ${at} is cut off, and those before it are kept`, () => {
		keep(1, 2, 3);
		disk.contents("/store")[HEAD + 2 * RECORD + at]! ^= 0x40;
		const store = open();
		expect(store.entries()).toEqual(kept(1, 2));
		expect(store.torn).toBe(RECORD);
		expect(disk.contents("/store")).toHaveLength(HEAD + 2 * RECORD);
	});

	test(`a record between others damaged at its byte ${at} is reported, and nothing changes`, () => {
		keep(1, 2, 3, 4);
		const bytes = disk.contents("/store");
		bytes[HEAD + RECORD + at]! ^= 0x40;
		const before = Uint8Array.from(bytes);
		expect(() => open()).toThrow(`/store: expected a record at offset ${HEAD + RECORD}, got ${RECORD} bytes of damage`);
		expect(disk.contents("/store")).toEqual(before);
		expect(disk.paths()).toEqual(["/store"]);
	});

	test(`who is told of a record damaged at its byte ${at} gets the rest`, () => {
		keep(1, 2, 3, 4);
		disk.contents("/store")[HEAD + RECORD + at]! ^= 0x40;
		const told: unknown[] = [];
		const store = open({ onDamage: (damage) => told.push(damage) });
		expect(told).toEqual([{ path: "/store", offset: HEAD + RECORD, length: RECORD }]);
		expect(store.entries()).toEqual(kept(1, 3, 4));
		store.close();
		expect(open().entries()).toEqual(kept(1, 3, 4));
	});
}

test("what onDamage throws is thrown, and nothing changes", () => {
	keep(1, 2, 3);
	disk.contents("/store")[HEAD]! ^= 1;
	const before = Uint8Array.from(disk.contents("/store"));
	const onDamage = () => {
		throw new Error("not with me");
	};
	expect(() => open({ onDamage })).toThrow("not with me");
	expect(disk.contents("/store")).toEqual(before);
	expect(disk.paths()).toEqual(["/store"]);
});

test("two damages are told apart", () => {
	keep(1, 2, 3, 4, 5);
	for (const record of [1, 3]) disk.contents("/store")[HEAD + record * RECORD + 20]! ^= 1;
	const offsets: number[] = [];
	expect(open({ onDamage: ({ offset }) => offsets.push(offset) }).entries()).toEqual(kept(1, 3, 5));
	expect(offsets).toEqual([HEAD + RECORD, HEAD + 3 * RECORD]);
});

test("a message that holds a journal's records, cut short, is not taken for them", () => {
	keep(1, 2);
	const journal = Uint8Array.from(disk.contents("/store"));
	const store = open();
	store.put(3, new Uint8Array([...journal, ...pattern(50)]));
	store.close();
	disk.place("/store", disk.contents("/store").slice(0, -50));
	expect(open().entries()).toEqual(kept(1, 2));
});

test("a megabyte that was cut short, and looks like the counts of records, is looked through once", () => {
	const store = open();
	store.put(1, pattern(10, 1));
	store.put(
		2,
		new Uint8Array(1 << 20).map((_, at) => (at % 4 === 1 ? 7 : 0)),
	);
	store.close();
	disk.place("/store", disk.contents("/store").slice(0, -1));
	expect(open().entries()).toEqual(kept(1));
});

for (const [when, room] of [
	["at once", 0],
	["within a record", 7],
] as const) {
	for (const fsync of ["always", "never"] as const) {
		test(`a disk that is full ${when} throws and changes nothing, and has what follows when there is room (${fsync})`, () => {
			const store = open({ fsync });
			for (const key of [1, 2]) store.put(key, pattern(10, key));
			const used = disk.contents("/store").length + disk.contents("/store.lock").length;
			disk.room = used + room;
			expect(() => store.put(3, pattern(10))).toThrow("ENOSPC");
			expect(() => store.put(1, pattern(11))).toThrow("ENOSPC");
			expect(() => store.delete(1)).toThrow("ENOSPC");
			expect(store.entries()).toEqual(kept(1, 2));
			expect(disk.contents("/store")).toHaveLength(HEAD + 2 * RECORD);
			disk.room = Number.POSITIVE_INFINITY;
			store.put(3, pattern(10, 3));
			store.close();
			expect(open().entries()).toEqual(kept(1, 2, 3));
		});
	}
}

for (const [call, code] of [
	["write", "EROFS"],
	["write", "EIO"],
	["sync", "EIO"],
	["sync", "EACCES"],
] as const) {
	test(`a ${call} that fails once with ${code} throws and changes nothing, after a power cut neither`, () => {
		const store = open();
		store.put(1, pattern(10, 1));
		let failing = true;
		disk.fault = (what) => {
			if (!failing || what !== call) return undefined;
			failing = false;
			return code;
		};
		expect(() => store.put(2, pattern(10, 2))).toThrow(code);
		expect(store.entries()).toEqual(kept(1));
		disk.reboot();
		expect(open().entries()).toEqual(kept(1));
	});
}

test("a store that cannot take back half a record says so, and takes no more", () => {
	const store = open();
	store.put(1, pattern(10, 1));
	disk.fault = (what) => (what === "sync" || what === "truncate" ? "EIO" : undefined);
	expect(() => store.put(2, pattern(10, 2))).toThrow("EIO");
	disk.fault = () => undefined;
	expect(() => store.put(3, pattern(10, 3))).toThrow(
		"/store: expected an open store, got one that failed (EIO: sync); open it again",
	);
	expect(store.entries()).toEqual(kept(1));
	store.close();
	expect(open().entries()[0]).toEqual(kept(1)[0]);
});

for (const call of ["create", "rename", "syncFolder"]) {
	test(`a store that cannot be written anew because of its ${call} goes on with what it has`, () => {
		const store = open({ garbage: 200 });
		disk.fault = (what) => (what === call ? "EIO" : undefined);
		const names = disk.renames;
		for (let turn = 0; turn < 20; turn++) {
			try {
				store.put(1, pattern(10, turn));
			} catch (error) {
				expect([call, String(error)]).toEqual(["syncFolder", "Error: EIO: syncFolder"]);
			}
		}
		disk.fault = () => undefined;
		for (let turn = 0; turn < 20; turn++) store.put(1, pattern(10, turn));
		expect(disk.renames).toBeGreaterThan(names);
		disk.reboot();
		expect(open().entries()).toEqual([[1, pattern(10, 19)]]);
		expect(disk.contents("/store").length).toBeLessThan(HEAD + 600);
	});
}

test("what is put after the folder could not be flushed is refused, or there after a power cut", () => {
	for (let seed = 1; seed <= 30; seed++) {
		disk = new FakeDisk(seeded(seed));
		const store = open({ garbage: 100 });
		disk.fault = (what) => (what === "syncFolder" ? "EIO" : undefined);
		let turn = 0;
		expect(() => {
			for (; turn < 50; turn++) store.put(1, pattern(10, turn));
		}).toThrow("EIO");
		disk.fault = () => undefined;
		disk.reboot();
		expect(open().entries()).toEqual([[1, pattern(10, turn - 1)]]);
	}
});

test("a store is not written anew for less than what it keeps", () => {
	const store = open({ garbage: 100 });
	for (let turn = 0; turn < 400; turn++) store.put(turn % 100, pattern(10, turn));
	// Once when it is made, then for each 100 records that are out of date.
	expect(disk.renames).toBeGreaterThan(1);
	expect(disk.renames).toBeLessThanOrEqual(4);
});

for (const call of ["create", "sync", "rename", "syncFolder", "link"]) {
	test(`a store that cannot be made because of its ${call} throws, and locks nobody out`, () => {
		disk.fault = (what) => (what === call ? "EACCES" : undefined);
		expect(() => open()).toThrow("EACCES");
		disk.fault = () => undefined;
		open().put(1, pattern(10, 1));
	});
}
