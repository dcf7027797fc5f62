// SPDX-License-Identifier: MIT
// What a server keeps of bodies under way, in bounded memory: RFC 7959 §2.
import { describe, expect, test } from "vitest";
import * as Block from "../../src/coap/block.ts";
import { Downloads, etagOf } from "../../src/coap/block-downloads.ts";
import { Uploads } from "../../src/coap/block-uploads.ts";
import { Code } from "../../src/coap/index.ts";
import { toHex } from "../support/hex.ts";

const bytes = (length: number, first = 0) => Uint8Array.from({ length }, (_, i) => first + i);

/** A block as the RFC's figures write it: NUM/M/size. */
function block(text: string): number {
	const [num, more, size] = text.split("/").map(Number) as [number, number, number];
	return (num << 4) | (more << 3) | Block.szxOf(size);
}

describe("uploads", () => {
	const LIMITS = { uploads: 2, uploadSize: 100, uploadMemory: 150, uploadTimeout: 1000 };
	const A = { address: "192.0.2.1", port: 5000 };
	const B = { address: "192.0.2.1", port: 5001 };
	const C = { address: "192.0.2.2", port: 5000 };

	function take(
		uploads: Uploads,
		words: string,
		{ endpoint = A, key = "k", now = 0, size1 = -1, streamed = false } = {},
	) {
		const block1 = block(words);
		const length = Block.more(block1) ? Block.size(block1) : 1;
		return uploads.take({ endpoint, block1, size1, payload: bytes(length, Block.offset(block1)) }, key, streamed, now);
	}

	test("are told apart by endpoint, port and key", () => {
		const uploads = new Uploads({ ...LIMITS, uploads: 9 });
		const all = [{ endpoint: A }, { endpoint: B }, { endpoint: C }, { endpoint: A, key: "l" }];
		for (const one of all) expect(take(uploads, "0/1/16", one)).toBe(Code.CONTINUE);
		expect(uploads.count).toBe(4);
		for (const one of all) {
			expect(take(uploads, "1/0/16", one)).toBe(0);
			expect(toHex(uploads.body)).toBe(toHex(bytes(17)));
		}
		expect(uploads.count).toBe(0);
		expect(uploads.abandoned).toBe(0);
	});

	test("start anew with their first block", () => {
		const uploads = new Uploads(LIMITS);
		take(uploads, "0/1/16");
		take(uploads, "1/1/16");
		expect(take(uploads, "0/1/16")).toBe(Code.CONTINUE);
		expect(take(uploads, "2/0/16")).toBe(Code.REQUEST_ENTITY_INCOMPLETE);
		expect(take(uploads, "1/0/16")).toBe(0);
		expect(uploads.body).toHaveLength(17);
	});

	test("that are too long are refused by what they say of themselves, before anything is kept", () => {
		const uploads = new Uploads(LIMITS);
		expect(take(uploads, "0/1/16", { size1: 101 })).toBe(Code.REQUEST_ENTITY_TOO_LARGE);
		expect(uploads.count).toBe(0);
		expect(take(uploads, "0/1/16", { size1: 100 })).toBe(Code.CONTINUE);
	});

	test("that are too long are refused when they turn out to be", () => {
		const uploads = new Uploads(LIMITS);
		expect(take(uploads, "0/1/64")).toBe(Code.CONTINUE);
		expect(take(uploads, "1/1/64")).toBe(Code.REQUEST_ENTITY_TOO_LARGE);
		expect(uploads.count).toBe(0);
	});

	test("that begin with a block of the wrong length are not kept", () => {
		const uploads = new Uploads(LIMITS);
		const wrong = { endpoint: A, block1: block("0/1/16"), size1: -1, payload: bytes(15) };
		expect(uploads.take(wrong, "k", false, 0)).toBe(Code.BAD_REQUEST);
		expect(uploads.count).toBe(0);
	});

	test("of others are not given up for one more", () => {
		const uploads = new Uploads(LIMITS);
		take(uploads, "0/1/16", { endpoint: A });
		take(uploads, "0/1/16", { endpoint: B });
		expect(take(uploads, "0/1/16", { endpoint: C })).toBe(Code.SERVICE_UNAVAILABLE);
		expect(take(uploads, "0/0/16", { endpoint: C })).toBe(0);
		expect(take(uploads, "0/1/16", { endpoint: A, key: "l" })).toBe(Code.CONTINUE);
		expect(uploads.abandoned).toBe(1);
		expect(take(uploads, "1/0/16", { endpoint: A })).toBe(Code.REQUEST_ENTITY_INCOMPLETE);
		expect(take(uploads, "1/0/16", { endpoint: B })).toBe(0);
	});

	test("take no more memory together than they may", () => {
		const uploads = new Uploads(LIMITS);
		expect(take(uploads, "0/1/64", { endpoint: A })).toBe(Code.CONTINUE);
		expect(take(uploads, "4/1/16", { endpoint: A })).toBe(Code.CONTINUE);
		expect(take(uploads, "0/1/64", { endpoint: B })).toBe(Code.SERVICE_UNAVAILABLE);
		expect(take(uploads, "5/0/16", { endpoint: A })).toBe(0);
		expect(take(uploads, "0/1/64", { endpoint: B })).toBe(Code.CONTINUE);
	});

	test("are given up when nothing more comes of them", () => {
		const uploads = new Uploads(LIMITS);
		expect(uploads.deadline).toBe(Infinity);
		take(uploads, "0/1/16", { now: 0 });
		take(uploads, "1/1/16", { now: 900 });
		expect(uploads.deadline).toBe(1900);
		uploads.expire(1899);
		expect(uploads.count).toBe(1);
		expect(take(uploads, "2/0/16", { now: 1900 })).toBe(Code.REQUEST_ENTITY_INCOMPLETE);
		expect([uploads.count, uploads.abandoned, uploads.deadline]).toEqual([0, 1, Infinity]);
	});

	test("can be handed on block by block, of any length", () => {
		const uploads = new Uploads(LIMITS);
		for (let i = 0; i < 100; i++) {
			expect(take(uploads, `${i}/1/16`, { streamed: true, size1: 1601 })).toBe(0);
			expect([uploads.offset, uploads.body.length, uploads.more]).toEqual([16 * i, 16, true]);
		}
		expect(take(uploads, "99/1/16", { streamed: true })).toBe(Code.CONTINUE);
		expect(take(uploads, "100/0/16", { streamed: true })).toBe(0);
		expect([uploads.offset, uploads.body.length, uploads.more]).toEqual([1600, 1, false]);
	});

	test("that were stopped go on no more", () => {
		const uploads = new Uploads(LIMITS);
		take(uploads, "0/1/16", { streamed: true });
		uploads.stop(A, "k");
		expect(take(uploads, "1/1/16", { streamed: true })).toBe(Code.REQUEST_ENTITY_INCOMPLETE);
	});
});

describe("downloads", () => {
	const LIMITS = { downloads: 2, downloadMemory: 100, downloadTimeout: 1000 };
	const A = { address: "192.0.2.1", port: 5000 };
	const B = { address: "192.0.2.1", port: 5001 };
	const resource = {};
	const of = (length: number) => ({
		resource,
		asked: undefined,
		code: Code.CONTENT,
		body: bytes(length),
		etag: bytes(1),
		format: 0,
		maxAge: undefined,
	});

	test("are found by endpoint and key", () => {
		const downloads = new Downloads(LIMITS);
		downloads.keep(A, "k", of(10), 0);
		expect(downloads.find(A, "k", 0)?.body).toHaveLength(10);
		expect(downloads.find(A, "l", 0)).toBe(undefined);
		expect(downloads.find(B, "k", 0)).toBe(undefined);
	});

	test("are replaced by the next for the same endpoint and key", () => {
		const downloads = new Downloads(LIMITS);
		downloads.keep(A, "k", of(10), 0);
		downloads.keep(A, "k", of(11), 0);
		expect(downloads.count).toBe(1);
		expect(downloads.find(A, "k", 0)?.body).toHaveLength(11);
	});

	test("give way when they were used longest ago: to number and to memory", () => {
		const downloads = new Downloads(LIMITS);
		downloads.keep(A, "k", of(50), 0);
		downloads.keep(A, "l", of(50), 0);
		downloads.find(A, "k", 0);
		downloads.keep(A, "m", of(10), 0);
		expect(["k", "l", "m"].map((key) => downloads.find(A, key, 0)?.body.length)).toEqual([50, undefined, 10]);
		downloads.keep(A, "n", of(91), 0);
		expect(downloads.count).toBe(1);
	});

	test("that are too long are not kept, and push nothing out but the one before", () => {
		const downloads = new Downloads(LIMITS);
		downloads.keep(A, "k", of(10), 0);
		expect(downloads.keep(A, "l", of(101), 0)).toBe(false);
		expect(downloads.count).toBe(1);
		downloads.keep(A, "k", of(101), 0);
		expect(downloads.count).toBe(0);
		expect(new Downloads({ ...LIMITS, downloads: 0 }).keep(A, "k", of(1), 0)).toBe(false);
	});

	test("are forgotten after a while, and on demand", () => {
		const downloads = new Downloads(LIMITS);
		downloads.keep(A, "k", of(10), 0);
		expect(downloads.deadline).toBe(1000);
		downloads.find(A, "k", 900);
		downloads.expire(1899);
		expect(downloads.count).toBe(1);
		expect(downloads.find(A, "k", 1900)).toBe(undefined);
		downloads.keep(A, "k", of(10), 1900);
		downloads.keep(B, "k", of(10), 1900);
		downloads.forget(A, {});
		expect(downloads.count).toBe(2);
		downloads.forget(A, resource);
		expect(downloads.count).toBe(1);
		downloads.forget(B, resource);
		expect([downloads.count, downloads.deadline]).toEqual([0, Infinity]);
	});

	test("have ETags that change with a byte, and with the length", () => {
		const tags = [bytes(100), bytes(100, 1), bytes(99), new Uint8Array(0), new Uint8Array(1)].map(etagOf).map(toHex);
		expect(new Set(tags).size).toBe(5);
		expect(toHex(etagOf(bytes(100)))).toBe(tags[0]);
		expect(tags[0]).toHaveLength(8);
	});

	test("have other ETags when any byte, or any two, are others", () => {
		const body = bytes(41);
		const tags = new Set([toHex(etagOf(body))]);
		let count = 1;
		for (let i = 0; i < 41; i++)
			for (let j = i; j < 41; j++) {
				const other = body.slice();
				other[i]! ^= 1;
				other[j]! ^= 2;
				tags.add(toHex(etagOf(other)));
				count++;
			}
		expect(tags.size).toBe(count);
	});
});
