// SPDX-License-Identifier: MIT
// Transmission parameters, and the times that follow from them (RFC 7252 §4.8).
import { describe, expect, test } from "vitest";
import * as Derived from "../../src/coap/parameters.ts";
import { Pair } from "../support/coap-pair.ts";

/** MAX_TRANSMIT_SPAN, MAX_TRANSMIT_WAIT, NON_LIFETIME and EXCHANGE_LIFETIME, in seconds, as §4.8.2 computes them. */
const TABLE: [name: string, given: Partial<Derived.Parameters>, times: [number, number, number, number]][] = [
	["are those of the RFC's tables when nothing is given", {}, [45, 93, 145, 247]],
	["follow ACK_TIMEOUT", { ACK_TIMEOUT: 1_000 }, [22.5, 46.5, 122.5, 223.5]],
	["follow ACK_RANDOM_FACTOR", { ACK_RANDOM_FACTOR: 1 }, [30, 62, 130, 232]],
	["follow MAX_RETRANSMIT", { MAX_RETRANSMIT: 0 }, [0, 3, 100, 202]],
	["do not follow NSTART", { NSTART: 4 }, [45, 93, 145, 247]],
];

describe("times", () => {
	for (const [name, given, times] of TABLE)
		test(`${name} (RFC 7252 §4.8.2)`, () => {
			const p = Derived.parametersOf(given);
			const derived = [Derived.maxTransmitSpan(p), Derived.maxTransmitWait(p), Derived.nonLifetime(p)];
			expect([...derived, Derived.exchangeLifetime(p)].map((time) => time / 1000)).toEqual(times);
		});
});

describe("a CON", () => {
	for (const [given, times] of [
		[{}, [2.5, 7.5, 17.5, 37.5]],
		[{ ACK_TIMEOUT: 1_000, ACK_RANDOM_FACTOR: 1 }, [1, 3, 7, 15]],
		[{ ACK_TIMEOUT: 1_000, ACK_RANDOM_FACTOR: 3, MAX_RETRANSMIT: 2 }, [2, 6]],
		[{ MAX_RETRANSMIT: 0 }, []],
	] as const)
		test(`is retransmitted after ${times.join(", ") || "nothing"} with ${JSON.stringify(given)} (RFC 7252 §4.2) [CoAP-7.3]`, () => {
			const pair = new Pair({ confirmEvery: 1, ...given });
			const a = pair.server.resource("a", { observable: true, get: () => "x" });
			pair.client().sends("CON GET 0001 Uri-Path=a Observe=0");
			a.changed();
			pair.drain();
			expect(pair.advance(1_000_000).map((text) => Number(text.split(" ")[0]))).toEqual(times);
			expect(pair.server.observed).toBe(0);
		});
});
