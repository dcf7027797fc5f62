// SPDX-License-Identifier: MIT
// c.pmin and c.pmax of draft-ietf-core-conditional-attributes, as timelines.
import { describe, expect, test } from "vitest";
import { REGISTER, thermometer } from "../support/coap-thermometer.ts";

/** A thermometer that is observed under conditions. */
function under(...conditions: string[]) {
	const observed = thermometer();
	observed.client.sends(`${REGISTER} ${conditions.map((each) => `Uri-Query=${each}`).join(" ")}`);
	return observed;
}

describe("c.pmin", () => {
	test("holds back what comes sooner, and then tells the newest state [CoAP-9.12]", () => {
		const { pair, becomes } = under("c.pmin=10");
		expect(becomes("21")).toEqual([]);
		pair.advance(4_000);
		expect(becomes("22")).toEqual([]);
		expect(pair.advance(6_000)).toEqual(["10 NON 2.05 1000 [aa] Observe=1 Content-Format=0 | 22"]);
		expect(becomes("23")).toEqual([]);
		expect(pair.advance(9_999)).toEqual([]);
		expect(pair.advance(1)).toEqual(["20 NON 2.05 1001 [aa] Observe=2 Content-Format=0 | 23"]);
	});

	test("says nothing when there is no news", () => {
		const { pair, becomes } = under("c.pmin=10");
		expect(pair.advance(100_000)).toEqual([]);
		expect(becomes("21")[0]).toMatch("NON 2.05 1000");
	});

	test("below 3 s leaves the pace of NON as it is: what comes sooner is a CON", () => {
		const { pair, client, becomes } = under("c.pmin=0.5");
		pair.advance(500);
		expect(becomes("21")).toEqual(["CON 2.05 1000 [aa] Observe=1 Content-Format=0 | 21"]);
		client.sends("ACK 0.00 1000");
		expect(becomes("22")).toEqual([]);
		expect(pair.advance(500)).toEqual(["1 CON 2.05 1001 [aa] Observe=2 Content-Format=0 | 22"]);
	});

	test("holds for CON as well", () => {
		const { pair, client, becomes } = thermometer({ confirmEvery: 1 });
		client.sends(`${REGISTER} Uri-Query=c.pmin=10`);
		expect(becomes("21")).toEqual([]);
		expect(pair.advance(10_000)[0]).toMatch("10 CON 2.05 1000");
		client.sends("ACK 0.00 1000");
		expect(becomes("22")).toEqual([]);
		expect(pair.advance(10_000)[0]).toMatch("20 CON 2.05 1001");
	});

	test("is each observer's own", () => {
		const { pair, client, becomes } = under("c.pmin=10");
		client.sends("CON GET 0002 [bb] Uri-Path=temperature Observe=0");
		expect(becomes("21").map((text) => text.slice(0, 18))).toEqual(["NON 2.05 1000 [bb]"]);
		expect(pair.advance(10_000).map((text) => text.slice(0, 21))).toEqual(["10 NON 2.05 1001 [aa]"]);
	});

	test("ends with a registration without it", () => {
		const { client, becomes } = under("c.pmin=10");
		client.sends("CON GET 0002 [aa] Uri-Path=temperature Observe=0");
		expect(becomes("21")).toHaveLength(1);
	});
});

describe("c.pmax", () => {
	test("tells the state again when there was no news for that long [CoAP-9.13]", () => {
		const { pair } = under("c.pmax=60");
		expect(pair.advance(120_000)).toEqual([
			"60 NON 2.05 1000 [aa] Observe=1 Content-Format=0 | 20",
			"120 NON 2.05 1001 [aa] Observe=2 Content-Format=0 | 20",
		]);
	});

	test("counts from the latest notification", () => {
		const { pair, becomes } = under("c.pmax=60");
		pair.advance(40_000);
		becomes("21");
		expect(pair.advance(59_999)).toEqual([]);
		expect(pair.advance(1)[0]).toMatch("100 NON 2.05 1001");
	});

	test("may be c.pmin", () => {
		const { pair } = under("c.pmin=10", "c.pmax=10");
		expect(pair.advance(20_000)).toHaveLength(2);
	});

	test("goes with c.pmin", () => {
		const { pair, becomes } = under("c.pmin=10", "c.pmax=20");
		expect(becomes("21")).toEqual([]);
		expect(pair.advance(40_000).map((text) => text.split(" ")[0])).toEqual(["10", "30"]);
	});

	test("ends with the observer, and leaves nothing to do", () => {
		const { pair, client } = under("c.pmax=60");
		client.sends("CON GET 0002 [aa] Uri-Path=temperature Observe=1");
		expect(pair.server.deadline).toBe(Infinity);
	});

	test("makes every fifth notification a CON, and finds out who went away", () => {
		const { pair } = under("c.pmax=60");
		const sent = pair.advance(1_000_000);
		expect(sent.map((text) => text.split(" ")[1])).toEqual([
			"NON",
			"NON",
			"NON",
			"NON",
			..."CON CON CON CON CON".split(" "),
		]);
		expect(pair.server.observed).toBe(0);
	});
});

describe("conditions that make no sense are answered 4.00, and nothing is observed:", () => {
	for (const query of ["c.pmin=0", "c.pmin=-1", "c.pmin=", "c.pmax=x", "c.pmin=1e3", "c.pmin=2 c.pmax=1"])
		test(query, () => {
			const { pair, client } = thermometer();
			const options = query.split(" ").map((each) => `Uri-Query=${each}`);
			expect(client.sends(`${REGISTER} ${options.join(" ")}`)).toEqual(["ACK 4.00 0001 [aa]"]);
			expect(pair.server.observed).toBe(0);
		});

	test("but others are nobody's business", () => {
		const { pair, client } = thermometer();
		expect(client.sends(`${REGISTER} Uri-Query=c.pmi=0 Uri-Query=pmin=x`)[0]).toMatch("2.05");
		expect(pair.server.observed).toBe(1);
	});
});
