// SPDX-License-Identifier: MIT
// Answers that are promised: piggybacked when they come soon, or else separate (RFC 7252 §5.2.2), as timelines.
import { describe, expect, test } from "vitest";
import { Code } from "../../src/coap/index.ts";
import { Pair } from "../support/coap-pair.ts";
import { slow } from "../support/coap-slow.ts";
import { settle } from "../support/promised.ts";

const GET = "CON GET 0001 [aa] Uri-Path=slow";

describe("an answer that was promised", () => {
	test("and comes soon is piggybacked (RFC 7252 §5.2.1)", async () => {
		const { pair, client, answer } = slow();
		expect(client.sends(GET)).toEqual([]);
		expect(pair.advance(499)).toEqual([]);
		expect(await answer("22.5")).toEqual(["ACK 2.05 0001 [aa] Content-Format=0 | 22.5"]);
		expect(pair.woken).toBe(1);
		expect(pair.advance(1_000_000)).toEqual([]);
		expect(pair.server.deadline).toBe(Infinity);
	});

	test("leaves the rest of the server alone meanwhile", async () => {
		const { pair, client, answer } = slow();
		client.sends(GET);
		expect(client.sends("CON GET 0002 Uri-Path=quick")).toEqual(["ACK 2.05 0002 Content-Format=0 | quick"]);
		expect(pair.client(5001).sends("CON GET 0001 [bb] Uri-Path=quick")).toHaveLength(1);
		expect(await answer("22.5")).toEqual(["ACK 2.05 0001 [aa] Content-Format=0 | 22.5"]);
		expect(pair.sent.map(({ port }) => port)).toEqual([5000, 5001, 5000]);
	});

	test("is preceded by an empty ACK after a quarter of ACK_TIMEOUT, and comes as a CON with a Message ID of the server (RFC 7252 §5.2.2) [CoAP-7.1] [CoAP-7.2]", async () => {
		const { pair, client, answer } = slow();
		client.sends(GET);
		expect(pair.advance(1_999)).toEqual(["0.5 ACK 0.00 0001"]);
		expect(await answer("22.5")).toEqual(["CON 2.05 1000 [aa] Content-Format=0 | 22.5"]);
		expect(client.sends("ACK 0.00 1000")).toEqual([]);
		expect(pair.advance(1_000_000)).toEqual([]);
		expect(pair.server.lost).toBe(0);
	});

	test("is acknowledged when the application says: acknowledgeAfter", () => {
		const { pair, client } = slow({ acknowledgeAfter: 100 });
		client.sends(GET);
		expect(pair.advance(500)).toEqual(["0.1 ACK 0.00 0001"]);
	});

	test("is retransmitted as it was until it is acknowledged, and then given up (RFC 7252 §4.2) [CoAP-7.3]", async () => {
		const { pair, client, answer } = slow();
		client.sends(GET);
		pair.advance(1_000);
		const [sent] = await answer("22.5");
		expect(pair.advance(100_000)).toEqual([3.5, 8.5, 18.5, 38.5].map((at) => `${at} ${sent}`));
		expect(pair.server.lost).toBe(1);
		expect(pair.server.deadline).toBe(Infinity);
	});

	test("is not retransmitted after a RST (RFC 7252 §4.2)", async () => {
		const { pair, client, answer } = slow();
		client.sends(GET);
		pair.advance(1_000);
		await answer("22.5");
		client.sends("RST 0.00 1000");
		expect(pair.advance(100_000)).toEqual([]);
		expect(pair.server.lost).toBe(0);
	});

	test("is not acknowledged by another Message ID, or another endpoint", async () => {
		const { pair, client, answer } = slow();
		client.sends(GET);
		pair.advance(1_000);
		await answer("22.5");
		client.sends("ACK 0.00 0fff");
		pair.client(5001).sends("ACK 0.00 1000");
		expect(pair.advance(2_500)).toHaveLength(1);
	});

	test("to a NON comes as a NON, whenever that is (RFC 7252 §5.2.3) [CoAP-7.5]", async () => {
		const { pair, client, answer } = slow();
		expect(client.sends("NON GET 0001 [aa] Uri-Path=slow")).toEqual([]);
		expect(pair.advance(10_000)).toEqual([]);
		expect(await answer("22.5")).toEqual(["NON 2.05 1001 [aa] Content-Format=0 | 22.5"]);
		expect(pair.advance(1_000_000)).toEqual([]);
	});

	test("may be an error, or nothing", async () => {
		const { client, answer } = slow();
		client.sends(GET);
		expect(await answer({ code: Code.FORBIDDEN, payload: "no" })).toEqual(["ACK 4.03 0001 [aa] | no"]);
		client.sends("CON POST 0002 Uri-Path=slow");
		expect(await answer(undefined)).toEqual(["ACK 2.04 0002"]);
	});

	test("that is no response is answered 5.00 and reported", async () => {
		const { pair, client, answer } = slow();
		client.sends(GET);
		expect(await answer(Number.NaN)).toEqual(["ACK 5.00 0001 [aa]"]);
		expect(pair.errors.map(({ message }) => message)).toEqual(["GET slow: expected a response, got NaN"]);
	});

	test("and rejected is answered 5.00 without detail, and reported once with method and path", async () => {
		const { pair, client, fail } = slow();
		client.sends(GET);
		pair.advance(1_000);
		expect(await fail(new Error("the bus is stuck"))).toEqual(["CON 5.00 1000 [aa]"]);
		pair.advance(100_000);
		expect(pair.errors.map(({ message }) => message)).toEqual(["GET slow: the bus is stuck"]);
	});

	test("and never given is answered 5.00 after EXCHANGE_LIFETIME, and reported", async () => {
		const { pair, client, answer } = slow();
		client.sends(GET);
		expect(pair.advance(247_000)).toEqual(["0.5 ACK 0.00 0001", "247 CON 5.00 1000 [aa]"]);
		client.sends("ACK 0.00 1000");
		expect(pair.errors).toHaveLength(1);
		expect(await answer("too late")).toEqual([]);
	});

	test("is cut into blocks when it is long", async () => {
		const { client, answer } = slow();
		client.sends(GET);
		expect((await answer("x".repeat(2_000)))[0]).toMatch("Block2=14 | xxx");
	});

	test("that is not wanted is not sent (RFC 7967 §2)", async () => {
		const { pair, client, answer } = slow();
		client.sends(`${GET} No-Response=2`);
		expect(await answer("x")).toEqual(["ACK 0.00 0001"]);
		client.sends("CON GET 0002 Uri-Path=slow No-Response=2");
		pair.advance(1_000);
		expect(await answer("x")).toEqual([]);
		client.sends("NON GET 0003 Uri-Path=slow No-Response=2");
		expect(await answer("x")).toEqual([]);
		expect(pair.server.deadline).toBe(Infinity);
	});

	test("that is not wanted does not hold up the next one", async () => {
		const { pair, client, waiting } = slow();
		client.sends("NON GET 0001 [aa] Uri-Path=slow No-Response=2");
		client.sends("NON GET 0002 [bb] Uri-Path=slow");
		for (const { resolve } of waiting) resolve("x");
		await settle();
		expect(pair.drain().map(({ text }) => text.slice(14))).toEqual(["[bb] Content-Format=0 | x"]);
	});

	test("may be told by anything that has a then", async () => {
		const pair = new Pair();
		const thenable = {
			// biome-ignore lint/suspicious/noThenProperty: that is what is tested
			then(settled: (value: string) => void) {
				settled("x");
				settled("y");
			},
		} as unknown as Promise<string>;
		pair.server.resource("a", { get: () => thenable });
		expect(pair.client().sends("CON GET 0001 Uri-Path=a")).toEqual([]);
		await settle();
		expect(pair.drain().map(({ text }) => text)).toEqual(["ACK 2.05 0001 Content-Format=0 | x"]);
	});
});

describe("a request whose answer was promised", () => {
	test("stays as it was for its handler, whatever comes meanwhile", async () => {
		const { pair, client, waiting } = slow();
		client.sends("CON POST 0001 [aa] Uri-Path=slow Uri-Query=a=b Accept=50 Content-Format=60 65000=0102 | body");
		pair.client(5001).sends("CON GET 0009 Uri-Path=quick Uri-Query=other | another payload");
		const { request } = waiting[0]!;
		expect([request.method, request.path, request.query, request.accept, request.contentFormat]).toEqual([
			"POST",
			"slow",
			["a=b"],
			50,
			60,
		]);
		expect([request.text(), { ...request.endpoint }]).toEqual(["body", { address: "192.0.2.1", port: 5000 }]);
		expect(request.options(65_000)).toHaveLength(1);
	});

	test("repeated before the ACK gets it at once, and its handler runs once (RFC 7252 §4.5)", async () => {
		const { pair, client, asked, answer } = slow();
		client.sends(GET);
		pair.advance(400);
		expect(client.sends(GET)).toEqual(["ACK 0.00 0001"]);
		expect(pair.advance(1_000)).toEqual([]);
		expect(asked()).toBe(1);
		expect(await answer("x")).toEqual(["CON 2.05 1000 [aa] Content-Format=0 | x"]);
	});

	test("repeated after the ACK gets the ACK again, also when the response has gone (RFC 7252 §5.2.2) [CoAP-7.4]", async () => {
		const { pair, client, asked, answer } = slow();
		client.sends(GET);
		pair.advance(1_000);
		expect(client.sends(GET)).toEqual(["ACK 0.00 0001"]);
		await answer("x");
		expect(client.sends(GET)).toEqual(["ACK 0.00 0001"]);
		client.sends("ACK 0.00 1000");
		expect(client.sends(GET)).toEqual(["ACK 0.00 0001"]);
		expect(asked()).toBe(1);
	});

	test("repeated after a piggybacked response gets that again", async () => {
		const { client, asked, answer } = slow();
		client.sends(GET);
		const reply = await answer("x");
		expect(client.sends(GET)).toEqual(reply);
		expect(asked()).toBe(1);
	});

	test("by a NON that is repeated is answered once", async () => {
		const { client, asked, answer } = slow();
		client.sends("NON GET 0001 [aa] Uri-Path=slow");
		expect(client.sends("NON GET 0001 [aa] Uri-Path=slow")).toEqual([]);
		expect(asked()).toBe(1);
		expect(await answer("x")).toHaveLength(1);
	});

	test("runs once even when so many came since that it is not remembered otherwise", async () => {
		const { pair, client, asked, answer } = slow();
		client.sends(GET);
		for (let i = 0; i < 20; i++) client.sends(`CON GET 10${10 + i} Uri-Path=quick`);
		expect(client.sends(GET)).toEqual(["ACK 0.00 0001"]);
		expect(asked()).toBe(1);
		pair.advance(1_000);
		expect(await answer("x")).toEqual(["CON 2.05 1000 [aa] Content-Format=0 | x"]);
	});
});

describe("separate responses to one endpoint", () => {
	test("go one at a time: NSTART is 1 (RFC 7252 §4.7) [CoAP-7.6]", async () => {
		const { pair, client, answer } = slow();
		client.sends(GET);
		client.sends("CON GET 0002 [bb] Uri-Path=slow");
		pair.client(5001).sends("CON GET 0003 [cc] Uri-Path=slow");
		pair.advance(1_000);
		expect(await answer("1")).toEqual(["CON 2.05 1000 [aa] Content-Format=0 | 1"]);
		expect(await answer("2")).toEqual([]);
		expect(await answer("3")).toEqual(["CON 2.05 1001 [cc] Content-Format=0 | 3"]);
		expect(client.sends("ACK 0.00 1000")).toEqual(["CON 2.05 1002 [bb] Content-Format=0 | 2"]);
	});

	test("go two at a time when NSTART is 2", async () => {
		const { pair, client, answer } = slow({ NSTART: 2 });
		for (const id of [1, 2, 3]) client.sends(`CON GET 000${id} [0${id}] Uri-Path=slow`);
		pair.advance(1_000);
		expect(await answer("1")).toHaveLength(1);
		expect(await answer("2")).toHaveLength(1);
		expect(await answer("3")).toHaveLength(0);
		expect(client.sends("ACK 0.00 1001")).toEqual(["CON 2.05 1002 [03] Content-Format=0 | 3"]);
	});

	test("and notifications wait for each other", async () => {
		const { pair, client, answer } = slow({ confirmEvery: 1 });
		const light = pair.server.resource("light", { observable: true, get: () => "on" });
		client.sends("CON GET 0009 [dd] Uri-Path=light Observe=0");
		client.sends(GET);
		pair.advance(1_000);
		await answer("1");
		light.changed();
		expect(pair.drain()).toEqual([]);
		expect(client.sends("ACK 0.00 1000")).toEqual(["CON 2.05 1001 [dd] Observe=1 Content-Format=0 | on"]);
	});
});
