// SPDX-License-Identifier: MIT
// Requests to a multicast address (RFC 7252 §8), as timelines. With `random` of one half, leisure is 2.5 s.
import { describe, expect, test } from "vitest";
import { Code, type Result, type ServerOptions } from "../../src/coap/index.ts";
import { Pair } from "../support/coap-pair.ts";
import { hex } from "../support/hex.ts";
import { promised, settle } from "../support/promised.ts";

const GET = "NON GET 0001 [aa] Uri-Path=a";
const CORE = "NON GET 0001 [aa] Uri-Path=.well-known Uri-Path=core";

function serving(result: () => Result | PromiseLike<Result> = () => "20", options: Partial<ServerOptions> = {}) {
	const pair = new Pair(options);
	let calls = 0;
	const handler = () => {
		calls++;
		return result();
	};
	pair.server.resource("a", { rt: "x", observable: true, get: handler, put: handler });
	return { pair, client: pair.client(), calls: () => calls };
}

describe("a multicast request", () => {
	test("is answered by a NON after a time of leisure (RFC 7252 §8.2) [CoAP-12.1]", () => {
		const { pair, client } = serving();
		expect(client.multicasts(GET)).toEqual([]);
		expect(pair.advance(10_000)).toEqual(["2.5 NON 2.05 1000 [aa] Content-Format=0 | 20"]);
		expect(pair.server.deadline).toBe(Infinity);
	});

	test("is answered at a random time within LEISURE", () => {
		for (const [random, LEISURE, at] of [
			[0.999, 5_000, "4.995"],
			[0.25, 1_000, "0.25"],
		] as const) {
			const { pair, client } = serving(undefined, { random: () => random, LEISURE, messageId: 1 });
			client.multicasts(GET);
			expect(pair.advance(5_000)[0]!.split(" ")[0]).toBe(at);
		}
	});

	test("without leisure is answered at once, but not from inside the call", () => {
		const { client } = serving(undefined, { LEISURE: 0 });
		expect(client.multicasts(GET)).toEqual(["NON 2.05 1000 [aa] Content-Format=0 | 20"]);
	});

	for (const request of ["CON GET 0001 Uri-Path=a", "CON 0.00 0001", "ACK 0.00 0001", "RST 0.00 0001", "CON 2.05 0001"])
		test(`that is ${request} is ignored: neither answered nor rejected (RFC 7252 §8.1) [CoAP-3.3]`, () => {
			const { pair, client, calls } = serving();
			expect(client.multicasts(request)).toEqual([]);
			expect(pair.advance(10_000)).toEqual([]);
			expect(calls()).toBe(0);
		});

	for (const bytes of ["", "50", "50 01 0001 ff", "40 01 0001 ff", "49 01 0001", "90 01 0001", "50 01 0001 f0"])
		test(`of "${bytes}" is ignored [CoAP-3.3]`, () => {
			const { pair, client } = serving();
			expect(client.multicasts(hex(bytes))).toEqual([]);
			expect(pair.advance(10_000)).toEqual([]);
		});

	const USELESS: [name: string, request: string, result?: Result][] = [
		["of a path that there is not", "NON GET 0001 Uri-Path=b"],
		["of a method that there is not", "NON DELETE 0001 Uri-Path=a"],
		["with an unknown critical option", `${GET} 9=00`],
		["whose handler answers with an error", GET, { code: Code.SERVICE_UNAVAILABLE }],
		["whose answer is empty", GET, ""],
		["that changes something, without a payload in the answer", "NON PUT 0001 Uri-Path=a", undefined],
	];
	for (const [name, request, result] of USELESS)
		test(`${name} is not answered (RFC 7252 §8.2) [CoAP-12.2]`, () => {
			const { pair, client } = serving(() => result);
			client.multicasts(request);
			expect(pair.advance(10_000)).toEqual([]);
			expect(pair.errors).toEqual([]);
		});

	test("for which no link matches is not answered (RFC 6690 §4.1) [CoAP-11.5]", () => {
		const { pair, client } = serving();
		client.multicasts(`${CORE} Uri-Query=rt=y`);
		expect(pair.advance(10_000)).toEqual([]);
		client.multicasts(`${CORE.replace("0001", "0002")} Uri-Query=rt=x`);
		expect(pair.advance(10_000)[0]).toMatch('Content-Format=40 | </a>;rt="x";obs');
	});

	test("is answered with what No-Response leaves an interest in, errors included (RFC 7967 §2.1)", () => {
		const { pair, client } = serving();
		client.multicasts("NON GET 0001 Uri-Path=b No-Response=2");
		client.multicasts(`${GET.replace("0001", "0002")} No-Response=2`);
		expect(pair.advance(10_000)).toEqual(["2.5 NON 4.04 1000"]);
	});

	test("repeated is answered once (RFC 7252 §4.5)", () => {
		const { pair, client, calls } = serving();
		client.multicasts(GET);
		client.multicasts(GET);
		client.sends(GET);
		expect(pair.advance(10_000)).toHaveLength(1);
		expect(calls()).toBe(1);
	});

	test("observes nothing", () => {
		const { pair, client } = serving();
		client.multicasts(`${GET} Observe=0`);
		expect(pair.advance(10_000)).toEqual(["2.5 NON 2.05 1000 [aa] Content-Format=0 | 20"]);
		expect(pair.server.observed).toBe(0);
	});

	test("leaves the one after it alone", () => {
		const { pair, client } = serving();
		client.multicasts(GET);
		expect(client.sends("CON GET 0002 [bb] Uri-Path=b")).toEqual(["ACK 4.04 0002 [bb]"]);
		expect(pair.advance(10_000)).toEqual(["2.5 NON 2.05 1000 [aa] Content-Format=0 | 20"]);
	});

	test("may have a promised answer, which waits for its time as well", async () => {
		for (const [wait, sent] of [
			[0, "2.5"],
			[4_000, "4"],
		] as const) {
			const { promise, resolve } = promised<Result>();
			const { pair, client } = serving(() => promise);
			client.multicasts(`${GET} Observe=0`);
			expect(pair.advance(wait)).toEqual([]);
			resolve("20");
			await settle();
			const all = [...pair.drain().map(({ at, text }) => `${at / 1000} ${text}`), ...pair.advance(10_000)];
			expect(all).toHaveLength(1);
			expect(all[0]).toMatch(`${sent} NON 2.05`);
			expect(pair.server.observed).toBe(0);
		}
	});

	test("whose promised answer is an error is not answered", async () => {
		const { pair, client } = serving(() => Promise.reject(new Error("no")));
		client.multicasts(GET);
		await settle();
		pair.drain();
		expect(pair.advance(10_000)).toEqual([]);
		expect(pair.errors).toHaveLength(1);
		expect(pair.server.deadline).toBe(Infinity);
	});

	test("takes no more room than there is: what is too much is dropped, and counted", () => {
		const { pair, client } = serving(undefined, { promises: 3 });
		for (let i = 1; i < 6; i++) client.multicasts(`NON GET 000${i} Uri-Path=a`);
		expect(pair.advance(10_000)).toHaveLength(3);
		expect(pair.server.lost).toBe(2);
	});
});
