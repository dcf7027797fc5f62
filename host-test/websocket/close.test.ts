// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { CloseCode, type WebSocketError } from "../../src/websocket/index.ts";
import { hex, toHex } from "../support/hex.ts";
import { ACCEPTED, clientFrames, http, TARGET, WebSocketPair } from "./pair.ts";

/** A Close frame of a server. */
function close(code: number, reason = ""): string {
	const text = toHex(new TextEncoder().encode(reason));
	return `88${(2 + text.length / 2).toString(16).padStart(2, "0")}${code.toString(16).padStart(4, "0")}${text}`;
}

describe("the server closes", () => {
	const rows: [string, string, number, string, string][] = [
		["without a code", "8800", 1005, "1005 no status", "03e8"],
		["with 1000", close(1000), 1000, "1000 normal closure", "03e8"],
		["with 1001 and a reason", close(1001, "maintenance"), 1001, "1001 going away: maintenance", "03e9"],
		["with 1008", close(1008), 1008, "1008 policy violation", "03f0"],
		["with an application's code", close(4000, "ä"), 4000, "4000: ä", "0fa0"],
		["with 3000", close(3000), 3000, "3000", "0bb8"],
		["with the longest reason", close(1011, "x".repeat(123)), 1011, `1011 internal error: ${"x".repeat(123)}`, "03f3"],
	];
	for (const [name, frame, code, message, echo] of rows)
		for (const size of [1, Infinity])
			test(`${name}: it is closed the same way, in pieces of ${size}`, () => {
				const pair = WebSocketPair.open().receives(`8201aa${frame}`, size);
				expect(pair.inner.received).toBe("aa");
				expect(pair.inner.log).toEqual(["opened", `closed: the server closed the WebSocket: ${message}`]);
				expect((pair.inner.errors[0] as WebSocketError).code).toBe(code);
				expect(clientFrames(pair.said())).toEqual([`8 ${echo}`]);
				expect(pair.socket.closed).toBe(true);
			});

	const wrong: [string, string, number][] = [
		["half a code", "880103", 1002],
		...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535].map((code): [string, string, number] => [
			`code ${code}`,
			close(code),
			1002,
		]),
		["a reason that is no UTF-8", "880403e8c328", 1007],
	];
	for (const [name, frame, code] of wrong)
		test(`with ${name}: it is closed with ${code}`, () => {
			const pair = WebSocketPair.open().receives(frame);
			expect(clientFrames(pair.said())).toEqual([`8 0${code.toString(16)}`]);
			expect((pair.inner.errors[0] as WebSocketError).code).toBe(code);
			expect(pair.socket.closed).toBe(true);
		});

	test("and nothing that comes after is looked at", () => {
		const pair = WebSocketPair.open().receives(`${close(1000)}8201aa8900`);
		expect(pair.inner.received).toBe("");
		expect(clientFrames(pair.said())).toEqual(["8 03e8"]);
	});

	test("while the socket takes nothing: the protocol hears of it all the same", () => {
		const pair = WebSocketPair.open();
		pair.socket.writable(0);
		pair.receives(close(1001));
		expect(pair.inner.errors).toHaveLength(1);
		expect(pair.socket.closed).toBe(true);
	});

	test("and the answer cannot be written: the protocol is told once", () => {
		const pair = WebSocketPair.open();
		pair.socket.failure = new Error("reset");
		pair.receives(close(1001));
		expect(pair.inner.log).toHaveLength(2);
	});
});

describe("the protocol ends", () => {
	test("after its last bytes, which are followed by a Close frame", () => {
		const pair = WebSocketPair.open();
		pair.inner.bytes.push(hex("e000"));
		const transmit = pair.inner.transmit.bind(pair.inner);
		pair.inner.transmit = (most) => {
			const bytes = transmit(most);
			pair.inner.target = undefined;
			return bytes;
		};
		pair.inner.wake();
		expect(clientFrames(pair.said())).toEqual(["2 e000", "8 03e8"]);
		expect(pair.socket.closed).toBe(true);
		expect(pair.inner.log).toEqual(["opened"]);
	});

	test("before the handshake did: nothing more is sent", () => {
		const pair = new WebSocketPair().want(TARGET);
		pair.said();
		pair.want(undefined);
		expect(pair.said()).toBe("");
		expect(pair.socket.closed).toBe(true);
		expect(pair.inner.log).toEqual([]);
	});

	test("inside `opened`", () => {
		const pair = new WebSocketPair();
		pair.inner.opened = () => {
			pair.inner.target = undefined;
		};
		pair.want(TARGET);
		pair.inner.log.length = 0;
		pair.said();
		pair.receives(`${toHex(http(ACCEPTED))}8201aa`);
		expect(pair.inner.received).toBe("");
		expect(clientFrames(pair.said())).toEqual(["8 03e8"]);
		expect(pair.socket.closed).toBe(true);
	});

	test("and wants another connection at once, which begins anew", () => {
		const pair = WebSocketPair.open();
		pair.inner.next = { ...TARGET };
		pair.receives("8201aa8105");
		expect(pair.platform.tcp[0]!.closed).toBe(true);
		pair.platform.pass(0);
		expect(pair.platform.tcp).toHaveLength(2);
		pair.socket.fails();
		expect(pair.inner.log.slice(2)).toEqual(["closed: no connection to broker.local:8080"]);
	});
});

test("a connection that fails after one that was closed is told of, though it was never opened", () => {
	const pair = WebSocketPair.open();
	pair.receives(close(1001));
	pair.want({ ...TARGET }, 0);
	pair.platform.tcp.at(-1)!.fails();
	expect(pair.inner.log).toHaveLength(3);
});

test("codes that may be sent are those of §7.4", () => {
	const sendable = [];
	for (let code = 0; code < 3000; code++) if (CloseCode.isSendable(code)) sendable.push(code);
	expect(sendable).toEqual([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014]);
	for (const code of sendable) expect(CloseCode.closeCodeText(code)).toMatch(/^\d{4} [a-z ]+$/);
});
