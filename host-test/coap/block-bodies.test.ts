// SPDX-License-Identifier: MIT
// Bodies in blocks, apart from the messages that carry them: RFC 7959 §2, RFC 8323 §6.
import { describe, expect, test } from "vitest";
import * as Block from "../../src/coap/block.ts";
import { BlockReceiver } from "../../src/coap/block-receiver.ts";
import { BlockSender } from "../../src/coap/block-sender.ts";
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
