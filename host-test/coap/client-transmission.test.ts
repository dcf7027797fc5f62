// SPDX-License-Identifier: MIT
// When the client sends, sends again and gives up, as timelines: RFC 7252 §4.
import { describe, expect, test } from "vitest";
import { ClientPair, SERVER } from "../support/coap-client-pair.ts";

const GET = "CON GET 1000 [80808080] Uri-Path=a";

describe("a CON", () => {
	test("is sent again as it was, ever more slowly, and given up after MAX_RETRANSMIT (§4.2)", () => {
		const pair = new ClientPair();
		pair.ask();
		expect(pair.sends()).toEqual([GET]);
		expect(pair.advance(1_000_000)).toEqual([`2.5 ${GET}`, `7.5 ${GET}`, `17.5 ${GET}`, `37.5 ${GET}`]);
		expect(pair.news()).toEqual(["timeout"]);
		expect(pair.client.deadline).toBe(Infinity);
	});

	test("is sent again as it was, whatever was sent to others meanwhile", () => {
		const pair = new ClientPair();
		pair.ask();
		pair.ask({ path: "other", endpoint: { ...SERVER, port: 1 } });
		pair.sends();
		expect(pair.advance(2_500)).toEqual([`2.5 ${GET}`, "2.5 CON GET 1001 [81808080] Uri-Path=other → 192.0.2.1:1"]);
	});

	test("takes the parameters that it is given (§4.8.1)", () => {
		const pair = new ClientPair({ ACK_TIMEOUT: 100, ACK_RANDOM_FACTOR: 1, MAX_RETRANSMIT: 1 });
		pair.ask();
		pair.sends();
		expect(pair.advance(299)).toEqual([`0.1 ${GET}`]);
		expect(pair.news()).toEqual([]);
		pair.advance(1);
		expect(pair.news()).toEqual(["timeout"]);
	});

	test("that was acknowledged waits for its response MAX_TRANSMIT_WAIT long", () => {
		const pair = new ClientPair();
		pair.ask();
		pair.sends();
		pair.advance(1_000);
		pair.receives("ACK 0.00 1000");
		expect(pair.advance(92_999)).toEqual([]);
		expect(pair.news()).toEqual([]);
		pair.advance(1);
		expect(pair.news()).toEqual(["timeout after an ACK"]);
	});

	test("waits no longer than its timeout", () => {
		const pair = new ClientPair();
		pair.ask({ timeout: 1_000 });
		pair.sends();
		pair.advance(999);
		expect(pair.news()).toEqual([]);
		pair.advance(1);
		expect(pair.news()).toEqual(["timeout"]);
	});

	test("that a RST answers ends with that (§4.2)", () => {
		const pair = new ClientPair();
		pair.ask();
		pair.sends();
		expect(pair.receives("RST 0.00 1000")).toEqual([]);
		expect(pair.news()).toEqual(["reset"]);
		expect(pair.client.requests).toBe(0);
	});
});

describe("a NON", () => {
	test("is sent once, and waits MAX_TRANSMIT_WAIT long", () => {
		const pair = new ClientPair();
		pair.ask({ confirmable: false });
		pair.sends();
		expect(pair.advance(92_999)).toEqual([]);
		expect(pair.news()).toEqual([]);
		pair.advance(1);
		expect(pair.news()).toEqual(["timeout"]);
	});

	test("that a RST answers ends with that (§4.3)", () => {
		const pair = new ClientPair();
		pair.ask({ confirmable: false });
		pair.sends();
		pair.advance(30_000);
		pair.receives("RST 0.00 1000");
		expect(pair.news()).toEqual(["reset"]);
	});

	test("takes no ACK for a sign of life", () => {
		const pair = new ClientPair();
		pair.ask({ confirmable: false });
		pair.sends();
		pair.advance(90_000);
		pair.receives("ACK 0.00 1000");
		pair.advance(3_000);
		expect(pair.news()).toEqual(["timeout"]);
	});

	test("that nobody answers holds up the next for as long as PROBING_RATE says (§4.7)", () => {
		const pair = new ClientPair({ PROBING_RATE: 2 });
		pair.ask({ confirmable: false });
		pair.ask({ confirmable: false });
		expect(pair.sends()).toEqual(["NON GET 1000 [80808080] Uri-Path=a"]);
		expect(pair.advance(4_999)).toEqual([]);
		expect(pair.advance(1)).toEqual(["5 NON GET 1001 [81808080] Uri-Path=a"]);
		pair.receives("NON 2.05 7000 [80808080] | late");
		expect(pair.news()).toEqual(["2.05 | late"]);
	});
});

describe("NSTART", () => {
	test("is 1: to an endpoint that has not answered nothing more is sent, to others it is (§4.7)", () => {
		const pair = new ClientPair();
		pair.ask({}, "a ");
		pair.ask({ path: "b" }, "b ");
		pair.ask({ path: "c", endpoint: { ...SERVER, port: 1 } });
		expect(pair.sends()).toEqual([GET, "CON GET 1001 [82808080] Uri-Path=c → 192.0.2.1:1"]);
		expect(pair.receives("ACK 2.05 1000 [80808080]")).toEqual(["CON GET 1002 [81808080] Uri-Path=b"]);
		pair.receives("ACK 2.05 1002 [81808080]");
		expect(pair.news()).toEqual(["a 2.05", "b 2.05"]);
	});

	test("does not count a request that was acknowledged", () => {
		const pair = new ClientPair();
		pair.ask();
		pair.ask();
		pair.sends();
		expect(pair.receives("ACK 0.00 1000")).toEqual(["CON GET 1001 [81808080] Uri-Path=a"]);
	});

	test("lets the next go when one is cancelled, rejected, or given up", () => {
		const pair = new ClientPair();
		const first = pair.ask();
		for (let i = 0; i < 3; i++) pair.ask();
		pair.sends();
		first.cancel();
		expect(pair.sends()).toEqual(["CON GET 1001 [81808080] Uri-Path=a"]);
		expect(pair.receives("RST 0.00 1001")).toEqual(["CON GET 1002 [82808080] Uri-Path=a"]);
		expect(pair.advance(77_500).at(-1)).toBe("77.5 CON GET 1003 [83808080] Uri-Path=a");
	});

	test("may be more", () => {
		const pair = new ClientPair({ NSTART: 2 });
		for (let i = 0; i < 3; i++) pair.ask();
		expect(pair.sends()).toHaveLength(2);
	});
});
