// SPDX-License-Identifier: MIT
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { crc32, tableCrc32 } from "../../host/store/crc-32.ts";
import { FileStore } from "../../host/store/index.ts";
import { identify } from "../../host/store/owner.ts";
import { pattern, testStore } from "../support/store-contract.ts";

let folder: string;
let path: string;
let stores: FileStore[] = [];

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "katydid-store-"));
	path = join(folder, "session");
});

afterEach(() => {
	close();
	rmSync(folder, { recursive: true });
});

function close(): void {
	for (const store of stores) store.close();
	stores = [];
}

function open(...options: ConstructorParameters<typeof FileStore> extends [string, ...infer Rest] ? Rest : never) {
	const store = new FileStore(path, ...options);
	stores.push(store);
	return store;
}

for (const fsync of ["always", "never"] as const) {
	testStore(`a FileStore that flushes ${fsync}`, () => ({
		open() {
			close();
			return open({ fsync });
		},
		lasts: true,
	}));
}

test("a store's file is its owner's alone, and nothing is left beside it", () => {
	open().put(1, pattern(5));
	expect(statSync(path).mode & 0o777).toBe(0o600);
	expect(readdirSync(folder).sort()).toEqual(["session", "session.lock"]);
	close();
	expect(readdirSync(folder)).toEqual(["session"]);
});

test("a file that is written anew is its owner's alone", () => {
	const store = open({ garbage: 0 });
	for (let turn = 0; turn < 5; turn++) store.put(1, pattern(500));
	expect(statSync(path).mode & 0o777).toBe(0o600);
	expect(readdirSync(folder).sort()).toEqual(["session", "session.lock"]);
});

test("a store grows by what is out of date to its bound, and no further", () => {
	const store = open({ garbage: 10_000, fsync: "never" });
	let largest = 0;
	for (let turn = 0; turn < 2000; turn++) {
		store.put(turn % 3, pattern(100, turn));
		largest = Math.max(largest, statSync(path).size);
	}
	expect(largest).toBeGreaterThan(10_000);
	expect(largest).toBeLessThan(10_000 + 10 * 116);
	close();
	expect(open().entries()).toEqual([1998, 1999, 1997].map((turn) => [turn % 3, pattern(100, turn)]));
});

test("a store that is to flush otherwise than always or never is not opened", () => {
	expect(() => open({ fsync: "sometimes" as "never" })).toThrow(
		'expected fsync to be "always" or "never", got "sometimes"',
	);
	expect(readdirSync(folder)).toEqual([]);
});

test("an empty file is a store without records", () => {
	writeFileSync(path, "");
	open().put(1, pattern(5));
	close();
	expect(open().entries()).toEqual([[1, pattern(5)]]);
});

for (const [what, bytes, message] of [
	["of another kind", "once upon a time", 'expected a store that starts with "katydid", got "once up"'],
	["of another version", "katydid\x02 and what it has", "expected a store of version 1, got version 2"],
	["with half a head", "katydid\x01...", "expected a store's head of 16 bytes, got 11"],
	["with a damaged head", "katydid\x01........", "expected a store's head, got a damaged one at offset 0"],
] as const) {
	test(`a file ${what} is no store, and stays as it is`, () => {
		writeFileSync(path, bytes);
		expect(() => open()).toThrow(`${path}: ${message}`);
		expect(readFileSync(path, "latin1")).toBe(bytes);
		expect(readdirSync(folder)).toEqual(["session"]);
	});
}

test("a folder that is not there is said to be missing", () => {
	expect(() => new FileStore(join(folder, "no", "session"))).toThrow("ENOENT");
});

test("a store has one user at a time in this process", () => {
	open();
	expect(() => open()).toThrow(
		`${path}: expected to be the only one to use it, got process ${process.pid} (${path}.lock)`,
	);
	close();
	open();
});

test("a store that another process has is not opened until that ends, however it ends", async () => {
	const other = spawn(process.execPath, ["--eval", "setInterval(() => {}, 1e6)"], { stdio: "ignore" });
	await once(other, "spawn");
	writeFileSync(`${path}.lock`, identify(other.pid!));
	expect(() => open()).toThrow(`got process ${other.pid} `);
	other.kill("SIGKILL");
	await once(other, "exit");
	open().put(1, pattern(5));
	expect(readFileSync(`${path}.lock`, "utf8")).toBe(identify(process.pid));
	expect(readdirSync(folder).sort()).toEqual(["session", "session.lock"]);
});

for (const [whose, owner] of [
	["a process that ended", `${spawnSync(process.execPath, ["--version"]).pid}`],
	["a process before the last power cut", `${process.pid} 1 00000000-0000-0000-0000-000000000000`],
	["nobody, as a power cut leaves it", ""],
] as const) {
	test(`the lock of ${whose} is taken over`, () => {
		writeFileSync(`${path}.lock`, owner);
		open().put(1, pattern(5));
		expect(readFileSync(`${path}.lock`, "utf8")).toBe(identify(process.pid));
	});
}

test("a store that was closed takes no more", () => {
	const store = open();
	store.put(1, pattern(5));
	store.close();
	store.close();
	expect(() => store.put(1, pattern(1))).toThrow(`${path}: expected an open store, got one that was closed`);
	expect(() => store.delete(1)).toThrow("was closed");
	expect(store.entries()).toEqual([[1, pattern(5)]]);
});

test("a process that is killed while it puts loses nothing that it said it put", { timeout: 60_000 }, async () => {
	const script = `
		const { FileStore } = await import(${JSON.stringify(new URL("../../host/store/index.ts", import.meta.url).href)});
		const { writeSync } = await import("node:fs");
		const store = new FileStore(${JSON.stringify(path)}, { garbage: 2000 });
		for (let turn = 1; ; turn++) {
			store.put(turn % 7, Buffer.alloc(200, turn));
			writeSync(1, String(turn) + "\\n");
		}`;
	const loader = new URL("../../bench/typescript.js", import.meta.url).href;
	const parameters = ["--import", loader, "--input-type=module", "--eval", script];
	const child = spawn(process.execPath, parameters, { stdio: ["ignore", "pipe", "inherit"] });
	let said = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		said += text;
		if (said.length > 1000) child.kill("SIGKILL");
	});
	await once(child, "close");
	const last = Number(said.split("\n").at(-2));
	expect(last).toBeGreaterThan(200);
	const store = open();
	const turn = store.entries().find(([key]) => key === last % 7)![1][0];
	// The next may have been put and not been said.
	expect(store.entries()).toHaveLength(7);
	expect([last % 256, (last + 7) % 256]).toContain(turn);
	const newest = store.entries().find(([key]) => key === (last + 1) % 7)![1][0];
	expect([(last + 1) % 256, (last - 6) % 256]).toContain(newest);
});

test("CRC-32 is that of zip, by Node and by the table", () => {
	for (const crc of [crc32, tableCrc32]) {
		expect(crc(Buffer.from("123456789"))).toBe(0xcbf43926);
		expect(crc(Buffer.from("6789"), crc(Buffer.from("12345")))).toBe(0xcbf43926);
		expect(crc(new Uint8Array(0))).toBe(0);
	}
});
