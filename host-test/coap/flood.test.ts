// SPDX-License-Identifier: MIT
// What floods do, and do not do to others.
import { describe, expect, test } from "vitest";
import { Pair } from "../support/coap-pair.ts";
import { slow } from "../support/coap-slow.ts";
import { seeded } from "../support/random.ts";

const id = (number: number) => (number & 0xffff).toString(16).padStart(4, "0");

describe("a flood of CON from one endpoint", () => {
	test("does not keep another from an answer, nor from having its handler run once (RFC 7252 §4.5) [CoAP-4.6]", () => {
		const pair = new Pair();
		let runs = 0;
		pair.server.resource("a", { get: () => "20", post: () => `${++runs}` });
		const flood = pair.client(6000);
		for (let i = 0; i < 200; i++) {
			for (let j = 0; j < 10; j++) flood.sends(`CON GET ${id(i * 10 + j)} Uri-Path=a`);
			const request = `CON POST ${id(i)} Uri-Path=a`;
			const reply = pair.client(5000).sends(request);
			expect(reply).toEqual([`ACK 2.04 ${id(i)} Content-Format=0 | ${i + 1}`]);
			expect(pair.client(5000).sends(request)).toEqual(reply);
		}
		expect([runs, pair.server.forgotten]).toEqual([200, 0]);
	});

	test("that are answered slowly leaves room for others, and is told to come back later [CoAP-4.6]", async () => {
		const { pair, asked, answer } = slow();
		const flood = pair.client(6000);
		let refused = 0;
		for (let i = 0; i < 1_000; i++)
			for (const text of flood.sends(`CON GET ${id(i)} Uri-Path=slow`)) {
				expect(text).toBe(`ACK 4.29 ${id(i)} Max-Age=2`);
				refused++;
			}
		expect([asked(), refused]).toEqual([4, 996]);
		expect(pair.client(5000).sends("CON GET 0001 [aa] Uri-Path=slow")).toEqual([]);
		for (let i = 0; i < 4; i++) await answer("x");
		expect(await answer("20")).toEqual(["ACK 2.05 0001 [aa] Content-Format=0 | 20"]);
	});

	test("that observe leaves others observed, who are asked whether they are still there", () => {
		const pair = new Pair({ observers: 4 });
		const a = pair.server.resource("a", { observable: true, get: () => "20" });
		pair.client(5000).sends("CON GET 0001 [aa] Uri-Path=a Observe=0");
		const flood = pair.client(6000);
		for (let i = 0; i < 100; i++) flood.sends(`CON GET ${id(i)} [${id(i)}] Uri-Path=a Observe=0`);
		expect([pair.server.observed, pair.server.refused]).toEqual([4, 97]);
		// It acknowledges whatever it is asked.
		const asks = () => pair.sent.filter(({ port, text }) => port === 5000 && text.startsWith("CON"));
		for (let i = 0; i < asks().length; i++) pair.client(5000).sends(`ACK 0.00 ${asks()[i]!.text.split(" ")[2]}`);
		expect(asks().length).toBeLessThanOrEqual(2);
		a.changed();
		expect(pair.drain().filter(({ port }) => port === 5000)).toHaveLength(1);
	});
});

describe("garbage", () => {
	test("of any kind is answered with no more than three times what came, and never throws [CoAP-13.2]", () => {
		const random = seeded(7);
		const below = (count: number) => Math.floor(random() * count);
		const pair = new Pair({ amplification: 3 });
		pair.server.resource("a", { observable: true, get: () => "x".repeat(100), put: () => undefined });
		pair.server.resource(":b/*", { get: ({ params }) => JSON.stringify(params) });
		for (let i = 0; i < 8_000; i++) {
			const bytes = Uint8Array.from({ length: below(40) }, () => below(256));
			if (below(4) > 0) bytes[0] = 0x40 | (below(4) << 4) | below(9);
			if (below(2) > 0) bytes[1] = below(8);
			const before = pair.sent.length;
			pair.client(below(50)).sends(bytes);
			const answered = pair.sent.splice(before).reduce((sum, sent) => sum + sent.bytes.length, 0);
			expect(answered).toBeLessThanOrEqual(3 * bytes.length);
			if (i % 100 === 0) pair.advance(10_000);
			pair.sent.length = 0;
		}
		expect(pair.errors).toEqual([]);
	});
});
