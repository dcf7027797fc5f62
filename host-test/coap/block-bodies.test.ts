// SPDX-License-Identifier: MIT
// Bodies in blocks, apart from the messages that carry them: RFC 7959 §2, RFC 8323 §6.
import { describe, expect, test } from "vitest";
import * as Block from "../../src/coap/block.ts";
import { Downloads, etagOf } from "../../src/coap/block-downloads.ts";
import { BlockReceiver } from "../../src/coap/block-receiver.ts";
import { BlockSender } from "../../src/coap/block-sender.ts";
import { Uploads } from "../../src/coap/block-uploads.ts";
import { Code } from "../../src/coap/index.ts";
import { toHex } from "../support/hex.ts";

const bytes = (length: number, first = 0) => Uint8Array.from({ length }, (_, i) => first + i);

/** A block as the RFC's figures write it: NUM/M/size. */
function block(text: string): number {
	const [num, more, size] = text.split("/").map(Number) as [number, number, number];
	return (num << 4) | (more << 3) | Block.szxOf(size);
}

function text(value: number): string {
	return `${Block.num(value)}/${Number(Block.more(value))}/${Block.size(value)}`;
}

describe("a block option", () => {
	const ROWS: [value: number, text: string, offset: number][] = [
		[0x00, "0/0/16", 0],
		[0x06, "0/0/1024", 0],
		[0x0a, "0/1/64", 0],
		[0x2d, "2/1/512", 1024],
		[0x102, "16/0/64", 1024],
		[0xffffff & ~1, `${Block.LAST_NUM}/1/1024`, Block.LAST_NUM * 1024],
	];
	for (const [value, words, offset] of ROWS)
		test(`${value} is ${words}`, () => {
			expect(text(value)).toBe(words);
			expect(Block.offset(value)).toBe(offset);
			expect(Block.encode(offset, Block.more(value), Block.szx(value))).toBe(value);
		});

	test("is answered with more to come, the last block, or nothing after the end", () => {
		const sliced = [0, 1, 2, 3].map((num) => Block.slice(num << 4, 48));
		expect(sliced.map((value) => value && text(value))).toEqual(["0/1/16", "1/1/16", "2/0/16", undefined]);
		expect(Block.slice(0, 0)).toBe(0);
	});

	test("with SZX 7 counts blocks of 1,024 bytes (RFC 8323 §6)", () => {
		expect(Block.offset(0x37)).toBe(3072);
		expect(Block.encode(3072, true, Block.BERT)).toBe(0x3f);
	});

	test("of large blocks is the same place in smaller ones (RFC 7959 §2.4)", () => {
		expect(text(Block.atMost(block("1/0/1024"), 2))).toBe("16/0/64");
		expect(text(Block.atMost(block("3/1/64"), 2))).toBe("3/1/64");
		expect(text(Block.atMost(block("3/1/16"), 2))).toBe("3/1/16");
	});

	test("has a size for each number of bytes", () => {
		expect([16, 17, 31, 32, 1023, 1024, 5000].map(Block.szxOf)).toEqual([0, 0, 0, 1, 5, 6, 6]);
	});
});

describe("a body that comes in blocks", () => {
	/** Takes blocks `NUM/M/size`, of the payload that they tell, or of so many bytes; what became of each. */
	function takes(limit: number, ...blocks: (string | [string, number])[]) {
		const receiver = new BlockReceiver(limit);
		const taken = blocks.map((words) => {
			const [name, length] = typeof words === "string" ? [words, Number(words.split("/")[2])] : words;
			const value = block(name);
			return receiver.take(value, bytes(length, Block.offset(value)));
		});
		return { taken, body: toHex(receiver.body), receiver };
	}

	test("is whole with the last one", () => {
		const { taken, body } = takes(100, "0/1/16", "1/1/16", ["2/0/16", 5]);
		expect(taken).toEqual(["more", "more", "whole"]);
		expect(body).toBe(toHex(bytes(37)));
	});

	test("is whole with the first one, when there is no other", () => {
		expect(takes(100, ["0/0/64", 0]).taken).toEqual(["whole"]);
	});

	test("may come in smaller ones from some time on (RFC 7959 §2.3)", () => {
		const { taken, body } = takes(100, "0/1/64", "4/1/16", ["5/0/16", 16]);
		expect(taken).toEqual(["more", "more", "whole"]);
		expect(body).toBe(toHex(bytes(96)));
	});

	test("takes one that came again for what it is", () => {
		const { taken, body } = takes(100, "0/1/16", "1/1/16", "1/1/16", ["2/0/16", 1]);
		expect(taken).toEqual(["more", "more", "again", "whole"]);
		expect(body).toBe(toHex(bytes(33)));
	});

	test("has no gap", () => {
		expect(takes(100, "1/1/16").taken).toEqual(["gap"]);
		expect(takes(100, "0/1/16", "2/1/16", "1/1/16").taken).toEqual(["more", "gap", "more"]);
		expect(takes(100, "0/1/16", "1/1/16", "0/1/16").taken).toEqual(["more", "more", "gap"]);
	});

	test("has full blocks but for the last one (RFC 7959 §2.2)", () => {
		expect(takes(100, ["0/1/16", 15]).taken).toEqual(["length"]);
		expect(takes(100, ["0/1/16", 17]).taken).toEqual(["length"]);
		expect(takes(100, ["0/0/16", 17]).taken).toEqual(["length"]);
		expect(takes(100, "0/1/16", ["1/1/16", 0]).taken).toEqual(["more", "length"]);
	});

	test("is at most as long as it may be, and refused as soon as it is known not to be", () => {
		expect(takes(32, "0/1/16", ["1/0/16", 16]).taken).toEqual(["more", "whole"]);
		expect(takes(32, "0/1/16", "1/1/16").taken).toEqual(["more", "large"]);
		expect(takes(31, "0/1/16", ["1/0/16", 16]).taken).toEqual(["more", "large"]);
	});

	test("takes no more memory than it may", () => {
		const { receiver } = takes(100, "0/1/64", ["4/0/16", 2]);
		expect(receiver.capacity).toBe(100);
	});

	test("comes with several blocks in a message in BERT (RFC 8323 §6)", () => {
		const receiver = new BlockReceiver(10_000);
		expect(receiver.take(0x0f, bytes(2048))).toBe("more");
		expect(receiver.take(0x2f, bytes(1000))).toBe("length");
		expect(receiver.take(0x2f, bytes(0))).toBe("length");
		expect(receiver.take(0x27, bytes(3000))).toBe("whole");
		expect(receiver.received).toBe(5048);
	});

	test("asks for what comes next", () => {
		const { receiver } = takes(100, "0/1/64");
		expect(text(receiver.next(block("0/1/64")))).toBe("1/0/64");
		expect(text(receiver.next(block("0/1/16")))).toBe("4/0/16");
	});

	test("can be forgotten", () => {
		const { receiver } = takes(100, "0/1/16");
		receiver.clear();
		expect([receiver.received, receiver.capacity]).toEqual([0, 0]);
		expect(receiver.take(block("0/0/16"), bytes(3))).toBe("whole");
	});
});

describe("a body that leaves in blocks", () => {
	/** The blocks that are sent when the receiver answers each with what `answers` has next, or else with what came. */
	function sends(length: number, size: number, ...answers: string[]): string[] {
		const sender = new BlockSender(bytes(length), Block.szxOf(size));
		const sent: string[] = [];
		do sent.push(`${text(sender.block)} ${sender.payload[0]}+${sender.payload.length}`);
		while (sender.answered(answers.length > 0 ? block(answers.shift()!) : sender.block));
		return sent;
	}

	test("is cut into full blocks and a rest", () => {
		expect(sends(40, 16)).toEqual(["0/1/16 0+16", "1/1/16 16+16", "2/0/16 32+8"]);
	});

	test("that fills its last block has no empty one behind it", () => {
		expect(sends(32, 16)).toEqual(["0/1/16 0+16", "1/0/16 16+16"]);
	});

	test("that is empty is one block", () => {
		expect(sends(0, 16)).toEqual(["0/0/16 undefined+0"]);
	});

	test("goes on in smaller blocks when the receiver asks for them (RFC 7959 figure 8)", () => {
		expect(sends(200, 128, "0/1/32")).toEqual(["0/1/128 0+128", "4/1/32 128+32", "5/1/32 160+32", "6/0/32 192+8"]);
	});

	test("does not go on in larger ones", () => {
		expect(sends(40, 16, "0/1/1024")).toHaveLength(3);
	});

	test("starts anew in smaller blocks when it was too large, and only then (RFC 7959 §2.9.3)", () => {
		const sender = new BlockSender(bytes(100), Block.szxOf(64));
		expect(sender.refused(-1)).toBe(false);
		expect(sender.refused(block("0/0/64"))).toBe(false);
		expect(sender.refused(block("0/0/32"))).toBe(true);
		expect(text(sender.block)).toBe("0/1/32");
	});

	test("fills messages with several blocks in BERT (RFC 8323 §6)", () => {
		const sender = new BlockSender(new Uint8Array(5000), Block.BERT, 2);
		expect([sender.block, sender.payload.length]).toEqual([0x0f, 2048]);
		expect(sender.answered(0x0f)).toBe(true);
		expect([sender.block, sender.payload.length]).toEqual([0x2f, 2048]);
		expect(sender.answered(0x2f)).toBe(true);
		expect([sender.block, sender.payload.length]).toEqual([0x47, 904]);
		expect(sender.answered(0x47)).toBe(false);
	});

	for (const size of [16, 32, 64, 128, 256, 512, 1024])
		test(`arrives as it was in blocks of ${size}`, () => {
			const body = bytes(3001);
			const sender = new BlockSender(body, Block.szxOf(size));
			const receiver = new BlockReceiver(3001);
			let taken = receiver.take(sender.block, sender.payload);
			while (taken === "more" && sender.answered(sender.block)) taken = receiver.take(sender.block, sender.payload);
			expect(taken).toBe("whole");
			expect(toHex(receiver.body)).toBe(toHex(body));
		});
});

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
