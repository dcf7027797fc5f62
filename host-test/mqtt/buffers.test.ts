// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { Framer } from "../../src/mqtt/framer.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { TransmitBuffer } from "../../src/mqtt/transmit-buffer.ts";
import { V3_1_1 } from "../../src/mqtt/version.ts";
import { toHex } from "../support/hex.ts";
import { seeded } from "../support/random.ts";

const MAXIMUM = 1000;
/** What acknowledgements may take beyond. */
const RESERVED = 64;

describe("a framer", () => {
	/** PINGREQs between PUBLISHes of many sizes: their bytes, and what they are. */
	function stream(random: () => number): { bytes: Uint8Array; packets: string[] } {
		const bytes: number[] = [];
		const packets: string[] = [];
		for (let i = 0; i < 20; i++) {
			const size = random() < 0.2 ? 0 : Math.floor(random() * (random() < 0.5 ? 60 : MAXIMUM - 3));
			if (size < 2) bytes.push(Type.PINGREQ << 4, 0);
			else bytes.push(Type.PUBLISH << 4, ...(size > 127 ? [(size & 127) | 128, size >> 7] : [size]));
			for (let j = 0; size > 1 && j < size; j++) bytes.push((i + j) & 0xff);
			packets.push(size < 2 ? "c: " : `3: ${toHex(Uint8Array.from(bytes.slice(-size)))}`);
		}
		return { bytes: Uint8Array.from(bytes), packets };
	}

	test("cuts a stream into the same packets however it comes, and grows no further than it must", () => {
		for (let seed = 0; seed < 12; seed++) {
			const random = seeded(seed);
			const { bytes, packets } = stream(random);
			const framer = new Framer(V3_1_1, MAXIMUM);
			const found: string[] = [];
			let largest = 0;
			const longest = [1, 10, 200, 3000][seed % 4]!;
			for (let at = 0; at < bytes.length; ) {
				const room = framer.room(Math.min(bytes.length - at, 1 + Math.floor(random() * longest)));
				room.set(bytes.subarray(at, at + room.length));
				at += room.length;
				for (let type = framer.next(); type !== 0; type = framer.next()) {
					found.push(`${type.toString(16)}: ${toHex(framer.bytes.subarray(framer.at, framer.end))}`);
				}
				largest = Math.max(largest, framer.bytes.length);
			}
			expect(found).toEqual(packets);
			expect(largest).toBeLessThanOrEqual(MAXIMUM);
		}
	});

	test("is small until much comes, and after reset", () => {
		const framer = new Framer(V3_1_1, 0x10000);
		const little = framer.bytes.length;
		expect(little).toBeLessThan(200);
		framer.room(4).set([0xc0, 0, 0xc0, 0]);
		expect([framer.next(), framer.next(), framer.next()]).toEqual([Type.PINGREQ, Type.PINGREQ, 0]);
		expect(framer.bytes.length).toBe(little);
		framer.room(5000);
		expect(framer.bytes.length).toBe(5000);
		framer.reset();
		expect(framer.bytes.length).toBe(little);
	});
});

describe("a transmit buffer", () => {
	/** Writes something, as far as there is room for it; returns its bytes. */
	function write(out: TransmitBuffer, random: () => number): number[] {
		const size = Math.floor(random() * (random() < 0.8 ? 40 : 400));
		const text = "x".repeat(size);
		const ascii = new Array(size).fill(0x78);
		switch (Math.floor(random() * 5)) {
			case 0:
				return out.acknowledge(0x40021234) ? [0x40, 2, 0x12, 0x34] : [];
			case 1:
				if (size > out.room || !out.ascii(text)) return [];
				return ascii;
			case 2:
				expect(out.ascii(`é${text}`)).toBe(false);
				return [];
			case 3:
				if (size > out.room) return [];
				out.copy(Uint8Array.from(ascii));
				return ascii;
			default:
				if (size + 3 > out.room) return [];
				expect(out.encode(`${text}€`)).toBe(size + 3);
				return [...ascii, 0xe2, 0x82, 0xac];
		}
	}

	test("gives what was written, in any pieces, and has the room that it says", () => {
		for (let seed = 0; seed < 10; seed++) {
			const random = seeded(seed);
			const out = new TransmitBuffer(MAXIMUM);
			const written: number[] = [];
			const taken: number[] = [];
			for (let i = 0; i < 100; i++) {
				written.push(...write(out, random));
				expect(out.bytes.length).toBeLessThanOrEqual(MAXIMUM + RESERVED);
				if (random() < 0.3) taken.push(...(out.take(Math.floor(random() * 300)) ?? []));
			}
			taken.push(...(out.take(0xffff) ?? []));
			expect(taken).toEqual(written);
			expect(out.empty).toBe(true);
		}
	});

	test("has no more room than it may, is small until much is written, and after clear", () => {
		const out = new TransmitBuffer(MAXIMUM);
		const little = out.bytes.length;
		expect(little).toBeLessThan(200);
		out.copy(new Uint8Array(MAXIMUM));
		expect([out.room, out.empty]).toEqual([0, false]);
		while (out.acknowledge(0x40020001));
		expect(out.urgentRoom).toBeLessThan(4);
		out.copy(new Uint8Array(MAXIMUM + RESERVED - out.at));
		for (const more of [() => out.claim(1), () => out.encode("1"), () => out.uint8(1)])
			expect(more).toThrow(RangeError);
		expect(out.ascii("1")).toBe(false);
		expect(out.bytes.length).toBe(MAXIMUM + RESERVED);
		out.clear();
		expect(out.bytes.length).toBe(little);
		expect(out.take(10)).toBeUndefined();
	});
});
