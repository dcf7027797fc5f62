// SPDX-License-Identifier: MIT
// The client as timelines: RFC 7252 §4 and §5.
import { describe, expect, test } from "vitest";
import type { ClientRequest } from "../../src/coap/client.ts";
import { Code } from "../../src/coap/index.ts";
import { ClientPair, SERVER } from "../support/coap-client-pair.ts";
import { hex } from "../support/hex.ts";

const GET = "CON GET 1000 [80808080] Uri-Path=a";
const bytes = (text: string) => new TextEncoder().encode(text);

describe("a request", () => {
	const written: [what: string, request: Partial<ClientRequest>, message: string][] = [
		["GET", {}, GET],
		["of the root", { path: "" }, "CON GET 1000 [80808080]"],
		["of a path", { path: "/a/b c/" }, "CON GET 1000 [80808080] Uri-Path=a Uri-Path=b c Uri-Path="],
		["of segments", { path: ["a/b", ""] }, "CON GET 1000 [80808080] Uri-Path=a/b Uri-Path="],
		["with a query", { query: ["u=Cel", "x"] }, `${GET} Uri-Query=u=Cel Uri-Query=x`],
		["with Accept", { accept: 50 }, `${GET} Accept=50`],
		["with Accept 0", { accept: 0 }, `${GET} Accept=0`],
		["with Uri-Host", { uriHost: "lamp" }, "CON GET 1000 [80808080] Uri-Host=lamp Uri-Path=a"],
		["with ETags", { etags: [hex("01"), hex("0203")] }, "CON GET 1000 [80808080] ETag=01 ETag=0203 Uri-Path=a"],
		["NON", { confirmable: false }, "NON GET 1000 [80808080] Uri-Path=a"],
		[
			"PUT",
			{ code: Code.PUT, payload: "on", contentFormat: 0, ifMatch: [hex("")], noResponse: 2 },
			"CON PUT 1000 [80808080] If-Match= Uri-Path=a Content-Format=0 No-Response=2 | on",
		],
		["POST", { code: Code.POST, payload: bytes("on") }, "CON POST 1000 [80808080] Uri-Path=a | on"],
		["DELETE", { code: Code.DELETE, ifNoneMatch: true }, "CON DELETE 1000 [80808080] If-None-Match= Uri-Path=a"],
		[
			"with options of any kind",
			{
				options: [
					{ number: 65000, value: hex("0102") },
					{ number: 9, value: hex("") },
				],
			},
			"CON GET 1000 [80808080] 9= Uri-Path=a 65000=0102",
		],
	];
	for (const [what, request, message] of written)
		test(`${what} is written`, () => {
			const pair = new ClientPair();
			pair.ask(request);
			expect(pair.woken).toBe(1);
			expect(pair.sends()).toEqual([message]);
			expect(pair.sends()).toEqual([]);
		});

	const wrong: [what: string, request: Partial<ClientRequest>, message: RegExp][] = [
		["code 0", { code: 0 }, /expected a method from 1 to 31 as code, got 0/],
		["code of a response", { code: Code.CONTENT }, /expected a method/],
		["long segment", { path: "a".repeat(256) }, /expected at most 255 bytes for each part of path, got 256/],
		["lone surrogate", { query: ["\ud800"] }, /lone surrogate/],
		["Accept of 17 bits", { accept: 0x10000 }, /expected a whole number up to 65535 as accept, got 65536/],
		["ETag without bytes", { etags: [hex("")] }, /expected an ETag of 1 to 8 bytes, got 0/],
		["timeout", { timeout: 0 }, /expected milliseconds as timeout, got 0/],
		["payload", { payload: 7 as unknown as string }, /expected text or bytes as payload, got number/],
		["options beyond a message", { query: Array(5).fill("q".repeat(250)) }, /expected room/],
		["observed PUT", { code: Code.PUT, observe: true }, /expected a GET or FETCH of one endpoint to observe/],
	];
	for (const [what, request, message] of wrong)
		test(`with a wrong ${what} is refused before anything happens`, () => {
			const pair = new ClientPair();
			expect(() => pair.ask(request)).toThrow(message);
			expect(pair.client.requests).toBe(0);
			expect(pair.sends()).toEqual([]);
		});

	test("beyond what there is room for is refused, until another one ends", () => {
		const pair = new ClientPair({ requests: 2 });
		const first = pair.ask();
		pair.ask();
		expect(() => pair.ask()).toThrow(/expected at most 2 requests at a time/);
		first.cancel();
		pair.ask();
		expect(pair.client.requests).toBe(2);
	});

	test("has a token of its own while others wait, with the client's randomness in 32 bits (§5.3.1)", () => {
		const pair = new ClientPair({ NSTART: 9 });
		for (let i = 0; i < 3; i++) pair.ask();
		expect(pair.sends().map((text) => text.slice(13, 23))).toEqual(["[80808080]", "[81808080]", "[82808080]"]);
	});
});

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

test("what the network says that nobody listens for ends, and nothing else", () => {
	const pair = new ClientPair();
	pair.ask({}, "a ");
	pair.ask({}, "b ");
	pair.ask({ endpoint: { ...SERVER, port: 1 } }, "c ");
	pair.sends();
	pair.client.refused({ ...SERVER });
	expect(pair.news()).toEqual(["a refused"]);
	expect(pair.sends()).toHaveLength(1);
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

describe("a request that is cancelled", () => {
	test("is not sent again, and nothing is told", () => {
		const pair = new ClientPair();
		const request = pair.ask();
		pair.sends();
		request.cancel();
		const { woken } = pair;
		request.cancel();
		expect(pair.woken).toBe(woken);
		expect(pair.advance(1_000_000)).toEqual([]);
		expect(pair.receives("ACK 2.05 1000 [80808080]")).toEqual([]);
		expect(pair.receives("CON 2.05 7000 [80808080]")).toEqual(["RST 0.00 7000"]);
		expect(pair.news()).toEqual([]);
	});

	test("before it was sent is never sent", () => {
		const pair = new ClientPair();
		pair.ask().cancel();
		expect(pair.sends()).toEqual([]);
		expect(pair.client.requests).toBe(0);
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

describe("No-Response (RFC 7967)", () => {
	test("of all classes: a NON is over when it is sent, a CON when it is acknowledged", () => {
		const pair = new ClientPair();
		pair.ask({ code: Code.PUT, noResponse: 26, confirmable: false }, "NON ");
		pair.sends();
		pair.advance(0);
		pair.ask({ code: Code.PUT, noResponse: 26 }, "CON ");
		pair.sends();
		expect(pair.news()).toEqual(["NON complete"]);
		pair.receives("ACK 0.00 1001");
		pair.advance(0);
		expect(pair.news()).toEqual(["CON complete"]);
	});

	test("of some classes waits for the others", () => {
		const pair = new ClientPair();
		pair.ask({ code: Code.PUT, noResponse: 2 });
		pair.sends();
		pair.receives("ACK 0.00 1000");
		pair.advance(0);
		expect(pair.news()).toEqual([]);
		pair.receives("CON 4.00 7000 [80808080]");
		expect(pair.news()).toEqual(["4.00"]);
	});
});

describe("multicast (RFC 7252 §8)", () => {
	const GROUP = { address: "224.0.1.187", port: 5683 };

	test("is a NON that any endpoint may answer, each answer once, until the time is over", () => {
		const pair = new ClientPair();
		pair.ask({ endpoint: GROUP, multicast: true, timeout: 7_000 });
		expect(pair.sends()).toEqual(["NON GET 1000 [80808080] Uri-Path=a → 224.0.1.187:5683"]);
		pair.receives("NON 2.05 7000 [80808080] | one", { address: "192.0.2.1", port: 5683 });
		pair.receives("NON 2.05 7000 [80808080] | one", { address: "192.0.2.1", port: 5683 });
		pair.receives("NON 2.05 7000 [80808080] | two", { address: "192.0.2.2", port: 5683 });
		pair.receives("NON 2.05 7000 [80808080] | neighbour", { address: "192.0.2.2", port: 5684 });
		expect(pair.receives("CON 2.05 7001 [80808080] | three", { address: "192.0.2.3", port: 5683 })).toEqual([
			"ACK 0.00 7001",
		]);
		pair.advance(7_000);
		expect(pair.news()).toEqual([
			"2.05 #undefined | one",
			"2.05 #undefined | two",
			"2.05 #undefined | neighbour",
			"2.05 #undefined | three",
			"complete",
		]);
		expect(pair.receives("NON 2.05 7003 [80808080] | late", { address: "192.0.2.4", port: 5683 })).toEqual([]);
	});

	test("holds up nothing else", () => {
		const pair = new ClientPair();
		pair.ask({ endpoint: GROUP, multicast: true });
		pair.ask({ endpoint: GROUP, multicast: true });
		expect(pair.sends()).toHaveLength(2);
	});
});

describe("a callback", () => {
	test("that throws is reported, and hurts nobody", () => {
		const pair = new ClientPair();
		pair.ask({
			onEnd() {
				throw new Error("oops");
			},
		});
		pair.sends();
		expect(pair.receives("CON 2.05 7000 [80808080]")).toEqual(["ACK 0.00 7000"]);
		expect(pair.errors.map(({ message }) => message)).toEqual(["oops"]);
	});

	test("may ask again, without waking the driver that waits for it", () => {
		const pair = new ClientPair();
		pair.ask({ onEnd: () => void pair.ask({ path: "b" }) });
		pair.sends();
		const { woken } = pair;
		expect(pair.receives("ACK 2.05 1000 [80808080]")).toEqual(["CON GET 1001 [80808080] Uri-Path=b"]);
		expect(pair.woken).toBe(woken);
	});

	test("is never called from inside request or cancel", () => {
		const pair = new ClientPair();
		pair.ask({ confirmable: false, noResponse: 26 }).cancel();
		expect(pair.news()).toEqual([]);
	});
});
