// SPDX-License-Identifier: MIT
// Simple registration with a resource directory (RFC 9176 §5.1), as timelines.
import { describe, expect, test } from "vitest";
import { Server, type ServerOptions } from "../../src/coap/index.ts";
import { Client, Pair } from "../support/coap-pair.ts";

const ADDRESS = "192.0.2.7";
const REQUEST = "Uri-Path=.well-known Uri-Path=rd Uri-Query=ep=thermostat";
const TOKEN = "[80808080]";

function registering(directory: Partial<ServerOptions["directory"]> = {}, options: Partial<ServerOptions> = {}) {
	const pair = new Pair({ directory: { address: ADDRESS, endpoint: "thermostat", ...directory }, ...options });
	const sent = pair.drain().map(({ port, text }) => `${port} ${text}`);
	return { pair, sent, rd: new Client(pair, { address: ADDRESS, port: 5683 }) };
}

describe("a server with a directory", () => {
	test("asks it at once to read what there is (RFC 9176 §5.1)", () => {
		const { pair, sent } = registering();
		expect(sent).toEqual([`5683 CON POST 1000 ${TOKEN} ${REQUEST}`]);
		expect(pair.server.registered).toBe(false);
	});

	test("tells its sector and for how long, and finds the directory at another port", () => {
		const { sent } = registering({ port: 7_000, sector: "house", lifetime: 600 });
		expect(sent).toEqual([`7000 CON POST 1000 ${TOKEN} ${REQUEST} Uri-Query=d=house Uri-Query=lt=600`]);
	});

	test("is registered by a 2.04, and asks again after three quarters of the lifetime", () => {
		const { pair, rd } = registering({ lifetime: 1_000 });
		expect(rd.sends(`ACK 2.04 1000 ${TOKEN}`)).toEqual([]);
		expect(pair.server.registered).toBe(true);
		expect(pair.advance(749_999)).toEqual([]);
		expect(pair.advance(1)[0]).toMatch("750 CON POST 1001");
		expect(pair.server.registered).toBe(true);
		expect(pair.errors).toEqual([]);
	});

	test("takes a separate response, and acknowledges it as often as it comes (RFC 7252 §5.2.2)", () => {
		const { pair, rd } = registering();
		rd.sends("ACK 0.00 1000");
		expect(pair.advance(50_000)).toEqual([]);
		for (let i = 0; i < 2; i++) expect(rd.sends(`CON 2.04 7777 ${TOKEN}`)).toEqual(["ACK 0.00 7777"]);
		expect(pair.server.registered).toBe(true);
		expect(pair.advance(100_000)).toEqual([]);
	});

	test("takes a repeated refusal once", () => {
		const { pair, rd } = registering();
		for (let i = 0; i < 2; i++) expect(rd.sends(`CON 5.03 7777 ${TOKEN}`)).toEqual(["ACK 0.00 7777"]);
		expect(pair.errors).toHaveLength(1);
	});

	test("tries again a minute after a separate refusal", () => {
		const { pair, rd } = registering();
		rd.sends("ACK 0.00 1000");
		rd.sends(`CON 5.03 7777 ${TOKEN}`);
		expect(pair.advance(60_000)).toHaveLength(1);
	});

	test("goes on when the directory acknowledges something else", () => {
		const { pair, rd } = registering();
		rd.sends("ACK 0.00 0fff");
		expect(pair.advance(2_500)).toHaveLength(1);
	});

	test("takes a NON response", () => {
		const { pair, rd } = registering();
		rd.sends("ACK 0.00 1000");
		expect(rd.sends(`NON 2.04 7777 ${TOKEN}`)).toEqual([]);
		expect(pair.server.registered).toBe(true);
	});

	test("answers the directory's requests meanwhile", () => {
		const { pair, rd } = registering();
		pair.server.resource("a", { rt: "x" });
		expect(rd.sends("CON GET 0001 [bb] Uri-Path=.well-known Uri-Path=core")[0]).toMatch('| </a>;rt="x"');
	});

	test("retransmits, gives up, says so, and tries again later (RFC 7252 §4.2)", () => {
		const { pair } = registering();
		const sent = pair.advance(93_000);
		expect(sent.map((text) => text.slice(0, 18))).toEqual(
			[2.5, 7.5, 17.5, 37.5].map((at) => `${at} CON POST 1000 `.slice(0, 18)),
		);
		expect(pair.errors.map(({ message }) => message)).toEqual([`registration at ${ADDRESS}:5683: no answer`]);
		expect(pair.advance(59_999)).toEqual([]);
		expect(pair.advance(1)[0]).toMatch("153 CON POST 1001");
	});

	test("waits twice as long after each failure, up to an hour, and as before after a success", () => {
		const { pair, rd } = registering();
		[60, 120, 240, 480, 960, 1_920, 3_600, 3_600].forEach((seconds, i) => {
			rd.sends(`ACK 5.03 ${(0x1000 + i).toString(16)} ${TOKEN}`);
			expect(pair.advance(seconds * 1_000 - 1)).toEqual([]);
			expect(pair.advance(1)).toHaveLength(1);
		});
		expect(pair.errors[0]!.message).toBe(`registration at ${ADDRESS}:5683: 5.03`);
		rd.sends(`ACK 2.04 1008 ${TOKEN}`);
		expect(pair.server.registered).toBe(true);
		pair.advance(67_500_000);
		rd.sends(`ACK 5.03 1009 ${TOKEN}`);
		expect(pair.advance(60_000)).toHaveLength(1);
	});

	test("is registered no longer when that fails later", () => {
		const { pair, rd } = registering({ lifetime: 1_000 });
		rd.sends(`ACK 2.04 1000 ${TOKEN}`);
		pair.advance(750_000);
		rd.sends(`ACK 4.03 1001 ${TOKEN}`);
		expect(pair.server.registered).toBe(false);
	});

	const OTHERS: [name: string, line: string, address?: string][] = [
		["another token", "ACK 2.04 1000 [80808081]"],
		["no token", "ACK 2.04 1000"],
		["another address", `ACK 2.04 1000 ${TOKEN}`, "192.0.2.8"],
	];
	for (const [name, line, address = ADDRESS] of OTHERS)
		test(`does not take a response with ${name}`, () => {
			const { pair } = registering();
			const client = new Client(pair, { address, port: 5683 });
			expect(client.sends(line)).toEqual([]);
			expect(client.sends(line.replace("ACK", "CON"))).toEqual(["RST 0.00 1000"]);
			expect(pair.server.registered).toBe(false);
			expect(pair.advance(2_500)).toHaveLength(1);
		});

	test("has its own token and Message ID each time", () => {
		let n = 0;
		const { pair, rd } = registering({ lifetime: 60 }, { random: () => (n++ % 256) / 256 });
		const first = pair.sent[0]!.text.split(" ")[3]!;
		rd.sends(`ACK 2.04 1000 ${first}`);
		const [again] = pair.advance(45_000);
		expect(again!.split(" ")[4]).not.toBe(first);
	});

	for (const directory of [
		{ endpoint: "" },
		{ endpoint: "x".repeat(63) },
		{ endpoint: "x", sector: "x".repeat(63) },
		{ endpoint: "x", lifetime: 59 },
		{ endpoint: "x", lifetime: 2 ** 32 },
	])
		test(`of ${JSON.stringify(directory).slice(0, 40)} is refused with a RangeError`, () => {
			expect(() => new Server({ random: () => 0, directory: { address: ADDRESS, ...directory } })).toThrow(RangeError);
		});
});

test("a server without a directory is registered nowhere, and rejects responses", () => {
	const pair = new Pair();
	expect(pair.server.registered).toBe(false);
	expect(pair.client().sends("CON 2.04 0001 [80]")).toEqual(["RST 0.00 0001"]);
});
