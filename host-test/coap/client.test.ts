// SPDX-License-Identifier: MIT
// What the client is asked for, as timelines: RFC 7252 §5 and §8, RFC 7967.
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
