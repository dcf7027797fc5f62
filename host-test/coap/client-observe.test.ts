// SPDX-License-Identifier: MIT
// The client that observes (RFC 7641 §3), as timelines.
import { describe, expect, test } from "vitest";
import { Code } from "../../src/coap/index.ts";
import { ClientPair } from "../support/coap-client-pair.ts";

const REGISTER = "CON GET 1000 [80808080] Observe=0 Uri-Path=a";

/** A client that observes `/a`, whose state is 20 with the Observe number 5. */
function observing(maxAge = 60) {
	const pair = new ClientPair();
	const request = pair.ask({ observe: true });
	expect(pair.sends()).toEqual([REGISTER]);
	pair.receives(`ACK 2.05 1000 [80808080] Observe=5 Max-Age=${maxAge} | 20`);
	expect(pair.news()).toEqual(["2.05 #5 | 20"]);
	return { pair, request };
}

describe("notifications", () => {
	test("are told as they come; a CON is acknowledged, a NON is not (§3.5)", () => {
		const { pair } = observing();
		expect(pair.receives("NON 2.05 7000 [80808080] Observe=6 | 21")).toEqual([]);
		expect(pair.receives("CON 2.05 7001 [80808080] Observe=7 | 22")).toEqual(["ACK 0.00 7001"]);
		expect(pair.news()).toEqual(["2.05 #6 | 21", "2.05 #7 | 22"]);
	});

	test("that are repeated are told once, and acknowledged each time", () => {
		const { pair } = observing();
		for (let i = 0; i < 3; i++)
			expect(pair.receives("CON 2.05 7001 [80808080] Observe=7 | 22")).toEqual(["ACK 0.00 7001"]);
		expect(pair.news()).toEqual(["2.05 #7 | 22"]);
	});

	// Numbers of which the second comes after the first, some seconds later.
	const pairs: [first: number, second: number, seconds: number, newer: boolean][] = [
		[5, 6, 0, true],
		[5, 5, 0, false],
		[5, 4, 0, false],
		[0, 0x7fffff, 0, true],
		[0, 0x800000, 0, false],
		[0xffffff, 0, 0, true],
		[0xffffff, 0x7ffffe, 0, true],
		[0xffffff, 0x7fffff, 0, false],
		[0, 0xffffff, 0, false],
		[5, 4, 128, false],
		[5, 4, 129, true],
	];
	for (const [first, second, seconds, newer] of pairs)
		test(`${second} is ${newer ? "" : "not "}newer than ${first} after ${seconds} s (§3.4)`, () => {
			const pair = new ClientPair();
			pair.ask({ observe: true });
			pair.sends();
			pair.receives(`ACK 2.05 1000 [80808080] Observe=${first} Max-Age=3600 | first`);
			pair.advance(seconds * 1_000);
			expect(pair.receives(`CON 2.05 7000 [80808080] Observe=${second} Max-Age=3600 | second`)).toEqual([
				"ACK 0.00 7000",
			]);
			expect(pair.news()).toHaveLength(newer ? 2 : 1);
		});

	test("may have a Message ID again after EXCHANGE_LIFETIME (RFC 7252 §4.4)", () => {
		const { pair } = observing(600);
		pair.receives("CON 2.05 7001 [80808080] Observe=7 Max-Age=600 | 22");
		pair.advance(247_000);
		pair.receives("CON 2.05 7001 [80808080] Observe=8 | 23");
		expect(pair.news()).toEqual(["2.05 #7 | 22", "2.05 #8 | 23"]);
	});

	test("from another endpoint or with another token are rejected (§3.6)", () => {
		const { pair } = observing();
		const message = "CON 2.05 7000 [80808080] Observe=6 | 21";
		expect(pair.receives(message, { address: "192.0.2.9", port: 5683 })).toEqual(["RST 0.00 7000"]);
		expect(pair.receives("NON 2.05 7001 [80808081] Observe=6 | 21")).toEqual(["RST 0.00 7001"]);
		expect(pair.news()).toEqual([]);
	});

	test("do not hold up other requests", () => {
		const { pair } = observing();
		pair.ask({ path: "b" });
		expect(pair.sends()).toEqual(["CON GET 1001 [81808080] Uri-Path=b"]);
	});
});

describe("an observation ends", () => {
	for (const code of ["4.04", "5.00"])
		test(`with a notification ${code} (§3.2)`, () => {
			const { pair } = observing();
			expect(pair.receives(`CON ${code} 7000 [80808080]`)).toEqual(["ACK 0.00 7000"]);
			expect(pair.news()).toEqual([code]);
			expect(pair.client.requests).toBe(0);
		});

	test("with a notification that has no Observe option (§3.2)", () => {
		const { pair } = observing();
		pair.receives("CON 2.05 7000 [80808080] | last");
		expect(pair.news()).toEqual(["2.05 | last"]);
		expect(pair.client.requests).toBe(0);
	});

	test("not with an ACK or a RST that comes late", () => {
		const { pair } = observing();
		pair.receives("RST 0.00 1000");
		pair.receives("ACK 4.04 1000 [80808080]");
		expect(pair.news()).toEqual([]);
		pair.receives("NON 2.05 7000 [80808080] Observe=6 | 21");
		expect(pair.news()).toEqual(["2.05 #6 | 21"]);
	});

	test("with a response that has no Observe option (§3.1)", () => {
		const pair = new ClientPair();
		pair.ask({ observe: true });
		pair.sends();
		pair.receives("ACK 2.05 1000 [80808080] | 20");
		expect(pair.news()).toEqual(["2.05 | 20"]);
		expect(pair.client.deadline).toBe(Infinity);
	});

	test("when nobody answers the registration", () => {
		const pair = new ClientPair();
		pair.ask({ observe: true });
		pair.sends();
		pair.advance(1_000_000);
		expect(pair.news()).toEqual(["timeout"]);
	});

	test("with a RST to the registration", () => {
		const pair = new ClientPair();
		pair.ask({ observe: true });
		pair.sends();
		pair.receives("RST 0.00 1000");
		expect(pair.news()).toEqual(["reset"]);
	});

	test("when its cancellation is answered: a GET with the same token and Observe 1 (§3.6)", () => {
		const { pair, request } = observing();
		request.cancel();
		request.cancel();
		expect(pair.sends()).toEqual(["CON GET 1001 [80808080] Observe=1 Uri-Path=a"]);
		expect(pair.receives("CON 2.05 7000 [80808080] Observe=6 | 21")).toEqual(["ACK 0.00 7000"]);
		expect(pair.client.requests).toBe(1);
		pair.receives("ACK 2.05 1001 [80808080] | 21");
		expect(pair.client.requests).toBe(0);
		expect(pair.receives("NON 2.05 7001 [80808080] Observe=7 | 22")).toEqual(["RST 0.00 7001"]);
		expect(pair.news()).toEqual([]);
	});

	test("when its cancellation is not answered, without a word", () => {
		const { pair, request } = observing();
		request.cancel();
		pair.sends();
		expect(pair.advance(1_000_000)).toHaveLength(4);
		expect(pair.client.requests).toBe(0);
		expect(pair.news()).toEqual([]);
	});

	test("when it is cancelled before the registration was answered: the server is told all the same", () => {
		const pair = new ClientPair();
		const request = pair.ask({ observe: true });
		pair.sends();
		request.cancel();
		expect(pair.sends()).toEqual(["CON GET 1001 [80808080] Observe=1 Uri-Path=a"]);
	});

	test("when it is cancelled before it was sent, and nobody hears of it", () => {
		const pair = new ClientPair();
		pair.ask({ observe: true }).cancel();
		expect(pair.sends()).toEqual([]);
		expect(pair.client.requests).toBe(0);
	});

	test("when it is forgotten: the next notification gets a RST (§3.6)", () => {
		const { pair, request } = observing();
		request.forget();
		expect(pair.sends()).toEqual([]);
		expect(pair.receives("NON 2.05 7000 [80808080] Observe=6 | 21")).toEqual(["RST 0.00 7000"]);
		expect(pair.news()).toEqual([]);
	});

	test("when a callback cancels it", () => {
		const pair = new ClientPair();
		const request = pair.ask({ observe: true, onResponse: () => request.cancel() });
		pair.sends();
		expect(pair.receives("ACK 2.05 1000 [80808080] Observe=5 | 20")).toEqual([
			"CON GET 1001 [80808080] Observe=1 Uri-Path=a",
		]);
	});
});

describe("registration", () => {
	test("is repeated between 5 and 15 s after Max-Age, with the same token (§3.3.1)", () => {
		const { pair } = observing(30);
		expect(pair.advance(39_999)).toEqual([]);
		expect(pair.advance(1)).toEqual(["40 CON GET 1001 [80808080] Observe=0 Uri-Path=a"]);
		pair.receives("ACK 2.05 1001 [80808080] Observe=6 | 21");
		expect(pair.news()).toEqual(["2.05 #6 | 21"]);
		expect(pair.advance(69_999)).toEqual([]);
		expect(pair.advance(1)).toEqual(["110 CON GET 1002 [80808080] Observe=0 Uri-Path=a"]);
	});

	test("is not repeated while notifications come", () => {
		const { pair } = observing(30);
		for (let i = 0; i < 10; i++) {
			expect(pair.advance(30_000)).toEqual([]);
			pair.receives(`NON 2.05 70${i}0 [80808080] Observe=${6 + i} Max-Age=30 | 21`);
		}
	});

	test("that is repeated takes what a server says that counts anew since it was started", () => {
		const { pair } = observing();
		pair.advance(70_000);
		pair.receives("ACK 2.05 1001 [80808080] Observe=0 | new");
		pair.receives("NON 2.05 7000 [80808080] Observe=1 | newer");
		expect(pair.news()).toEqual(["2.05 #0 | new", "2.05 #1 | newer"]);
	});

	test("that waits for its turn takes notifications, too", () => {
		const { pair } = observing();
		pair.advance(65_000);
		pair.ask({ path: "b" });
		pair.sends();
		expect(pair.advance(5_500)).toHaveLength(1);
		expect(pair.receives("NON 2.05 7000 [80808080] Observe=6 | 21")).toEqual([]);
		expect(pair.news()).toEqual(["2.05 #6 | 21"]);
	});

	test("that a new notification answers is not sent again: the server has it", () => {
		const { pair } = observing();
		pair.advance(70_000);
		pair.receives("NON 2.05 7000 [80808080] Observe=6 | 21");
		expect(pair.advance(60_000)).toEqual([]);
	});

	test("that a late notification seems to answer is sent again", () => {
		const { pair } = observing();
		pair.advance(70_000);
		pair.receives("NON 2.05 7000 [80808080] Observe=4 | 21");
		expect(pair.advance(3_000)).toEqual(["72.5 CON GET 1001 [80808080] Observe=0 Uri-Path=a"]);
		expect(pair.news()).toEqual([]);
	});

	test("that is answered on its own takes what a server says that counts anew, too", () => {
		const { pair } = observing();
		pair.advance(70_000);
		pair.receives("ACK 0.00 1001");
		pair.receives("CON 2.05 7000 [80808080] Observe=0 | new");
		expect(pair.news()).toEqual(["2.05 #0 | new"]);
	});

	test("may begin with any number", () => {
		const pair = new ClientPair();
		pair.ask({ observe: true, confirmable: false });
		pair.sends();
		pair.receives("NON 2.05 7000 [80808080] Observe=16777215 | first");
		pair.receives("NON 2.05 7001 [80808080] Observe=0 | second");
		expect(pair.news()).toEqual(["2.05 #16777215 | first", "2.05 #0 | second"]);
	});

	test("as a NON, or with FETCH, works alike (RFC 8132 §2.4)", () => {
		const pair = new ClientPair();
		pair.ask({ observe: true, confirmable: false, code: Code.FETCH, payload: "t" });
		expect(pair.sends()[0]).toMatch(/^NON \S+ 1000 \[80808080\] Observe=0 Uri-Path=a \| t$/);
		pair.receives("NON 2.05 7000 [80808080] Observe=5 | 20");
		pair.receives("NON 2.05 7001 [80808080] Observe=6 | 21");
		expect(pair.news()).toEqual(["2.05 #5 | 20", "2.05 #6 | 21"]);
	});

	test("that a 4.01 with Echo answers is repeated with it", () => {
		const pair = new ClientPair();
		pair.ask({ observe: true });
		pair.sends();
		expect(pair.receives("ACK 4.01 1000 [80808080] 252=aa")).toEqual([
			"CON GET 1001 [80808080] Observe=0 Uri-Path=a 252=aa",
		]);
		pair.receives("ACK 2.05 1001 [80808080] Observe=1 Max-Age=10 | 20");
		expect(pair.news()).toEqual(["2.05 #1 | 20"]);
		expect(pair.advance(20_000)).toEqual(["20 CON GET 1002 [80808080] Observe=0 Uri-Path=a"]);
	});
});
