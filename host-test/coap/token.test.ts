// SPDX-License-Identifier: MIT
// Extended tokens (RFC 8974).
import { describe, expect, test } from "vitest";
import { Pair } from "../support/coap-pair.ts";
import { hex, toHex } from "../support/hex.ts";

/** A GET of `/a` as `first`, with a token of `length` bytes as RFC 8974 §2.1 writes it. */
function request(length: number, rest = "b1 61", first = 0x40): Uint8Array {
	const [nibble, extension] =
		length < 13 ? [length, []] : length < 269 ? [13, [length - 13]] : [14, [(length - 269) >> 8, (length - 269) & 255]];
	const token = new Uint8Array(length).fill(0xaa);
	return Uint8Array.of(first | nibble, 1, 0, length & 255, ...extension, ...token, ...hex(rest));
}

function serving() {
	const pair = new Pair();
	let text = "20";
	const resource = pair.server.resource("a", { observable: true, get: () => text });
	/** Sends a request; returns the reply's bytes, of which `token` is as long. */
	const reply = (bytes: Uint8Array): Uint8Array | undefined => {
		pair.client().sends(bytes);
		return pair.sent.pop()?.bytes;
	};
	return {
		pair,
		reply,
		becomes(next: string) {
			text = next;
			resource.changed();
			pair.drain();
			return pair.sent.pop()!.bytes;
		},
	};
}

describe("an extended token", () => {
	for (const length of [13, 14, 20, 32, 64])
		test(`of ${length} bytes is echoed (RFC 8974 §2.1) [CoAP-2.8]`, () => {
			const reply = serving().reply(request(length))!;
			expect(toHex(reply)).toBe(
				toHex(
					hex(
						`6d 45 00 ${toHex(Uint8Array.of(length))} ${toHex(Uint8Array.of(length - 13))} ${"aa".repeat(length)} c0 ff 3230`,
					),
				),
			);
		});

	for (const length of [65, 268, 269, 300, 1_024])
		test(`of ${length} bytes is too long: 4.00, with the token (RFC 8974 §2.2)`, () => {
			const bytes = request(length);
			const reply = serving().reply(bytes)!;
			expect([reply[0], reply[1]]).toEqual([0x60 | (bytes[0]! & 15), 0x80]);
			expect(toHex(reply.subarray(4))).toBe(toHex(bytes.subarray(4, -2)));
		});

	test("that no refusal has room for is a format error: RST", () => {
		expect(toHex(serving().reply(request(1_025))!)).toBe("70000001");
	});

	for (const rest of ["", "00", "05 0102"])
		test(`that is cut off after "${rest}" is a format error: RST`, () => {
			expect(toHex(serving().reply(hex(`4d 01 0001 ${rest}`))!)).toBe("70000001");
			expect(serving().reply(hex(`5d 01 0001 ${rest}`))).toBeUndefined();
		});

	test("leaves no trace in the request after it", () => {
		const { reply } = serving();
		reply(request(70));
		expect(toHex(reply(hex("41 01 0001 bb b1 61"))!)).toBe("61450001bbc0ff3230");
	});

	test("is that of an observer's notifications, short, long and as a CON", () => {
		const { pair, reply, becomes } = serving();
		expect(reply(request(20, "60 51 61"))![1]).toBe(0x45);
		for (const [now, text, type] of [
			[0, "21", 0x50],
			[3_000, "x".repeat(200), 0x50],
			[3_001, "22", 0x40],
		] as const) {
			pair.now = now;
			const bytes = becomes(text);
			expect(bytes[0]).toBe(type | 13);
			expect(toHex(bytes.subarray(4, 25))).toBe(`07${"aa".repeat(20)}`);
		}
		expect(pair.server.observed).toBe(1);
		const cancel = request(20, "61 01 51 61");
		cancel[3] = 99;
		reply(cancel);
		expect(pair.server.observed).toBe(0);
	});

	test("tells observers apart to its last byte", () => {
		const { pair, reply } = serving();
		reply(request(20, "60 51 61"));
		const other = request(20, "60 51 61");
		other[24] = 0xab;
		other[3] = 99;
		reply(other);
		expect(pair.server.observed).toBe(2);
	});
});
