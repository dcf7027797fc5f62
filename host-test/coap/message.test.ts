// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { ACK, CON, Code, Message, MessageWriter, NON, Option, RST } from "../../src/coap/index.ts";
import { FormatError } from "../../src/wire/index.ts";
import { hex, toHex } from "../support/hex.ts";

interface Fields {
	type: number;
	code: number;
	messageId: number;
	token: string;
	/** Numbers and values. */
	options: [number, string][];
	payload: string;
}

type Row = [name: string, datagram: string, expected: Fields];

const text = (value: string) => toHex(new TextEncoder().encode(value));
const fields = (type: number, code: number, messageId: number, rest: Partial<Fields> = {}): Fields => ({
	type,
	code,
	messageId,
	token: "",
	options: [],
	payload: "",
	...rest,
});

const path: [number, string] = [Option.URI_PATH, text("temperature")];
const long = "61".repeat(300);

const ROWS: Row[] = [
	["a ping: an empty CON (RFC 7252 §4.3)", "40 00 0001", fields(CON, Code.EMPTY, 1)],
	["an empty ACK (RFC 7252 figure 20)", "60 00 7d38", fields(ACK, Code.EMPTY, 0x7d38)],
	["a RST", "70 00 ffff", fields(RST, Code.EMPTY, 0xffff)],
	[
		"a GET (RFC 7252 figure 16)",
		"40 01 7d34 bb 74656d7065726174757265",
		fields(CON, Code.GET, 0x7d34, { options: [path] }),
	],
	[
		"its piggybacked response (RFC 7252 figure 16)",
		"60 45 7d34 ff 32322e332043",
		fields(ACK, Code.CONTENT, 0x7d34, { payload: text("22.3 C") }),
	],
	[
		"a GET with a token (RFC 7252 figure 17)",
		"41 01 7d35 20 bb 74656d7065726174757265",
		fields(CON, Code.GET, 0x7d35, { token: "20", options: [path] }),
	],
	[
		"a separate response (RFC 7252 figure 20)",
		"41 45 ad7b 53 ff 32322e332043",
		fields(CON, Code.CONTENT, 0xad7b, { token: "53", payload: text("22.3 C") }),
	],
	["a token of 13 bytes", `4d 01 0001 00 ${"a1".repeat(13)}`, fields(CON, Code.GET, 1, { token: "a1".repeat(13) })],
	["one of 269", `4e 01 0001 0000 ${"a2".repeat(269)}`, fields(CON, Code.GET, 1, { token: "a2".repeat(269) })],
	["a token of eight bytes", "58 01 0000 0102030405060708", fields(NON, Code.GET, 0, { token: "0102030405060708" })],
	[
		"a repeated option: delta 0",
		"40 01 0001 b1 61 01 62",
		fields(CON, Code.GET, 1, {
			options: [
				[11, "61"],
				[11, "62"],
			],
		}),
	],
	["an option without a value", "40 01 0001 60", fields(CON, Code.GET, 1, { options: [[Option.OBSERVE, ""]] })],
	[
		"delta 12, length 12",
		"40 02 0001 cc 000102030405060708090a0b",
		fields(CON, Code.POST, 1, { options: [[12, "000102030405060708090a0b"]] }),
	],
	[
		"delta 13 and length 13: the least of one more byte",
		`40 02 0001 dd 00 00 ${"61".repeat(13)}`,
		fields(CON, Code.POST, 1, { options: [[13, "61".repeat(13)]] }),
	],
	["delta 13 and a short value", "40 02 0001 d1 00 1a", fields(CON, Code.POST, 1, { options: [[13, "1a"]] })],
	[
		"delta 268: the most of one more byte",
		"40 02 0001 d1 ff 1a",
		fields(CON, Code.POST, 1, { options: [[268, "1a"]] }),
	],
	[
		"delta 269: the least of two more bytes",
		"40 02 0001 e1 0000 1a",
		fields(CON, Code.POST, 1, { options: [[269, "1a"]] }),
	],
	[
		"length 268: the most of one more byte",
		`40 02 0001 bd ff ${"61".repeat(268)}`,
		fields(CON, Code.POST, 1, { options: [[11, "61".repeat(268)]] }),
	],
	["length 300: two more bytes", `40 02 0001 be 001f ${long}`, fields(CON, Code.POST, 1, { options: [[11, long]] })],
	["option 65535", "40 02 0001 e0 fef2", fields(CON, Code.POST, 1, { options: [[65535, ""]] })],
	[
		"No-Response after Uri-Path (RFC 7967)",
		"50 03 0001 b1 61 d1 ea 1a",
		fields(NON, Code.PUT, 1, {
			options: [
				[11, "61"],
				[Option.NO_RESPONSE, "1a"],
			],
		}),
	],
	[
		"two options and a payload",
		"44 03 1234 01020304 b5 6c69676874 10 ff 74727565",
		fields(CON, Code.PUT, 0x1234, {
			token: "01020304",
			options: [
				[11, "6c69676874"],
				[12, ""],
			],
			payload: "74727565",
		}),
	],
	["a payload that holds a marker", "40 02 0001 ff ff", fields(CON, Code.POST, 1, { payload: "ff" })],
	["a reserved class", "40 e1 0001", fields(CON, 0xe1, 1)],
];

const MALFORMED: [name: string, datagram: string, code: string][] = [
	["no bytes", "", "truncated"],
	["one byte", "40", "truncated"],
	["three bytes", "40 01 00", "truncated"],
	["version 0", "00 01 0001", "version"],
	["version 2", "80 01 0001", "version"],
	["version 3", "c0 01 0001", "version"],
	["token length 9", "49 01 0001 010203040506070809", "token length"],
	["token length 12", "4c 01 0001 010203040506070809101112", "token length"],
	["token length 15", "4f 01 0001 0102030405060708091011121314ff", "token length"],
	["a token that is not there", "44 01 0001 0102", "truncated"],
	["an empty message with a token", "41 00 0001 20", "empty message"],
	["an empty message with an option", "40 00 0001 60", "empty message"],
	["an empty message with a payload", "60 00 0001 ff 61", "empty message"],
	["a marker and no payload", "40 01 0001 ff", "payload marker without payload"],
	["a marker and no payload after an option", "40 01 0001 b1 61 ff", "payload marker without payload"],
	["delta nibble 15", "40 01 0001 f1 61", "reserved nibble"],
	["length nibble 15", "40 01 0001 bf 61", "reserved nibble"],
	["an option that is longer than the message", "40 01 0001 b5 6c6967", "truncated"],
	["an extended delta that is not there", "40 01 0001 d0", "truncated"],
	["half an extended delta", "40 01 0001 e0 00", "truncated"],
	["an extended length that is not there", "40 01 0001 bd", "truncated"],
	["an option past 65535", "40 01 0001 e0 fef2 10", "option number"],
	["an extended delta past 65535", "40 01 0001 e0 fef3", "option number"],
	["65 options", `40 01 0001 ${"00".repeat(65)}`, "too many options"],
];

class Recorder extends Message {
	options: [number, string][] = [];
	/** The value of the latest option as a number. */
	value = 0;

	override parse(bytes: Uint8Array, length: number): this {
		this.options = [];
		return super.parse(bytes, length);
	}

	protected override option(number: number, start: number, end: number): void {
		this.options.push([number, toHex(this.bytes.subarray(start, end))]);
		this.value = this.uint(start, end);
	}
}

function read(message: Recorder): Fields {
	const bytes = message.bytes;
	return {
		type: message.type,
		code: message.code,
		messageId: message.messageId,
		token: toHex(message.token),
		options: message.options,
		payload: toHex(bytes.subarray(message.payloadAt, message.end)),
	};
}

function write(writer: MessageWriter, expected: Fields, room: number): Uint8Array {
	const bytes = new Uint8Array(room);
	writer.header(bytes, expected.type, expected.code, expected.messageId, hex(expected.token));
	for (const [number, value] of expected.options) writer.opaqueOption(number, hex(value));
	if (expected.payload) writer.payload(hex(expected.payload));
	return bytes.subarray(0, writer.at);
}

function errorOf(bytes: Uint8Array): string {
	try {
		new Message().parse(bytes, bytes.length);
	} catch (error) {
		if (error instanceof FormatError) return error.code;
		throw error;
	}
	return "";
}

describe("the message codec", () => {
	const message = new Recorder();
	const writer = new MessageWriter();

	for (const [name, datagram, expected] of ROWS) {
		const bytes = hex(datagram);
		test(`${name} is parsed`, () => {
			expect(read(message.parse(bytes, bytes.length))).toEqual(expected);
		});
		test(`${name} is written`, () => {
			expect(toHex(write(writer, expected, bytes.length))).toBe(toHex(bytes));
		});
		test(`${name} is not written where there is no room`, () => {
			for (let room = 0; room < bytes.length; room++) expect(() => write(writer, expected, room)).toThrow(RangeError);
		});
		test(`${name}, truncated, is malformed or the shorter message it looks like`, () => {
			for (let length = 0; length < bytes.length; length++) {
				// Only where an option or the payload could end is the rest a message of its own.
				const shorter = bytes.slice(0, length);
				const whole = boundaries(expected, bytes).includes(length);
				expect([length, errorOf(shorter) === ""]).toEqual([length, whole]);
			}
		});
	}

	for (const [name, datagram, code] of MALFORMED)
		test(`${name} is a message format error (RFC 7252 §3)`, () => {
			expect(errorOf(hex(datagram))).toBe(code);
		});

	test("only the first `length` bytes of a longer buffer are read", () => {
		const buffer = hex("40 01 0001 b1 61 b1 62 ff");
		expect(read(message.parse(buffer, 6)).options).toEqual([[11, "61"]]);
	});

	test("64 options are parsed", () => {
		const bytes = hex(`40 01 0001 ${"00".repeat(64)}`);
		expect(message.parse(bytes, bytes.length).options).toHaveLength(64);
	});

	test("nothing of a message before is left in the record", () => {
		const first = hex("44 03 1234 01020304 b5 6c69676874 10 ff 74727565");
		const second = hex("40 00 0001");
		message.parse(first, first.length);
		expect(read(message.parse(second, second.length))).toEqual(fields(CON, Code.EMPTY, 1));
	});

	test("options must be written in ascending order", () => {
		writer.header(new Uint8Array(32), CON, Code.GET, 1, hex(""));
		writer.option(Option.URI_PATH, 0);
		expect(() => writer.option(Option.OBSERVE, 0)).toThrow(RangeError);
	});

	const NUMBERS: [value: number, written: string][] = [
		[0, "60"],
		[1, "6101"],
		[255, "61ff"],
		[256, "620100"],
		[65_535, "62ffff"],
		[65_536, "63010000"],
		[0xffffff, "63ffffff"],
		[0x1000000, "6401000000"],
		[0xffffffff, "64ffffffff"],
	];
	for (const [value, written] of NUMBERS)
		test(`the number ${value} takes as few bytes as it can, and is read back (RFC 7252 §3.2)`, () => {
			const bytes = new Uint8Array(16);
			writer.header(bytes, CON, Code.GET, 1, hex(""));
			writer.uintOption(Option.OBSERVE, value);
			expect(toHex(bytes.subarray(4, writer.at))).toBe(written);
			expect(message.parse(bytes, writer.at).value).toBe(value);
		});

	test("a number with leading zeros is read (RFC 7252 §3.2)", () => {
		const bytes = hex("40 01 0001 63 000001");
		expect(message.parse(bytes, bytes.length).value).toBe(1);
	});
});

/** The lengths, short of all of it, at which a message with these fields could have ended. */
function boundaries(expected: Fields, bytes: Uint8Array): number[] {
	if (expected.code === Code.EMPTY) return [];
	const token = expected.token.length / 2;
	let at = 4 + (token < 13 ? 0 : token < 269 ? 1 : 2) + token;
	const lengths = [at];
	for (const [, value] of expected.options) {
		const head = bytes[at]!;
		at += 1 + more(head >> 4) + more(head & 15) + value.length / 2;
		lengths.push(at);
	}
	for (let length = at + 2; length < bytes.length; length++) lengths.push(length);
	return lengths.filter((length) => length < bytes.length);
}

function more(nibble: number): number {
	return nibble < 13 ? 0 : nibble - 12;
}
