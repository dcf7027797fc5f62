// SPDX-License-Identifier: MIT
// Messages in a byte stream: RFC 8323 §3.2.
import { describe, expect, test } from "vitest";
import { FrameReader, framed } from "../../src/coap/tcp-frame.ts";
import { hex, toHex } from "../support/hex.ts";

const payload = (length: number) => "61".repeat(length);

/** A message in a stream, and as a datagram. */
const ROWS: [name: string, stream: string, datagram: string][] = [
	["without anything (RFC 8323 figure 5)", "00 00", "50 00 0000"],
	["with a token (RFC 8323 figure 6)", "01 43 7f", "51 43 0000 7f"],
	["that is a CSM", "10 e1 40", "50 e1 0000 40"],
	["with 1 byte of options", "11 01 aa b0", "51 01 0000 aa b0"],
	["with 12 bytes", `c0 45 ff ${payload(11)}`, `50 45 0000 ff ${payload(11)}`],
	["with 13 bytes", `d0 00 45 ff ${payload(12)}`, `50 45 0000 ff ${payload(12)}`],
	["with 14 bytes and a token", `d2 01 45 0102 ff ${payload(13)}`, `52 45 0000 0102 ff ${payload(13)}`],
	["with 268 bytes", `d0 ff 45 ff ${payload(267)}`, `50 45 0000 ff ${payload(267)}`],
	["with 269 bytes", `e0 0000 45 ff ${payload(268)}`, `50 45 0000 ff ${payload(268)}`],
	[
		"with 1,000 bytes and a token",
		`e8 02db 02 0102030405060708 ff ${payload(999)}`,
		`58 02 0000 0102030405060708 ff ${payload(999)}`,
	],
	["with a token of 13 bytes (RFC 8974 §2.1)", `1d 01 00 ${"ab".repeat(13)} b0`, `5d 01 0000 00 ${"ab".repeat(13)} b0`],
	[
		"with a token of 269 bytes (RFC 8974 §2.1)",
		`1e 01 0000 ${"ab".repeat(269)} b0`,
		`5e 01 0000 0000 ${"ab".repeat(269)} b0`,
	],
];

/** What a reader makes of bytes that come `size` at a time. */
function read(bytes: Uint8Array, size: number, limit = 1152): string[] {
	const reader = new FrameReader(limit);
	const messages: string[] = [];
	for (let at = 0; at < bytes.length; ) {
		const room = reader.room(Math.min(size, bytes.length - at));
		expect(room.length).toBeGreaterThan(0);
		room.set(bytes.subarray(at, at + room.length));
		reader.filled(room.length);
		at += room.length;
		for (let message = reader.next(); message !== undefined; message = reader.next()) messages.push(toHex(message));
	}
	return messages;
}

describe("a message in a stream", () => {
	for (const [name, stream, datagram] of ROWS) {
		test(`${name} is read`, () => {
			expect(read(hex(stream), 2000)).toEqual([toHex(hex(datagram))]);
		});

		test(`${name} is written`, () => {
			const bytes = hex(datagram);
			bytes[0] = bytes[0]! ^ 0x10; // Whatever the type,
			bytes[2] = 0x12; // and the Message ID.
			expect(toHex(framed(bytes))).toBe(toHex(hex(stream)));
		});

		test(`${name} is waited for until its last byte`, () => {
			const bytes = hex(stream);
			for (let length = 0; length < bytes.length; length++) expect(read(bytes.subarray(0, length), 2000)).toEqual([]);
		});
	}

	test("follows another, however the stream is cut", () => {
		const bytes = hex(ROWS.map(([, stream]) => stream).join(""));
		const expected = ROWS.map(([, , datagram]) => toHex(hex(datagram)));
		for (const size of [1, 2, 3, 5, 7, 16, 64, 500, 1536, 5000]) expect(read(bytes, size)).toEqual(expected);
	});

	const LIMITS: [name: string, stream: string][] = [
		["two bytes of length", "e0 0370 45"],
		["four bytes of length", "f0 00000000 45"],
		["the most that can be said", "f0 ffffffff 45"],
		["its token", "0e 45 ffff"],
	];
	for (const [name, stream] of LIMITS)
		test(`that is too long is refused as soon as that shows: by ${name}`, () => {
			expect(() => read(hex(stream), 100)).toThrow("message too long");
		});

	test("may be as long as the limit, and not longer", () => {
		expect(read(hex(`e0 036f 45 ff ${payload(1147)}`), 2000)).toHaveLength(1);
		expect(() => read(hex(`e0 0370 45 ff ${payload(1148)}`), 2000)).toThrow("message too long");
	});

	test("with token length 15 is refused", () => {
		expect(() => read(hex("0f 01"), 10)).toThrow("token length");
	});

	test("that is longer than any buffer here is not written", () => {
		expect(() => framed(Uint8Array.from({ length: 65_809 }, (_, i) => (i === 0 ? 0x50 : 0)))).toThrow(RangeError);
	});
});
