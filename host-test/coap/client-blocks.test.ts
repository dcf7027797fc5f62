// SPDX-License-Identifier: MIT
// Responses and notifications in blocks at the client (RFC 7959 §2.4 and §2.6), as timelines.
import { describe, expect, test } from "vitest";
import { Code } from "../../src/coap/index.ts";
import { asking, block, part, text } from "../support/coap-client-blocks.ts";

describe("a response in blocks", () => {
	test("is asked for block by block, and told as one (§2.4)", () => {
		const { pair } = asking();
		expect(pair.receives(`ACK 2.05 1000 [80808080] ETag=01 ${part(0, 40)}`)).toEqual([
			`CON GET 1001 [81808080] Uri-Path=a Block2=${block(1, false, 0)}`,
		]);
		expect(pair.receives(`ACK 2.05 1001 [81808080] ETag=01 ${part(1, 40)}`)).toEqual([
			`CON GET 1002 [80808080] Uri-Path=a Block2=${block(2, false, 0)}`,
		]);
		expect(pair.receives(`ACK 2.05 1002 [80808080] ETag=01 ${part(2, 40)}`)).toEqual([]);
		expect(pair.news()).toEqual([`2.05 | ${text(40)}`]);
		expect(pair.client.requests).toBe(0);
	});

	test("whose first one is all is told at once", () => {
		const { pair } = asking();
		pair.receives(`ACK 2.05 1000 [80808080] Block2=${block(0, false, 2)} | x`);
		expect(pair.news()).toEqual(["2.05 | x"]);
	});

	test("is asked for in the size that is wanted, and taken in the size that comes", () => {
		const { pair, first } = asking({ blockSize: 64 });
		expect(first).toEqual([`CON GET 1000 [80808080] Uri-Path=a Block2=${block(0, false, 2)}`]);
		expect(pair.receives(`ACK 2.05 1000 [80808080] ${part(0, 20)}`)).toEqual([
			`CON GET 1001 [81808080] Uri-Path=a Block2=${block(1, false, 0)}`,
		]);
		pair.receives(`ACK 2.05 1001 [81808080] ${part(1, 20)}`);
		expect(pair.news()).toEqual([`2.05 | ${text(20)}`]);
	});

	test("comes on its own, too, and each is acknowledged", () => {
		const { pair } = asking();
		pair.receives("ACK 0.00 1000");
		expect(pair.receives(`CON 2.05 7000 [80808080] ${part(0, 20)}`)).toEqual([
			"ACK 0.00 7000",
			`CON GET 1001 [81808080] Uri-Path=a Block2=${block(1, false, 0)}`,
		]);
		expect(pair.receives(`CON 2.05 7000 [80808080] ${part(0, 20)}`)).toEqual(["ACK 0.00 7000"]);
		pair.receives("ACK 0.00 1001");
		expect(pair.receives(`CON 2.05 7001 [81808080] ${part(1, 20)}`)).toEqual(["ACK 0.00 7001"]);
		expect(pair.news()).toEqual([`2.05 | ${text(20)}`]);
	});

	test("of several representations is asked for anew, three times (§2.4)", () => {
		const { pair } = asking();
		let messageId = 0x1000;
		const answer = (options: string) => {
			const token = messageId % 2 ? "81808080" : "80808080";
			return pair.receives(`ACK 2.05 ${(messageId++).toString(16)} [${token}] ${options}`);
		};
		for (let i = 0; i < 4; i++) {
			expect(answer(`ETag=0${i} ${part(0, 40)}`)).toHaveLength(1);
			const next = answer(`ETag=f${i} ${part(1, 40)}`);
			if (i < 3) expect(next[0]).toMatch(/ Block2=0$/);
		}
		expect(pair.news()).toEqual(["failed: the response's blocks came of several representations, again and again"]);
	});

	test("of which the server forgot the rest is asked for anew in blocks of the same size (§2.9.2)", () => {
		const { pair } = asking();
		pair.receives(`ACK 2.05 1000 [80808080] Block2=${block(0, true, 1)} | ${text(32)}`);
		expect(pair.receives("ACK 4.08 1001 [81808080]")).toEqual([
			`CON GET 1002 [80808080] Uri-Path=a Block2=${block(0, false, 1)}`,
		]);
		pair.receives(`ACK 2.05 1002 [80808080] Block2=${block(0, false, 1)} | short`);
		expect(pair.news()).toEqual(["2.05 | short"]);
	});

	test("that is small for want of an Echo option is asked for anew with it, once, in the size that is wanted (RFC 9175 §2.4)", () => {
		const { pair } = asking();
		expect(pair.receives(`ACK 2.05 1000 [80808080] ${part(0, 40, " 252=beef")}`)).toEqual([
			"CON GET 1001 [81808080] Uri-Path=a Block2=6 252=beef",
		]);
		expect(pair.receives(`ACK 2.05 1001 [81808080] ${part(0, 40, " 252=f00d")}`)).toEqual([
			`CON GET 1002 [80808080] Uri-Path=a Block2=${block(1, false, 0)}`,
		]);
		const other = asking();
		other.pair.receives(`ACK 2.05 1000 [80808080] ${part(0, 40, " 252=beef")}`);
		other.pair.receives(`ACK 2.05 1001 [81808080] Block2=6 | ${text(40)}`);
		expect(other.pair.news()).toEqual([`2.05 | ${text(40)}`]);
		const { pair: modest } = asking({ blockSize: 16 });
		expect(modest.receives(`ACK 2.05 1000 [80808080] ${part(0, 40, " 252=beef")}`)[0]).toMatch(/ Block2=16$/);
	});

	test("to what must not be done twice is never begun anew", () => {
		for (const code of [Code.POST, Code.PUT, Code.PATCH]) {
			const small = asking({ code, payload: "q" }).pair;
			expect(small.receives(`ACK 2.04 1000 [80808080] ${part(0, 40, " 252=beef")}`)[0]).toMatch(/ Block2=16$/);
			expect(small.receives("ACK 4.08 1001 [81808080]")).toEqual([]);
			expect(small.news()).toEqual(["failed: the response's blocks came in part"]);
			const changed = asking({ code, payload: "q" }).pair;
			changed.receives(`ACK 2.04 1000 [80808080] ETag=01 ${part(0, 40)}`);
			expect(changed.receives(`ACK 2.04 1001 [81808080] ETag=02 ${part(1, 40)}`)).toEqual([]);
			expect(changed.news()).toEqual(["failed: the response's blocks came of several representations"]);
		}
	});

	test("is not begun by a 4.08", () => {
		const { pair } = asking();
		pair.receives("ACK 4.08 1000 [80808080]");
		expect(pair.news()).toEqual(["4.08"]);
	});

	test("that another refusal interrupts ends with that", () => {
		const { pair } = asking();
		pair.receives(`ACK 2.05 1000 [80808080] ${part(0, 40)}`);
		pair.receives("ACK 4.04 1001 [81808080]");
		expect(pair.news()).toEqual(["4.04"]);
	});

	const unusable: [what: string, options: string, news: RegExp][] = [
		[
			"longer than bodySize",
			`Block2=${block(0, true, 2)} | ${text(64)}`,
			/^failed: the response's body is longer than 64/,
		],
		[
			"of the reserved size (§2.2)",
			`Block2=${block(0, true, 7)} | x`,
			/^failed: a block has the size that is reserved/,
		],
	];
	for (const [what, options, news] of unusable)
		test(`${what} fails the request`, () => {
			const { pair } = asking();
			expect(pair.receives(`ACK 2.05 1000 [80808080] ${options}`)).toEqual([]);
			expect(pair.news()[0]).toMatch(news);
		});

	test("with a block that nobody asked for, or that is too short, is asked for anew", () => {
		const { pair } = asking();
		expect(pair.receives(`ACK 2.05 1000 [80808080] ${part(1, 40)}`)[0]).toMatch(/ Block2=0$/);
		expect(pair.receives(`ACK 2.05 1001 [81808080] Block2=${block(0, true, 0)} | short`)[0]).toMatch(/ Block2=0$/);
	});

	test("of which the application wants one is that one", () => {
		const { pair, first } = asking({ options: [{ number: 23, value: Uint8Array.of(block(1, false, 0)) }] });
		expect(first[0]).toMatch(/Block2=16$/);
		pair.receives(`ACK 2.05 1000 [80808080] ${part(1, 40)}`);
		expect(pair.news()).toEqual([`2.05 | ${text(40).slice(16, 32)}`]);
	});

	test("to a NON is asked for with NONs", () => {
		const { pair } = asking({ confirmable: false });
		expect(pair.receives(`NON 2.05 7000 [80808080] ${part(0, 20)}`)).toEqual([
			`NON GET 1001 [81808080] Uri-Path=a Block2=${block(1, false, 0)}`,
		]);
	});

	test("is given up when its next block does not come", () => {
		const { pair } = asking();
		pair.receives(`ACK 2.05 1000 [80808080] ${part(0, 20)}`);
		expect(pair.advance(1_000_000)).toHaveLength(4);
		expect(pair.news()).toEqual(["timeout"]);
	});

	test("to a FETCH is asked for with its payload (RFC 8132 §2), to a POST without (§3.3)", () => {
		for (const [code, payload] of [
			[Code.FETCH, " | q"],
			[Code.POST, ""],
		] as const) {
			const { pair } = asking({ code, payload: "q" });
			const [next] = pair.receives(`ACK 2.05 1000 [80808080] ${part(0, 20)}`);
			expect(next!.slice(next!.indexOf("Uri-Path"))).toBe(`Uri-Path=a Block2=${block(1, false, 0)}${payload}`);
		}
	});
});

describe("notifications in blocks (§2.6)", () => {
	function observing() {
		const { pair } = asking({ observe: true });
		expect(pair.receives(`ACK 2.05 1000 [80808080] Observe=5 ETag=01 ${part(0, 20)}`)).toEqual([
			`CON GET 1001 [81808080] Uri-Path=a Block2=${block(1, false, 0)}`,
		]);
		return pair;
	}

	test("are fetched with another token, and told as one with their number", () => {
		const pair = observing();
		pair.receives(`ACK 2.05 1001 [81808080] ETag=01 ${part(1, 20)}`);
		expect(pair.news()).toEqual([`2.05 #5 | ${text(20)}`]);
		expect(pair.receives(`CON 2.05 7000 [80808080] Observe=6 ETag=02 ${part(0, 20)}`)).toEqual([
			"ACK 0.00 7000",
			`CON GET 1002 [81808080] Uri-Path=a Block2=${block(1, false, 0)}`,
		]);
		pair.receives(`ACK 2.05 1002 [81808080] ETag=02 ${part(1, 20)}`);
		expect(pair.news()).toEqual([`2.05 #6 | ${text(20)}`]);
	});

	test("give way to a newer one, but not to a late one", () => {
		const pair = observing();
		expect(pair.receives(`NON 2.05 7000 [80808080] Observe=4 ETag=00 ${part(0, 20)}`)).toEqual([]);
		expect(pair.receives("NON 2.05 7001 [80808080] Observe=6 | short")).toEqual([]);
		pair.receives(`ACK 2.05 1001 [81808080] ETag=01 ${part(1, 20)}`);
		expect(pair.news()).toEqual(["2.05 #6 | short"]);
		expect(pair.client.requests).toBe(1);
	});

	test("are fetched to the end whatever comes late", () => {
		const pair = observing();
		pair.receives("NON 2.05 7000 [80808080] Observe=4 | old");
		expect(pair.receives(`ACK 2.05 1001 [81808080] ETag=01 ${part(1, 20)}`)).toEqual([]);
		expect(pair.news()).toEqual([`2.05 #5 | ${text(20)}`]);
	});

	test("give way to the last response, in blocks, too", () => {
		const pair = observing();
		expect(pair.receives(`CON 2.05 7000 [80808080] ETag=02 ${part(0, 20)}`)).toEqual([
			"ACK 0.00 7000",
			`CON GET 1002 [82808080] Uri-Path=a Block2=${block(1, false, 0)}`,
		]);
		pair.receives(`ACK 2.05 1002 [82808080] ETag=02 ${part(1, 20)}`);
		expect(pair.news()).toEqual([`2.05 | ${text(20)}`]);
		expect(pair.client.requests).toBe(0);
	});

	test("that change while they are fetched are fetched anew", () => {
		const pair = observing();
		expect(pair.receives(`ACK 2.05 1001 [81808080] ETag=02 ${part(1, 20)}`)).toEqual([
			`CON GET 1002 [82808080] Uri-Path=a Block2=${block(0, false, 0)}`,
		]);
	});

	test("leave the registration as it is: it is repeated, and cancelled, with its own token", () => {
		const { pair } = asking();
		pair.receives("ACK 2.05 1000 [80808080]");
		const request = pair.ask({ observe: true, blockSize: 16 });
		pair.sends();
		pair.receives(`ACK 2.05 1001 [80808080] Observe=5 Max-Age=10 ${part(0, 20)}`);
		pair.receives(`ACK 2.05 1002 [81808080] ${part(1, 20)}`);
		expect(pair.advance(20_000)).toEqual(["20 CON GET 1003 [80808080] Observe=0 Uri-Path=a Block2=0"]);
		pair.receives("ACK 2.05 1003 [80808080] Observe=6 | short");
		request.cancel();
		expect(pair.sends()).toEqual(["CON GET 1004 [80808080] Observe=1 Uri-Path=a Block2=0"]);
	});
});
