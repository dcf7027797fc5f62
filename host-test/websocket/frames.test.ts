// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import type { WebSocketError } from "../../src/websocket/index.ts";
import { hex, toHex } from "../support/hex.ts";
import { ACCEPTED, clientFrames, http, TARGET, WebSocketPair } from "./pair.ts";

const HELLO = "48656c6c6f";
const pattern = (length: number) => Uint8Array.from({ length }, (_, at) => at * 31 + (at >> 8));

describe("sent", () => {
	test('"Hello" is a frame with the mask of RFC 6455 §5.7, but binary [MQTT-6.0.0-1] [3.1.1 MQTT-6.0.0-1]', () => {
		expect(WebSocketPair.open().sends(hex(HELLO)).said()).toBe("828537fa213d7f9f4d5158");
	});

	for (const [length, header] of [
		[1, "8281"],
		[4, "8284"],
		[125, "82fd"],
		[126, "82fe007e"],
		[256, "82fe0100"],
		[1024, "82fe0400"],
	] as const)
		test(`${length} bytes are one frame`, () => {
			const said = WebSocketPair.open().sends(pattern(length)).said();
			expect(said.slice(0, header.length + 8)).toBe(`${header}37fa213d`);
			expect(clientFrames(said)).toEqual([`2 ${toHex(pattern(length))}`]);
		});

	test("a long packet goes in several frames, and none is over what the socket takes", () => {
		for (const room of [9, 10, 133, 134, 135, 500, 1033, 5000]) {
			const pair = WebSocketPair.open();
			pair.socket.writable(0);
			pair.sends(pattern(3000));
			let all = "";
			for (let turn = 0; turn < 3000 && pair.inner.due; turn++) {
				pair.socket.writable(room);
				const said = pair.said();
				expect(said.length / 2).toBeLessThanOrEqual(room);
				all += clientFrames(said)
					.map((frame) => frame.slice(2))
					.join("");
			}
			expect(all).toBe(toHex(pattern(3000)));
		}
	});

	test("nothing is sent where no frame fits, and nothing is lost", () => {
		const pair = WebSocketPair.open();
		pair.socket.writable(8);
		pair.sends(hex("c000"));
		expect(pair.said()).toBe("");
		pair.socket.writable(9);
		expect(clientFrames(pair.said())).toEqual(["2 c0"]);
	});

	test("the protocol's own bytes are not masked", () => {
		const pair = WebSocketPair.open();
		const bytes = hex(HELLO);
		pair.sends(bytes);
		expect(toHex(bytes)).toBe(HELLO);
	});
});

describe("received", () => {
	const rows: [string, string, string][] = [
		["a binary frame", `8205${HELLO}`, HELLO],
		["a fragmented message, as in RFC 6455 §5.7 but binary", "020348656c80026c6f", HELLO],
		["a fragmented message around a ping", "020348656c 8900 80026c6f", HELLO],
		["256 bytes, RFC 6455 §5.7", `827e0100${toHex(pattern(256))}`, toHex(pattern(256))],
		["126 bytes", `827e007e${toHex(pattern(126))}`, toHex(pattern(126))],
		[
			"a packet over two frames and two in one, as MQTT's may be [MQTT-6.0.0-2] [3.1.1 MQTT-6.0.0-2]",
			"8201d0 820300d000",
			"d000d000",
		],
		["empty frames", "8200 0200 0000 8000 8201aa", "aa"],
		["several messages", "8201aa 8202bbcc 8201dd", "aabbccdd"],
		["pongs that nobody asked for", "8a00 8201aa 8a02ffff 8201bb", "aabb"],
	];
	for (const [name, frames, payload] of rows)
		for (const size of [1, 2, 3, 5, 100, Infinity])
			test(`${name} is bytes for the protocol, in pieces of ${size}`, () => {
				const pair = WebSocketPair.open().receives(frames, size);
				expect(pair.inner.received).toBe(payload);
				expect(pair.inner.log).toEqual(["opened"]);
			});

	test("64 KiB, RFC 6455 §5.7, are bytes for the protocol, which is never given more than it has room for", () => {
		const bytes = new Uint8Array(10 + 0x10000);
		bytes.set(hex("827f0000000000010000"));
		bytes.set(pattern(0x10000), 10);
		const { inner } = WebSocketPair.open().receives(bytes, 5000).receives("8201aa");
		expect(inner.received.length).toBe(2 * 0x10001);
		expect(inner.received === `${toHex(pattern(0x10000))}aa`).toBe(true);
	});

	test("a frame cut off anywhere gives what came of it, and waits", () => {
		const frames = hex(`8205${HELLO}`);
		for (let length = 0; length <= frames.length; length++) {
			const pair = WebSocketPair.open().receives(frames.slice(0, length));
			expect(pair.inner.received).toBe(HELLO.slice(0, 2 * Math.max(0, length - 2)));
			pair.socket.fails();
			expect(pair.inner.log).toEqual(["opened", "closed: the connection ended"]);
		}
	});

	const wrong: [string, string, number, string][] = [
		[
			"a text frame, RFC 6455 §5.7 [MQTT-6.0.0-1] [3.1.1 MQTT-6.0.0-1]",
			`8105${HELLO}`,
			1003,
			"expected binary frames, got a text frame",
		],
		["a fragment of text", "010348656c", 1003, "expected binary frames, got a text frame"],
		["a masked frame", "828537fa213d7f9f4d5158", 1002, "expected a frame without mask, got one with"],
		["RSV1", "c205", 1002, "expected no reserved bit in a frame, got one"],
		["RSV2", "a205", 1002, "expected no reserved bit in a frame, got one"],
		["RSV3", "9205", 1002, "expected no reserved bit in a frame, got one"],
		["opcode 3", "8300", 1002, "expected a known opcode, got 3"],
		["opcode 7", "8700", 1002, "expected a known opcode, got 7"],
		["opcode 11", "8b00", 1002, "expected a known opcode, got 11"],
		["opcode 15", "8f00", 1002, "expected a known opcode, got 15"],
		["a fragmented ping", "0900", 1002, "expected a control frame in one piece, got a fragment"],
		["a long ping", "897e007e", 1002, "expected at most 125 bytes in a control frame, got more"],
		["a continuation of nothing", "8001aa", 1002, "expected a message, got the continuation of none"],
		["a continuation after the last", "0201aa8001bb8001cc", 1002, "expected a message, got the continuation of none"],
		["a message inside another", "0201aa8201bb", 1002, "expected the continuation of a message, got another"],
		["125 bytes in 16 bits", "827e007d", 1002, "expected the shortest form of a payload's length, got 125 in 2 bytes"],
		[
			"65,535 bytes in 64 bits",
			"827f000000000000ffff",
			1002,
			"expected the shortest form of a payload's length, got 65535 in 8 bytes",
		],
		["a length of 64 bits", "827f8000000000000000", 1002, "expected a length of 63 bits, got one of 64"],
		["2^53 bytes", "827f0020000000000000", 1009, "expected a frame of less than 2^53 bytes, got a larger one"],
	];
	for (const [name, frames, code, message] of wrong)
		for (const size of [1, Infinity])
			test(`${name} closes with ${code}, in pieces of ${size}`, () => {
				const pair = WebSocketPair.open().receives(frames, size);
				expect(pair.inner.log).toEqual(["opened", `closed: ${message}`]);
				expect((pair.inner.errors[0] as WebSocketError).code).toBe(code);
				expect(clientFrames(pair.said())).toEqual([`8 0${code.toString(16)}`]);
				expect(pair.socket.closed).toBe(true);
			});

	test("what comes after a violation is not looked at", () => {
		const pair = WebSocketPair.open().receives(`8105${HELLO}8201aa`);
		expect(pair.inner.received).toBe("");
		expect(pair.inner.errors).toHaveLength(1);
	});
});

describe("ping", () => {
	test('"Hello" is answered as in RFC 6455 §5.7', () => {
		for (const size of [1, 2, 3, Infinity])
			expect(WebSocketPair.open().receives(`8905${HELLO}`, size).said()).toBe("8a8537fa213d7f9f4d5158");
	});

	test("is answered with its payload, however long it may be", () => {
		for (const length of [0, 1, 124, 125]) {
			const payload = toHex(pattern(length));
			const header = (length | 0x8900).toString(16);
			expect(clientFrames(WebSocketPair.open().receives(`${header}${payload}`).said())).toEqual([`a ${payload}`]);
		}
	});

	test("is answered before what the protocol has to say", () => {
		const pair = WebSocketPair.open();
		pair.inner.bytes.push(hex("c000"));
		pair.receives("8901aa");
		expect(clientFrames(pair.said())).toEqual(["a aa", "2 c000"]);
	});

	test("is answered when the socket takes an answer; of several the last", () => {
		const pair = WebSocketPair.open();
		pair.socket.writable(0);
		pair.receives("8901aa 8902bbcc 8a01dd");
		pair.socket.writable(9);
		expect(pair.said()).toBe("");
		pair.socket.writable(10);
		expect(clientFrames(pair.said())).toEqual(["a bbcc"]);
	});
});

test("a target without webSocket has its bytes passed through both ways", () => {
	const pair = new WebSocketPair().want({ host: "broker.local", port: 1883 });
	expect(pair.inner.log).toEqual(["opened"]);
	expect(pair.sends(hex("c000")).said()).toBe("c000");
	expect(pair.receives("d000", 1).inner.received).toBe("d000");
	pair.socket.fails(new Error("reset"));
	expect(pair.inner.log).toEqual(["opened", "closed: reset"]);
	expect(pair.said()).toBe("");
});

test("a protocol may want a WebSocket, then none, then one again", () => {
	const pair = WebSocketPair.open();
	pair.receives("8205aabb");
	pair.want({ host: "broker.local", port: 1883 });
	pair.receives("8201");
	expect(pair.inner.received).toBe("aabb8201");
	expect(pair.sends(hex("c000")).said()).toBe("c000");
	pair.want({ ...TARGET });
	expect(pair.said().length).toBeGreaterThan(100);
	expect(pair.inner.log).toEqual(["opened", "opened"]);
	pair.receives(http(ACCEPTED));
	expect(pair.inner.log.at(-1)).toMatch(/expected Sec-WebSocket-Accept/);
});

test("deadlines are the protocol's", () => {
	const pair = WebSocketPair.open();
	pair.inner.deadline = 500;
	pair.inner.wake();
	pair.platform.pass(1000);
	expect(pair.inner.log).toEqual(["opened", "expired 500"]);
});
