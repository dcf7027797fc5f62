// SPDX-License-Identifier: MIT
// Observing what FETCH tells (RFC 8132 §2.4), as timelines.
import { describe, expect, test } from "vitest";
import type { ResourceOptions, Result } from "../../src/coap/index.ts";
import { Pair } from "../support/coap-pair.ts";
import { hex } from "../support/hex.ts";

const REGISTER = "CON FETCH 0001 [aa] Uri-Path=a Observe=0 Content-Format=50 | x";

function serving(options: ResourceOptions = {}) {
	const pair = new Pair();
	let value = 20;
	const resource = pair.server.resource("a", {
		observable: true,
		ct: [0, 50],
		get: () => "all",
		fetch: (request): Result => `${request.method} ${request.contentFormat} ${request.text()} ${value}`,
		...options,
	});
	return {
		pair,
		client: pair.client(),
		becomes(next: number) {
			value = next;
			resource.changed();
			return pair.drain().map(({ text }) => text);
		},
	};
}

describe("a FETCH with Observe", () => {
	test("is answered again with its payload at each change", () => {
		const { pair, client, becomes } = serving();
		expect(client.sends(REGISTER)).toEqual(["ACK 2.05 0001 [aa] Observe=0 Content-Format=0 | FETCH 50 x 20"]);
		expect(becomes(21)).toEqual(["NON 2.05 1000 [aa] Observe=1 Content-Format=0 | FETCH 50 x 21"]);
		expect(pair.server.observed).toBe(1);
	});

	test("needs no GET", () => {
		const pair = new Pair();
		const a = pair.server.resource("a", { observe: () => {}, fetch: ({ payload }) => payload });
		pair.client().sends(REGISTER);
		a.changed();
		expect(pair.drain().map(({ text }) => text)).toEqual(["NON 2.05 1000 [aa] Observe=1 Content-Format=42 | x"]);
	});

	test("is another observation than a GET, and does not change it", () => {
		const { client, becomes } = serving();
		client.sends(REGISTER);
		client.sends("CON GET 0002 [bb] Uri-Path=a Observe=0");
		expect(becomes(21).map((text) => text.split(" | ")[1])).toEqual(["FETCH 50 x 21", "all"]);
	});

	test("takes the place of a GET with its token, and the other way round (RFC 7641 §4.1)", () => {
		const { pair, client, becomes } = serving();
		client.sends("CON GET 0002 [aa] Uri-Path=a Observe=0");
		client.sends(REGISTER);
		expect(becomes(21)[0]).toMatch("| FETCH 50 x 21");
		client.sends("CON GET 0003 [aa] Uri-Path=a Observe=0");
		pair.advance(3_000);
		expect(becomes(22)[0]).toMatch("| all");
		expect(pair.server.observed).toBe(1);
	});

	test("ends with a FETCH with Observe 1 (RFC 7641 §3.6)", () => {
		const { pair, client } = serving();
		client.sends(REGISTER);
		client.sends("CON FETCH 0002 [aa] Uri-Path=a Observe=1 | x");
		expect(pair.server.observed).toBe(0);
	});

	test("of more than 256 bytes is answered once", () => {
		const { pair, client } = serving({ fetch: () => "x" });
		client.sends(`${REGISTER}${"x".repeat(256)}`);
		expect(pair.server.observed).toBe(0);
		client.sends(`${REGISTER.replace("0001", "0002")}${"x".repeat(255)}`);
		expect(pair.server.observed).toBe(1);
	});

	test("whose payload is not UTF-8 is answered 4.00, and observes nothing", () => {
		const { pair, client } = serving();
		expect(client.sends(hex("41 05 0001 aa 60 51 61 ff ff"))).toEqual(["ACK 4.00 0001 [aa]"]);
		expect(pair.server.observed).toBe(0);
	});

	test("keeps its payload, whatever comes after it", () => {
		const { client, becomes } = serving();
		client.sends(REGISTER);
		client.sends("CON FETCH 0002 [bb] Uri-Path=a | another payload");
		expect(becomes(21)[0]).toMatch("| FETCH 50 x 21");
	});
});
