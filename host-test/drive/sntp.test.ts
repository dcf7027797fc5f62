// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { askTime } from "../../src/drive/index.ts";
import { FakePlatform } from "../support/fake-platform.ts";
import { hex } from "../support/hex.ts";

const SERVER = "192.0.2.123";

function setUp(host = SERVER) {
	const platform = new FakePlatform();
	const got: (number | undefined)[] = [];
	const end = askTime(platform, host, (time) => got.push(time));
	platform.pass(0);
	const socket = platform.udp[0]!;
	/** An answer with `seconds` since 1900 (of this era) and a fraction, as the bytes that `change` makes of it. */
	const answer = (seconds: number, fraction = 0, change = (_: Uint8Array) => {}) => {
		const bytes = new Uint8Array(48);
		const view = new DataView(bytes.buffer);
		bytes.set(hex("24 02 06 ec"));
		bytes.set(socket.sent[0]!.bytes.subarray(40), 24);
		view.setUint32(40, seconds);
		view.setUint32(44, fraction);
		change(bytes);
		return bytes;
	};
	return { platform, got, end, socket, answer };
}

/** 2026-06-17T00:00:00Z in seconds since 1900. */
const SECONDS = 2_208_988_800 + Date.UTC(2026, 5, 17) / 1000;

test("a client's request is 48 bytes: version 4, mode 3, a cookie as its time, nothing else (RFC 4330 §5)", () => {
	const { socket } = setUp();
	const [{ bytes, address, port }] = socket.sent as [(typeof socket.sent)[number]];
	expect([bytes.length, bytes[0], address, port]).toEqual([48, 0x23, SERVER, 123]);
	expect(bytes.subarray(1, 40).every((byte) => byte === 0)).toBe(true);
	expect(new Set(bytes.subarray(40)).size).toBeGreaterThan(3);
});

test("the answer's transmit time is the time, and half of the way there and back", () => {
	const { platform, got, socket, answer } = setUp();
	platform.pass(40);
	socket.receives(SERVER, 123, answer(SECONDS, 0x80000000));
	expect(got).toEqual([Date.UTC(2026, 5, 17) + 500 + 20]);
	expect(socket.closed).toBe(true);
});

test("after 2036 the seconds begin anew (RFC 4330 §3)", () => {
	const { got, socket, answer } = setUp();
	socket.receives(SERVER, 123, answer(Date.UTC(2040, 0, 1) / 1000 + 2_208_988_800 - 0x100000000));
	expect(got).toEqual([Date.UTC(2040, 0, 1)]);
});

test("an answer of somebody else, to somebody else, or of no server, is none", () => {
	const { got, socket, answer } = setUp();
	socket.receives("192.0.2.66", 123, answer(SECONDS));
	socket.receives(SERVER, 124, answer(SECONDS));
	const spoilt = answer(SECONDS, 0, (bytes) => {
		bytes[31]! ^= 1;
	});
	const client = answer(SECONDS, 0, (bytes) => {
		bytes[0] = 0x23;
	});
	socket.receives(SERVER, 123, spoilt, client, answer(SECONDS).subarray(0, 47), new Uint8Array(0));
	expect(got).toEqual([]);
	socket.receives(SERVER, 123, answer(SECONDS), answer(SECONDS));
	expect(got).toHaveLength(1);
});

for (const [what, at, value] of [
	["the clock is not synchronized", 0, 0xe4],
	["a kiss of death", 1, 0],
	["no stratum that there is", 1, 16],
] as const) {
	test(`${what}: the server does not know what time it is`, () => {
		const { got, socket, answer } = setUp();
		const bytes = answer(SECONDS, 0, (bytes) => {
			bytes[at] = value;
		});
		socket.receives(SERVER, 123, bytes);
		expect(got).toEqual([undefined]);
		expect(socket.closed).toBe(true);
	});
}

test("a name that is unknown, or a network that takes nothing, is no answer", () => {
	const unknown = setUp("time.example");
	expect(unknown.got).toEqual([undefined]);
	expect(unknown.socket.closed).toBe(true);
	const platform = new FakePlatform();
	const got: unknown[] = [];
	askTime(platform, SERVER, (time) => got.push(time));
	platform.udp[0]!.failure = new Error("no route");
	platform.pass(0);
	expect(got).toEqual([undefined]);
});

test("what is ended answers nothing", () => {
	const { platform, got, end, socket, answer } = setUp();
	end();
	end();
	socket.receives(SERVER, 123, answer(SECONDS));
	expect(got).toEqual([]);
	const early = new FakePlatform();
	askTime(early, SERVER, () => got.push(1))();
	early.pass(0);
	expect([got, early.udp[0]!.sent, platform.udp[0]!.closed]).toEqual([[], [], true]);
});
