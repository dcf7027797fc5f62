// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { payloadBytes, Writer } from "../../src/wire/index.ts";
import { hex, toHex } from "../support/hex.ts";

/** What is in `size` bytes after `write`. */
function written(size: number, write: (writer: Writer) => void): string {
	const writer = new Writer().over(new Uint8Array(size));
	write(writer);
	return toHex(writer.bytes.subarray(0, writer.at));
}

describe("numbers", () => {
	test("are written big-endian", () => {
		const bytes = written(14, (writer) => {
			writer.uint8(0xff);
			writer.uint16(0xfffe);
			writer.uint32(0xfffffffd);
			writer.uint32(0x80000001);
		});
		expect(bytes).toBe("fffffefffffffd80000001");
	});
});

describe("bounds", () => {
	const rows: { name: string; size: number; write: (writer: Writer) => unknown }[] = [
		{ name: "uint8", size: 1, write: (writer) => writer.uint8(0xaa) },
		{ name: "uint16", size: 2, write: (writer) => writer.uint16(0xaaaa) },
		{ name: "claim", size: 3, write: (writer) => writer.claim(3) },
		{ name: "copy", size: 3, write: (writer) => writer.copy(hex("aaaaaa")) },
		{ name: "text", size: 3, write: (writer) => writer.text("aaa") },
		{ name: "text of three bytes a character", size: 6, write: (writer) => writer.text("€€") },
	];
	for (const { name, size, write } of rows) {
		test(`${name} fills up to the end, and has no room one byte before it`, () => {
			const bytes = new Uint8Array(size + 4);
			const writer = new Writer().over(bytes, 2, 2 + size);
			write(writer);
			expect(writer.at).toBe(2 + size);
			expect(() => write(new Writer().over(bytes, 2, 1 + size))).toThrow(RangeError);
			expect([bytes[0], bytes[1], bytes[2 + size]]).toEqual([0, 0, 0]);
		});
	}

	test("uint32 has no room in three bytes", () => {
		expect(() => written(3, (writer) => writer.uint32(1))).toThrow(RangeError);
	});

	test("a refusal leaves the cursor where it was", () => {
		const writer = new Writer().over(new Uint8Array(2));
		writer.uint8(1);
		expect(() => writer.text("€")).toThrow(RangeError);
		expect(() => writer.copy(hex("0203"))).toThrow("room for 2 bytes, got 1");
		expect(writer.at).toBe(1);
	});
});

describe("text", () => {
	test("is written as UTF-8, and its size is returned", () => {
		const writer = new Writer().over(new Uint8Array(16), 1);
		expect(writer.text("aé€\u{2a6d4}\ufeff")).toBe(13);
		expect(toHex(writer.bytes.subarray(1, writer.at))).toBe("61c3a9e282acf0aa9b94efbbbf");
	});

	test("may be empty, even where no room is left", () => {
		expect(written(0, (writer) => writer.text(""))).toBe("");
	});

	for (const text of ["\ud800", "a\udc00", "\udc00\ud800"]) {
		test(`with a lone surrogate is refused before anything is written: ${JSON.stringify(text)}`, () => {
			const writer = new Writer().over(new Uint8Array(8));
			expect(() => writer.text(text)).toThrow(TypeError);
			expect(writer.at).toBe(0);
			expect(writer.bytes[0]).toBe(0);
		});
	}
});

describe("payloads", () => {
	test("text becomes UTF-8", () => expect(payloadBytes("22.5 °C")).toEqual(hex("32322e3520c2b043")));
	test("bytes stay the same object", () => {
		const bytes = hex("00ff");
		expect(payloadBytes(bytes)).toBe(bytes);
	});
	test("a lone surrogate is refused", () => expect(() => payloadBytes("\ud800")).toThrow(TypeError));
});
