// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { FormatError, Reader } from "../../src/wire/index.ts";
import { hex, toHex } from "../support/hex.ts";

/** What `read` throws; fails when it throws nothing. */
function thrownBy(read: () => unknown): FormatError {
	try {
		read();
	} catch (error) {
		return error as FormatError;
	}
	throw new Error("expected an exception, got none");
}

describe("numbers", () => {
	test("are unsigned and big-endian", () => {
		const reader = new Reader().over(hex("ff fffe fffffffd 80000000"));
		expect(reader.uint8()).toBe(0xff);
		expect(reader.uint16()).toBe(0xfffe);
		expect(reader.uint32()).toBe(0xfffffffd);
		expect(reader.uint32()).toBe(0x80000000);
		expect(reader.at).toBe(reader.end);
	});
});

describe("bounds", () => {
	const rows: { name: string; size: number; read: (reader: Reader) => unknown }[] = [
		{ name: "uint8", size: 1, read: (reader) => reader.uint8() },
		{ name: "uint16", size: 2, read: (reader) => reader.uint16() },
		{ name: "uint32", size: 4, read: (reader) => reader.uint32() },
		{ name: "take", size: 3, read: (reader) => reader.take(3) },
		{ name: "text", size: 5, read: (reader) => reader.text(5) },
		{ name: "copy", size: 7, read: (reader) => reader.copy(7) },
	];
	for (const { name, size, read } of rows) {
		test(`${name} reads up to the end, and is truncated one byte before it`, () => {
			const bytes = new Uint8Array(size + 4);
			const reader = new Reader().over(bytes, 2, 2 + size);
			read(reader);
			expect(reader.at).toBe(2 + size);
			const error = thrownBy(() => read(new Reader().over(bytes, 2, 1 + size)));
			expect(error).toBeInstanceOf(FormatError);
			expect(error.code).toBe("truncated");
		});
	}

	test("a truncated claim names where it began and leaves the cursor there", () => {
		const reader = new Reader().over(hex("0102030405"), 1, 4);
		reader.uint8();
		expect(thrownBy(() => reader.take(3)).at).toBe(2);
		expect(reader.at).toBe(2);
		expect(reader.uint16()).toBe(0x0304);
	});

	test("nothing can be taken at the end, and taking nothing is fine", () => {
		const reader = new Reader().over(hex(""));
		expect(reader.take(0)).toBe(0);
		expect(() => reader.uint8()).toThrow("truncated");
	});

	test("a reader is used again over other bytes", () => {
		const reader = new Reader().over(hex("01"));
		reader.uint8();
		expect(reader.over(hex("0002")).uint16()).toBe(2);
	});
});

describe("text", () => {
	const texts: [name: string, bytes: string, text: string][] = [
		["nothing", "", ""],
		["ASCII", "6162", "ab"],
		["two bytes", "c3a9", "é"],
		["three bytes", "e282ac", "€"],
		["four bytes, as a surrogate pair", "f0aa9b94", "\u{2a6d4}"],
		["a BOM, which is kept", "efbbbf61", "\ufeffa"],
		["a BOM in the middle", "61efbbbf", "a\ufeff"],
		["NUL", "6100", "a\0"],
		["the last code point", "f48fbfbf", "\u{10ffff}"],
		["around the surrogates", "ed9fbfee8080", "\ud7ff\ue000"],
	];
	for (const [name, bytes, text] of texts) {
		test(`UTF-8 is read: ${name}`, () => {
			expect(new Reader().over(hex(bytes)).text(bytes.length / 2)).toBe(text);
		});
	}

	const malformed: [name: string, bytes: string][] = [
		["a continuation byte alone", "80"],
		["a sequence cut short", "e282"],
		["a sequence broken by ASCII", "e28261"],
		["an overlong slash", "c0af"],
		["an overlong NUL", "c080"],
		["an overlong three-byte form", "e08080"],
		["a high surrogate", "eda080"],
		["a low surrogate", "edbfbf"],
		["a surrogate pair as two three-byte forms", "eda080edb080"],
		["past U+10FFFF", "f4908080"],
		["five bytes", "f888808080"],
		["FE", "fe"],
		["FF", "ff"],
	];
	for (const [name, bytes] of malformed) {
		test(`ill-formed UTF-8 is refused: ${name}`, () => {
			const reader = new Reader().over(hex(`61${bytes}`), 1);
			const error = thrownBy(() => reader.text(bytes.length / 2));
			expect(error).toBeInstanceOf(FormatError);
			expect(error).toMatchObject({ code: "UTF-8", at: 1 });
		});
	}

	test("after a refusal the reader reads on as if new", () => {
		const reader = new Reader();
		expect(() => reader.over(hex("e282")).text(2)).toThrow(FormatError);
		expect(reader.over(hex("61")).text(1)).toBe("a");
	});
});

test("a copy does not change with the bytes it came from", () => {
	const bytes = hex("010203");
	const copy = new Reader().over(bytes, 1).copy(2);
	bytes.fill(0);
	expect(toHex(copy)).toBe("0203");
	expect(copy.buffer.byteLength).toBe(2);
});

test("a FormatError says what is wrong and where", () => {
	const error = new FormatError("truncated", 7);
	expect(error.name).toBe("FormatError");
	expect(error.message).toBe("truncated at byte 7");
	expect(error).toBeInstanceOf(Error);
});
