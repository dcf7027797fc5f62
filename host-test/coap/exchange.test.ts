// SPDX-License-Identifier: MIT
// The message layer of RFC 7252 §4, seen from outside.
import { describe, expect, test } from "vitest";
import { Code } from "../../src/coap/index.ts";
import { Pair } from "../support/coap-pair.ts";
import { datagram, textOf } from "../support/coap-text.ts";

/** A pair whose `/count` tells, and whose POST counts, how often it was called. */
function counting(options = {}) {
	const pair = new Pair(options);
	const calls = { get: 0, post: 0 };
	pair.server.resource("count", {
		get: () => `${++calls.get}`,
		post: () => ({ code: Code.CHANGED, payload: `${++calls.post}` }),
	});
	return { pair, calls, client: pair.client() };
}

const id = (number: number) => number.toString(16).padStart(4, "0");

describe("deduplication", () => {
	test("a repeated CON gets the same reply, and its handler runs once (RFC 7252 §4.5) [CoAP-4.1]", () => {
		const { pair, calls, client } = counting();
		const first = client.sends("CON POST 7d34 [20] Uri-Path=count");
		expect(first).toEqual(["ACK 2.04 7d34 [20] Content-Format=0 | 1"]);
		pair.advance(2_000);
		expect(client.sends("CON POST 7d34 [20] Uri-Path=count")).toEqual(first);
		expect(calls.post).toBe(1);
	});

	test("a repeated NON is processed once, and answered once (RFC 7252 §4.5) [CoAP-4.2]", () => {
		const { calls, client } = counting();
		expect(client.sends("NON POST 7d34 [20] Uri-Path=count")).toEqual(["NON 2.04 1000 [20] Content-Format=0 | 1"]);
		expect(client.sends("NON POST 7d34 [20] Uri-Path=count")).toEqual([]);
		expect(calls.post).toBe(1);
	});

	test("a repeated NON is not answered with what an older exchange left", () => {
		const { calls, client } = counting();
		for (let i = 0; i < 8; i++) client.sends(`CON POST ${id(i)} Uri-Path=count`);
		client.sends("NON POST 00ff Uri-Path=count");
		expect(client.sends("NON POST 00ff Uri-Path=count")).toEqual([]);
		expect(calls.post).toBe(9);
	});

	test("a repeated CON that was refused is refused again with the same bytes", () => {
		const { client } = counting();
		const refused = client.sends("CON PUT 0001 [aa] Uri-Path=count");
		expect(refused).toEqual(["ACK 4.05 0001 [aa]"]);
		expect(client.sends("CON PUT 0001 [aa] Uri-Path=count")).toEqual(refused);
	});

	test("the same Message ID from another port or address is another request (RFC 7252 §4.4)", () => {
		const { pair, calls, client } = counting();
		client.sends("CON POST 0001 Uri-Path=count");
		pair.client(5000, "192.0.2.2").sends("CON POST 0001 Uri-Path=count");
		pair.client(5001, "192.0.2.2").sends("CON POST 0001 Uri-Path=count");
		expect(calls.post).toBe(3);
	});

	test("a CON is remembered for EXCHANGE_LIFETIME, 247 s (RFC 7252 §4.8.2) [CoAP-4.5]", () => {
		const { pair, calls, client } = counting();
		client.sends("CON POST 0001 Uri-Path=count");
		pair.advance(246_999);
		client.sends("CON POST 0001 Uri-Path=count");
		expect(calls.post).toBe(1);
		pair.advance(1);
		client.sends("CON POST 0001 Uri-Path=count");
		client.sends("CON POST 0001 Uri-Path=count");
		expect(calls.post).toBe(2);
	});

	test("a NON is remembered for NON_LIFETIME, 145 s (RFC 7252 §4.8.2) [CoAP-4.5]", () => {
		const { pair, calls, client } = counting();
		client.sends("NON POST 0001 Uri-Path=count");
		pair.advance(144_999);
		client.sends("NON POST 0001 Uri-Path=count");
		expect(calls.post).toBe(1);
		pair.advance(1);
		client.sends("NON POST 0001 Uri-Path=count");
		expect(calls.post).toBe(2);
	});

	test("lifetimes follow from the transmission parameters (RFC 7252 §4.8.2)", () => {
		// MAX_TRANSMIT_SPAN 1 s × (2² − 1) × 2 = 6 s; EXCHANGE_LIFETIME 6 + 200 + 1 = 207 s.
		const { pair, calls, client } = counting({ ACK_TIMEOUT: 1_000, ACK_RANDOM_FACTOR: 2, MAX_RETRANSMIT: 2 });
		client.sends("CON POST 0001 Uri-Path=count");
		pair.advance(206_999);
		client.sends("CON POST 0001 Uri-Path=count");
		expect(calls.post).toBe(1);
		pair.advance(1);
		client.sends("CON POST 0001 Uri-Path=count");
		expect(calls.post).toBe(2);
	});

	test("of one endpoint the latest eight requests are remembered, whatever their Message IDs [CoAP-4.3]", () => {
		const { calls, client } = counting();
		for (let i = 0; i < 8; i++) client.sends(`CON POST ${id(i * 256)} Uri-Path=count`);
		for (let i = 0; i < 8; i++)
			expect(client.sends(`CON POST ${id(i * 256)} Uri-Path=count`)).toEqual([
				`ACK 2.04 ${id(i * 256)} Content-Format=0 | ${i + 1}`,
			]);
		expect(calls.post).toBe(8);
		client.sends("CON POST ffff Uri-Path=count");
		client.sends("CON POST 0000 Uri-Path=count");
		expect(calls.post).toBe(10);
	});

	test("an endpoint that floods does not push out what is remembered of another", () => {
		const { pair, calls, client } = counting();
		client.sends("CON POST 0001 Uri-Path=count");
		const flood = pair.client(6000);
		for (let i = 0; i < 1_000; i++) flood.sends(`CON GET ${id(i)} Uri-Path=count`);
		client.sends("CON POST 0001 Uri-Path=count");
		expect(calls.post).toBe(1);
	});

	test("when there are too many endpoints, the one that was silent for longest is forgotten, and that is counted [CoAP-4.4]", () => {
		const { pair, calls } = counting({ peers: 2 });
		const [first, second, third] = [pair.client(1), pair.client(2), pair.client(3)];
		first.sends("CON POST 0001 Uri-Path=count");
		pair.advance(1);
		second.sends("CON POST 0001 Uri-Path=count");
		pair.advance(1);
		first.sends("CON POST 0001 Uri-Path=count");
		pair.advance(1);
		third.sends("CON POST 0001 Uri-Path=count");
		expect(pair.server.forgotten).toBe(1);
		first.sends("CON POST 0001 Uri-Path=count");
		expect(calls.post).toBe(3);
		second.sends("CON POST 0001 Uri-Path=count");
		expect(calls.post).toBe(4);
	});

	test("a forgotten endpoint whose requests had expired is not counted", () => {
		const { pair } = counting({ peers: 1 });
		pair.client(1).sends("CON POST 0001 Uri-Path=count");
		pair.advance(247_000);
		pair.client(2).sends("CON POST 0001 Uri-Path=count");
		expect(pair.server.forgotten).toBe(0);
	});

	test("a reply that later ones have overwritten is not sent again, and the handler still runs once", () => {
		const pair = new Pair();
		let calls = 0;
		pair.server.resource("long", { post: () => `${++calls}`.padEnd(500, "x") });
		const client = pair.client();
		for (let i = 0; i < 3; i++) client.sends(`CON POST ${id(i)} Uri-Path=long`);
		expect(client.sends("CON POST 0000 Uri-Path=long")).toEqual([]);
		expect(client.sends("CON POST 0001 Uri-Path=long")[0]).toMatch("| 2xxx");
		expect(client.sends("CON POST 0002 Uri-Path=long")[0]).toMatch("| 3xxx");
		expect(calls).toBe(3);
	});

	test("many replies of odd lengths are each repeated whole, or not at all", () => {
		const pair = new Pair();
		pair.server.resource("any", { post: (request) => "x".repeat(request.payload.length * 7) });
		const client = pair.client();
		let repeated = 0;
		for (let i = 0; i < 200; i++) {
			const first = client.sends(`CON POST ${id(i)} Uri-Path=any | ${"y".repeat(1 + ((i * 37) % 140))}`);
			for (let back = 0; back < 8 && back <= i; back++) {
				const again = client.sends(`CON POST ${id(i - back)} Uri-Path=any`);
				if (back === 0) expect(again).toEqual(first);
				if (again.length === 0) continue;
				const length = (1 + (((i - back) * 37) % 140)) * 7;
				expect(again).toEqual([`ACK 2.04 ${id(i - back)} Content-Format=0 | ${"x".repeat(length)}`]);
				repeated++;
			}
		}
		expect(repeated).toBeGreaterThan(300);
	});
});

describe("the message layer", () => {
	test("the token is echoed exactly, from no byte to eight (RFC 7252 §5.3.1) [CoAP-5.1]", () => {
		const { client } = counting();
		for (let length = 0; length <= 8; length++) {
			const token = length ? ` [${"0102030405060708".slice(0, 2 * length)}]` : "";
			expect(client.sends(`CON PUT ${id(length)}${token} Uri-Path=count`)).toEqual([`ACK 4.05 ${id(length)}${token}`]);
		}
	});

	test("the reply goes to the address and port that the request came from [CoAP-5.2]", () => {
		const { pair } = counting();
		pair.client(4711).sends("CON GET 0001 Uri-Path=count");
		pair.client(4712).sends("CON GET 0001 Uri-Path=count");
		expect(pair.sent.map(({ port }) => port)).toEqual([4711, 4712]);
	});

	test("a NON request gets a NON response with a Message ID of the server (RFC 7252 §5.2.3) [CoAP-7.5]", () => {
		const { client } = counting();
		expect(client.sends("NON GET 0001 [aa] Uri-Path=count")).toEqual(["NON 2.05 1000 [aa] Content-Format=0 | 1"]);
		expect(client.sends("NON GET 0002 [aa] Uri-Path=count")).toEqual(["NON 2.05 1001 [aa] Content-Format=0 | 2"]);
	});

	test("Message IDs of the server wrap around after ffff", () => {
		const { client } = counting({ messageId: 0xffff });
		expect(client.sends("NON GET 0001 Uri-Path=count")[0]).toMatch("NON 2.05 ffff");
		expect(client.sends("NON GET 0002 Uri-Path=count")[0]).toMatch("NON 2.05 0000");
	});

	test("the first Message ID is random when none is given (RFC 7252 §4.4)", () => {
		const { client } = counting({ messageId: undefined as unknown as number, random: () => 0.25 });
		expect(client.sends("NON GET 0001 Uri-Path=count")[0]).toMatch("NON 2.05 4000");
	});

	test("nothing is left of a reply that was not sent", () => {
		const { pair, client } = counting();
		const ping = Uint8Array.from([0x40, 0, 0, 1]);
		pair.server.receive(ping, { address: "192.0.2.1", port: 1 }, 0);
		expect(pair.drain()).toEqual([]);
		expect(client.sends("NON GET 0002 Uri-Path=count No-Response=26")).toEqual([]);
	});

	test("a reply to a CON stays as it is when others follow (RFC 7252 §4.5)", () => {
		const { pair, client } = counting();
		const from = { address: "192.0.2.1", port: 1 };
		const reply = pair.server.receive(datagram("CON POST 0001 Uri-Path=count"), from, 0)!;
		client.sends("CON POST 0002 [aa] Uri-Path=count");
		client.sends("NON POST 0003 [bb] Uri-Path=count");
		expect(textOf(reply)).toBe("ACK 2.04 0001 Content-Format=0 | 1");
	});

	test("nothing is due while nothing is observed", () => {
		const { pair, client } = counting();
		client.sends("CON GET 0001 Uri-Path=count");
		expect(pair.server.deadline).toBe(Infinity);
		pair.server.expire(1e9);
		expect(pair.drain()).toEqual([]);
	});
});
