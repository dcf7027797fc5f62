// SPDX-License-Identifier: MIT
// What the client takes for the response to a request: RFC 7252 §4.2, §5.2 to §5.4; Echo: RFC 9175 §2.
import { describe, expect, test } from "vitest";
import { Code } from "../../src/coap/index.ts";
import { ClientPair, SERVER } from "../support/coap-client-pair.ts";
import { hex } from "../support/hex.ts";

describe("a response", () => {
	test("piggybacked in the ACK ends the request (§5.2.1)", () => {
		const pair = new ClientPair();
		pair.ask();
		pair.sends();
		expect(pair.receives("ACK 2.05 1000 [80808080] Content-Format=0 | 22.5")).toEqual([]);
		expect(pair.news()).toEqual(["2.05 | 22.5"]);
		expect(pair.client.requests).toBe(0);
		expect(pair.advance(1_000_000)).toEqual([]);
	});

	test("tells all that its options say", () => {
		const pair = new ClientPair();
		let seen: unknown;
		pair.ask({
			onEnd(outcome) {
				if (outcome.type !== "response") return;
				const { response } = outcome;
				const { code, contentFormat, maxAge, locationPath, locationQuery, options, endpoint } = response;
				const etag = [...response.etag!];
				const numbers = options.map(({ number, value }) => [number, ...value]);
				seen = { code, contentFormat, maxAge, etag, locationPath, locationQuery, numbers, at: { ...endpoint } };
				expect(response.text()).toBe("é");
			},
		});
		pair.sends();
		pair.receives(
			"ACK 2.01 1000 [80808080] ETag=0102 Location-Path=x Location-Path=y Content-Format=50 Max-Age=5 Location-Query=z 65000=09 | é",
		);
		expect(pair.errors).toEqual([]);
		expect(seen).toEqual({
			code: Code.CREATED,
			contentFormat: 50,
			maxAge: 5,
			etag: [1, 2],
			locationPath: ["x", "y"],
			locationQuery: ["z"],
			numbers: [
				[4, 1, 2],
				[8, 120],
				[8, 121],
				[12, 50],
				[14, 5],
				[20, 122],
				[65000, 9],
			],
			at: SERVER,
		});
	});

	test("without options has the defaults", () => {
		const pair = new ClientPair();
		let seen: unknown;
		pair.ask({
			onEnd(outcome) {
				if (outcome.type !== "response") return;
				const { contentFormat, maxAge, etag, observe, locationPath, payload } = outcome.response;
				seen = { contentFormat, maxAge, etag, observe, locationPath, length: payload.length };
			},
		});
		pair.sends();
		pair.receives("ACK 2.04 1000 [80808080]");
		expect(seen).toEqual({ maxAge: 60, locationPath: [], length: 0 });
	});

	for (const code of ["4.04", "5.00", "2.03"])
		test(`with ${code} ends the request as any other`, () => {
			const pair = new ClientPair();
			pair.ask();
			pair.sends();
			pair.receives(`ACK ${code} 1000 [80808080] | why`);
			expect(pair.news()).toEqual([`${code} | why`]);
		});

	test("on its own after an empty ACK is acknowledged, once more for each copy, and told once (§5.2.2, §4.5)", () => {
		const pair = new ClientPair();
		pair.ask();
		pair.sends();
		expect(pair.receives("ACK 0.00 1000")).toEqual([]);
		expect(pair.advance(60_000)).toEqual([]);
		expect(pair.receives("CON 2.05 7000 [80808080] | 22.5")).toEqual(["ACK 0.00 7000"]);
		expect(pair.receives("CON 2.05 7000 [80808080] | 22.5")).toEqual(["ACK 0.00 7000"]);
		expect(pair.news()).toEqual(["2.05 | 22.5"]);
	});

	test("on its own stands for the ACK that was lost (§5.2.2)", () => {
		const pair = new ClientPair();
		pair.ask();
		pair.sends();
		expect(pair.receives("CON 2.05 7000 [80808080] | 22.5")).toEqual(["ACK 0.00 7000"]);
		expect(pair.receives("ACK 0.00 1000")).toEqual([]);
		expect(pair.advance(100_000)).toEqual([]);
		expect(pair.news()).toEqual(["2.05 | 22.5"]);
	});

	test("as a NON is taken, and not acknowledged", () => {
		const pair = new ClientPair();
		pair.ask({ confirmable: false });
		pair.sends();
		expect(pair.receives("NON 2.05 7000 [80808080] | 22.5")).toEqual([]);
		expect(pair.receives("NON 2.05 7000 [80808080] | 22.5")).toEqual([]);
		expect(pair.news()).toEqual(["2.05 | 22.5"]);
	});

	const strange: [what: string, message: string, reply: string[]][] = [
		["with another token", "ACK 2.05 1000 [80808081] | x", []],
		["with a longer token", "ACK 2.05 1000 [8080808000] | x", []],
		["with another Message ID", "ACK 2.05 1001 [80808080] | x", []],
		["of a reserved class", "ACK 7.00 1000 [80808080] | x", []],
		["that is a request", "ACK GET 1000 [80808080]", []],
		["a CON with another token (§4.2)", "CON 2.05 7000 [01] | x", ["RST 0.00 7000"]],
		["a CON of a reserved class (§4.2)", "CON 6.00 7000 [80808080] | x", ["RST 0.00 7000"]],
		["a NON with another token", "NON 2.05 7000 [01] | x", []],
		["a NON notification that nobody asked for (RFC 7641 §3.6)", "NON 2.05 7000 [01] Observe=7 | x", ["RST 0.00 7000"]],
		["a ping (§4.3)", "CON 0.00 7000", ["RST 0.00 7000"]],
		["a request", "CON GET 7000 [80808080] Uri-Path=a", ["RST 0.00 7000"]],
		["a NON request", "NON GET 7000 [80808080] Uri-Path=a Observe=0", []],
		["a RST with a code", "RST 2.05 1000 [80808080] | x", []],
		["a RST of another message", "RST 0.00 1001", []],
	];
	for (const [what, message, reply] of strange)
		test(`${what} is not taken`, () => {
			const pair = new ClientPair();
			pair.ask();
			pair.sends();
			expect(pair.receives(message)).toEqual(reply);
			expect(pair.news()).toEqual([]);
			expect(pair.client.requests).toBe(1);
		});

	const malformed: [what: string, text: string, reply: string[]][] = [
		["version 2", "80 45 1000", []],
		["a CON with an option's nibble 15", "40 45 7000 f0", ["RST 0.00 7000"]],
		["a CON with a marker and no payload", "40 45 7000 ff", ["RST 0.00 7000"]],
		["an ACK with a marker and no payload (§4.2)", "64 45 1000 80808080 ff", []],
		["one byte", "40", []],
		["no byte", "", []],
	];
	for (const [what, text, reply] of malformed)
		test(`with a format error is not taken: ${what}`, () => {
			const pair = new ClientPair();
			pair.ask();
			pair.sends();
			expect(pair.receives(hex(text))).toEqual(reply);
			expect(pair.client.requests).toBe(1);
		});

	test("from another port or address is not taken (§5.3.2)", () => {
		const pair = new ClientPair();
		pair.ask({ confirmable: false });
		pair.sends();
		expect(pair.receives("NON 2.05 7000 [80808080] | x", { ...SERVER, port: 1 })).toEqual([]);
		expect(pair.receives("NON 2.05 7001 [80808080] | x", { ...SERVER, address: "192.0.2.2" })).toEqual([]);
		expect(pair.receives("RST 0.00 1000", { ...SERVER, port: 1 })).toEqual([]);
		expect(pair.news()).toEqual([]);
	});

	for (const [option, what] of [
		["9=00", "unknown"],
		["2051=", "unknown"],
		["23=00000000", "too long"],
		["Block2=0 Block2=0", "repeated"],
	] as const)
		test(`with the ${what} critical option ${option} fails the request, and a CON with it is rejected (§5.4.1)`, () => {
			const pair = new ClientPair();
			pair.ask();
			pair.sends();
			expect(pair.receives(`CON 2.05 7000 [80808080] ${option} | x`)).toEqual(["RST 0.00 7000"]);
			expect(pair.news()[0]).toMatch(/^failed: the response has option \d+, which is critical/);
			expect(pair.client.requests).toBe(0);
		});

	test("is not blamed for an option of the one before", () => {
		const pair = new ClientPair();
		pair.ask();
		pair.ask();
		pair.sends();
		pair.receives("ACK 2.05 1000 [80808080] 9=");
		pair.receives("ACK 2.05 1001 [81808080] | x");
		expect(pair.news()[1]).toBe("2.05 | x");
	});

	test("may have a critical option that the request had, as some do in a 4.02", () => {
		const pair = new ClientPair();
		pair.ask({ options: [{ number: 9, value: hex("") }] });
		pair.sends();
		expect(pair.receives("CON 4.02 7000 [80808080] 9=")).toEqual(["ACK 0.00 7000"]);
		expect(pair.news()).toEqual(["4.02"]);
	});

	test("with unknown elective options, or repeated or malformed ones, is taken without them (§5.4.1, §5.4.5)", () => {
		const pair = new ClientPair();
		let seen: unknown;
		pair.ask({
			onEnd(outcome) {
				if (outcome.type === "response") seen = [outcome.response.contentFormat, outcome.response.maxAge];
			},
		});
		pair.sends();
		pair.receives("ACK 2.05 1000 [80808080] Content-Format=50 Content-Format=60 10=00 14=0000000000 | x");
		expect(seen).toEqual([50, 60]);
		expect(pair.errors).toEqual([]);
	});
});

describe("Echo", () => {
	test("that a 4.01 asks for is sent back with the request (RFC 9175 §2.3)", () => {
		const pair = new ClientPair();
		pair.ask();
		pair.sends();
		expect(pair.receives("ACK 4.01 1000 [80808080] 252=beef")).toEqual(["CON GET 1001 [80808080] Uri-Path=a 252=beef"]);
		expect(pair.receives("ACK 4.01 1000 [80808080] 252=beef")).toEqual([]);
		pair.receives("ACK 2.05 1001 [80808080] | ok");
		expect(pair.news()).toEqual(["2.05 | ok"]);
	});

	test("that is asked for again and again is an answer in the end", () => {
		const pair = new ClientPair();
		pair.ask();
		pair.sends();
		expect(pair.receives("ACK 4.01 1000 [80808080] 252=01")).toHaveLength(1);
		expect(pair.receives("ACK 4.01 1001 [80808080] 252=02")).toEqual(["CON GET 1002 [80808080] Uri-Path=a 252=02"]);
		expect(pair.receives("ACK 4.01 1002 [80808080] 252=03")).toEqual([]);
		expect(pair.news()).toEqual(["4.01"]);
	});

	test("is not in a 4.01 without one", () => {
		const pair = new ClientPair();
		pair.ask();
		pair.sends();
		expect(pair.receives("ACK 4.01 1000 [80808080]")).toEqual([]);
		expect(pair.news()).toEqual(["4.01"]);
	});
});
