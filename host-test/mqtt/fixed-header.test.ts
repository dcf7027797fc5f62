// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { FixedHeader, parseFixedHeader } from "../../src/mqtt/fixed-header.ts";
import { Framer } from "../../src/mqtt/framer.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import {
	parseVariableByteInteger,
	variableByteIntegerSize,
	writeLengthAt,
	writeVariableByteInteger,
} from "../../src/mqtt/variable-byte-integer.ts";
import { V3_1_1, V5, type Version } from "../../src/mqtt/version.ts";
import { Reader, Writer } from "../../src/wire/index.ts";
import { hex, toHex } from "../support/hex.ts";

// 3.1.1 table 2.4, 5.0 table 1-1.
const INTEGERS: [value: number, hex: string][] = [
	[0, "00"],
	[127, "7f"],
	[128, "8001"],
	[16_383, "ff7f"],
	[16_384, "808001"],
	[2_097_151, "ffff7f"],
	[2_097_152, "80808001"],
	[268_435_455, "ffffff7f"],
];

describe("Variable Byte Integer", () => {
	for (const [value, source] of INTEGERS) {
		test(`${value} is ${source} [MQTT-1.5.5-1]`, () => {
			const writer = new Writer().over(new Uint8Array(4));
			writeVariableByteInteger(writer, value);
			expect(toHex(writer.bytes.subarray(0, writer.at))).toBe(source);
			expect(variableByteIntegerSize(value)).toBe(source.length / 2);
			expect(parseVariableByteInteger(new Reader().over(hex(source)))).toBe(value);
			for (let length = 0; length < source.length / 2; length++) {
				expect(() => parseVariableByteInteger(new Reader().over(hex(source), 0, length))).toThrow(/truncated/);
			}
		});

		test(`${value} as a Remaining Length`, () => {
			const header = new FixedHeader();
			const bytes = hex(`30 ${source}`);
			for (const version of [V3_1_1, V5] as Version[]) {
				for (let length = 0; length < bytes.length; length++) {
					expect(parseFixedHeader(new Reader().over(bytes, 0, length), version, header)).toBe(false);
				}
				const reader = new Reader().over(bytes);
				expect(parseFixedHeader(reader, version, header)).toBe(true);
				expect(header).toMatchObject({ type: 3, flags: 0, length: value });
				expect(reader.at).toBe(bytes.length);
			}
		});
	}

	test("a fifth byte is refused", () => {
		expect(() => parseVariableByteInteger(new Reader().over(hex("80808080 01")))).toThrow(/five bytes/);
		expect(() => writeVariableByteInteger(new Writer().over(new Uint8Array(8)), 268_435_456)).toThrow(RangeError);
		expect(() => writeVariableByteInteger(new Writer().over(new Uint8Array(8)), -1)).toThrow(RangeError);
	});

	test("a longer form than needed is refused", () => {
		for (const source of ["8000", "ff00", "808000", "80808000"]) {
			expect(() => parseVariableByteInteger(new Reader().over(hex(source)))).toThrow(/not minimal/);
		}
	});

	for (const length of [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
		test(`${length} bytes after a reserved byte keep their order when the length takes more than it`, () => {
			const writer = new Writer().over(new Uint8Array(length + 4));
			const content = new Uint8Array(length).map((_, i) => i * 7);
			writer.claim(1);
			writer.copy(content);
			writeLengthAt(writer, 0);
			const reader = new Reader().over(writer.bytes, 0, writer.at);
			expect(parseVariableByteInteger(reader)).toBe(length);
			expect(toHex(reader.copy(Math.min(length, 300)))).toBe(toHex(content.subarray(0, 300)));
			expect(reader.bytes[writer.at - 1]).toBe(length === 0 ? 0 : content[length - 1]);
			expect(writer.at).toBe(variableByteIntegerSize(length) + length);
		});
	}

	test("a packet that does not fit is a RangeError", () => {
		const writer = new Writer().over(new Uint8Array(129));
		writer.claim(129);
		expect(() => writeLengthAt(writer, 0)).toThrow(RangeError);
	});
});

describe("Framer", () => {
	const source = `c000 30050001616869 4002000a d000 308101 0001 61${"78".repeat(126)}c000`;

	test("packets are the same however the stream is cut", () => {
		const bytes = hex(source);
		for (let first = 0; first <= bytes.length; first++) {
			for (const second of [
				first,
				Math.min(first + 1, bytes.length),
				Math.min(first + 5, bytes.length),
				bytes.length,
			]) {
				const framer = new Framer(V3_1_1, 200);
				const packets: string[] = [];
				for (const [from, to] of [
					[0, first],
					[first, second],
					[second, bytes.length],
				] as const) {
					const piece = bytes.slice(from, to);
					if (piece.length > 0) framer.room(piece.length).set(piece);
					for (let type = framer.next(); type !== 0; type = framer.next()) {
						packets.push(`${type} ${framer.end - framer.at} ${framer.bytes[framer.end - 1]}`);
					}
				}
				expect(packets).toHaveLength(6);
				expect(packets[1]).toBe("3 5 105");
				expect(packets[4]).toBe("3 129 120");
			}
		}
	});

	test("a packet of the maximum size has room behind others", () => {
		const framer = new Framer(V3_1_1, 8);
		framer.room(5).set(hex("c000 300600"));
		expect([framer.next(), framer.next()]).toEqual([Type.PINGREQ, 0]);
		const room = framer.room(9);
		expect(room).toHaveLength(5);
		room.set(hex("01 61 626364"));
		expect(framer.next()).toBe(Type.PUBLISH);
		expect(toHex(framer.bytes.subarray(framer.at, framer.end))).toBe("000161626364");
	});

	test("reset forgets what was held and what was offered", () => {
		const framer = new Framer(V3_1_1, 200);
		framer.room(4).set(hex("3005 0001"));
		expect(framer.next()).toBe(0);
		framer.reset();
		framer.room(4).set(hex("c000 c000"));
		expect(framer.next()).toBe(Type.PINGREQ);
		framer.reset();
		expect(framer.next()).toBe(0);
	});
});
