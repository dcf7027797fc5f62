// SPDX-License-Identifier: MIT
// Requests and responses: RFC 7252 §5, RFC 7959 and RFC 7967 as far as a server without blockwise uploads goes.
import { describe, expect, test } from "vitest";
import {
	Code,
	Format,
	type Request,
	type ResourceOptions,
	type Result,
	Server,
	type ServerOptions,
} from "../../src/coap/index.ts";
import { Pair } from "../support/coap-pair.ts";
import { answer, nothing, serving } from "../support/coap-serving.ts";
import { hex } from "../support/hex.ts";

describe("a handler's result", () => {
	const ROWS: [name: string, code: string, result: Result, reply: string][] = [
		["text from GET is 2.05 and text/plain", "GET", "22.5", "ACK 2.05 0001 Content-Format=0 | 22.5"],
		["bytes from GET are 2.05 and octet-stream", "GET", hex("6162"), "ACK 2.05 0001 Content-Format=42 | ab"],
		["a number from GET is its text", "GET", 22.5, "ACK 2.05 0001 Content-Format=0 | 22.5"],
		["text from FETCH is 2.05 (RFC 8132 §2.3)", "FETCH", "22.5", "ACK 2.05 0001 Content-Format=0 | 22.5"],
		["nothing from PATCH is 2.04 (RFC 8132 §3.1)", "PATCH", undefined, "ACK 2.04 0001"],
		["nothing from iPATCH is 2.04 (RFC 8132 §3.1)", "iPATCH", undefined, "ACK 2.04 0001"],
		["nothing from GET is 2.05 without payload", "GET", undefined, "ACK 2.05 0001"],
		["nothing from PUT is 2.04", "PUT", undefined, "ACK 2.04 0001"],
		["nothing from POST is 2.04", "POST", undefined, "ACK 2.04 0001"],
		["nothing from DELETE is 2.02", "DELETE", undefined, "ACK 2.02 0001"],
		["text from POST is a representation", "POST", "done", "ACK 2.04 0001 Content-Format=0 | done"],
		["text outside of ASCII is UTF-8", "GET", "21 °C 🦗", "ACK 2.05 0001 Content-Format=0 | 21 °C 🦗"],
		["a format is sent along", "GET", { payload: "{}", format: Format.JSON }, "ACK 2.05 0001 Content-Format=50 | {}"],
		["a large format takes two bytes", "GET", { payload: "{}", format: 432 }, "ACK 2.05 0001 Content-Format=432 | {}"],
		["Max-Age is sent along", "GET", { payload: "a", maxAge: 300 }, "ACK 2.05 0001 Content-Format=0 Max-Age=300 | a"],
		["Max-Age 0 is sent along", "GET", { payload: "a", maxAge: 0 }, "ACK 2.05 0001 Content-Format=0 Max-Age=0 | a"],
		[
			"an ETag is sent along",
			"GET",
			{ payload: "a", etag: hex("0102") },
			"ACK 2.05 0001 ETag=0102 Content-Format=0 | a",
		],
		[
			"a place that was created is told in Location options (RFC 7252 §5.8.2)",
			"POST",
			{ code: Code.CREATED, locationPath: ["jobs", "7"], locationQuery: ["a=b"] },
			"ACK 2.01 0001 Location-Path=jobs Location-Path=7 Location-Query=a=b",
		],
		[
			"a diagnostic payload has no Content-Format (RFC 7252 §5.5.2) [CoAP-6.7]",
			"PUT",
			{ code: Code.BAD_REQUEST, payload: "expected on or off" },
			"ACK 4.00 0001 | expected on or off",
		],
		["5.03 may say when to come back", "GET", { code: Code.SERVICE_UNAVAILABLE, maxAge: 5 }, "ACK 5.03 0001 Max-Age=5"],
	];
	for (const [name, code, result, reply] of ROWS)
		test(name, () => {
			expect(answer(`CON ${code} 0001 Uri-Path=a`, () => result)).toEqual([reply]);
		});

	test("without a format is in the resource's first Content-Format", () => {
		expect(answer("CON GET 0001 Uri-Path=a", () => "{}", { ct: [50, 0] })).toEqual([
			"ACK 2.05 0001 Content-Format=50 | {}",
		]);
	});

	const WRONG: [name: string, result: unknown][] = [
		["a code that is no response", { code: Code.GET }],
		["a code that is no number", { code: "2.05" }],
		["a format out of range", { format: 65_536 }],
		["a fractional maxAge", { maxAge: 1.5 }],
		["an ETag of nine bytes", { etag: new Uint8Array(9) }],
		["an empty ETag", { etag: new Uint8Array(0) }],
		["no number", Number.NaN],
		["a boolean", true],
		["null", null],
		["a number as payload", { payload: 22.5 }],
		["text with a lone surrogate", "\ud800"],
		["options that no datagram holds", { locationPath: Array.from({ length: 200 }, () => "a long segment") }],
	];
	for (const [name, result] of WRONG)
		test(`that is ${name} is answered 5.00 and reported`, () => {
			const { pair, client } = serving("a", { get: () => result as Result });
			expect(client.sends("CON GET 0001 [aa] Uri-Path=a")).toEqual(["ACK 5.00 0001 [aa]"]);
			expect(pair.errors).toHaveLength(1);
			expect(pair.errors[0]!.message).toMatch("GET a: expected ");
		});
});

describe("a handler that throws", () => {
	const throwing = (error: unknown) => () => {
		throw error;
	};

	test("is answered 5.00 without detail, and reported once with method and path", () => {
		const { pair, client } = serving("a/b", { post: throwing(new Error("the relay is stuck")) });
		const reply = client.sends("CON POST 0001 [aa] Uri-Path=a Uri-Path=b");
		expect(reply).toEqual(["ACK 5.00 0001 [aa]"]);
		expect(client.sends("CON POST 0001 [aa] Uri-Path=a Uri-Path=b")).toEqual(reply);
		expect(pair.errors.map(({ message }) => message)).toEqual(["POST a/b: the relay is stuck"]);
	});

	test("something that is no Error is reported all the same", () => {
		const { pair, client } = serving("a", { delete: throwing("stuck") });
		expect(client.sends("CON DELETE 0001 Uri-Path=a")).toEqual(["ACK 5.00 0001"]);
		expect(pair.errors[0]!.message).toBe("DELETE a: stuck");
		expect(pair.errors[0]!.cause).toBe("stuck");
	});

	test("does no harm when onError throws, too", () => {
		const pair = new Pair({ onError: throwing(new Error("the log is full")) });
		pair.server.resource("a", { get: throwing(new Error("x")) });
		expect(pair.client().sends("CON GET 0001 Uri-Path=a")).toEqual(["ACK 5.00 0001"]);
	});

	test("leaves nothing of its half-made answer", () => {
		let calls = 0;
		const { client } = serving("a", {
			get() {
				if (calls++ === 0) return { payload: "\ud800", maxAge: 9, etag: hex("01") };
				return undefined;
			},
		});
		expect(client.sends("CON GET 0001 Uri-Path=a")).toEqual(["ACK 5.00 0001"]);
		expect(client.sends("CON GET 0002 Uri-Path=a")).toEqual(["ACK 2.05 0002"]);
	});

	test("for a payload that is not UTF-8 is answered 4.00, and not reported", () => {
		const { pair, client } = serving("a", { put: (request) => request.text() });
		expect(client.sends(hex("40 03 0001 b1 61 ff ff"))).toEqual(["ACK 4.00 0001"]);
		expect(pair.errors).toEqual([]);
	});
});

describe("a handler's request", () => {
	/** What `read` makes of the request that arrives. */
	function seen<T>(message: string, read: (request: Request) => T): T | undefined {
		let result: T | undefined;
		const take = (request: Request): Result => {
			result = read(request);
			return undefined;
		};
		serving("a/b", { get: take, put: take, post: take, delete: take }).client.sends(message);
		return result;
	}

	test("has code, path and segments", () => {
		const read = ({ code, path, segments }: Request) => ({ code, path, segments });
		expect(seen("CON PUT 0001 Uri-Path=a Uri-Path=b", read)).toEqual({
			code: Code.PUT,
			path: "a/b",
			segments: ["a", "b"],
		});
	});

	test("has the query, in order", () => {
		const read = ({ query }: Request) => query;
		expect(seen("CON GET 0001 Uri-Path=a Uri-Path=b Uri-Query=unit=Cel Uri-Query=ä", read)).toEqual(["unit=Cel", "ä"]);
		expect(seen("CON GET 0001 Uri-Path=a Uri-Path=b", read)).toEqual([]);
	});

	test("has U+FFFD where the query is not UTF-8", () => {
		const queries: string[] = [];
		const { client } = serving("a", { observable: true, get: ({ query }) => `${queries.push(...query)}` });
		expect(client.sends(hex("40 01 0001 60 51 61 42 61ff"))).toEqual(["ACK 2.05 0001 Observe=0 Content-Format=0 | 1"]);
		expect(queries).toEqual(["a\ufffd"]);
	});

	test("has Accept and Content-Format, or undefined", () => {
		const read = ({ accept, contentFormat }: Request) => [accept, contentFormat];
		expect(seen("CON POST 0001 Uri-Path=a Uri-Path=b Content-Format=50 Accept=110", read)).toEqual([110, 50]);
		expect(seen("CON POST 0001 Uri-Path=a Uri-Path=b Content-Format=0 Accept=0", read)).toEqual([0, 0]);
		expect(seen("CON POST 0001 Uri-Path=a Uri-Path=b", read)).toEqual([undefined, undefined]);
	});

	test("has the payload as bytes and as text", () => {
		const read = (request: Request) => [request.payload.length, request.text()];
		expect(seen("CON PUT 0001 Uri-Path=a Uri-Path=b | 21 °C", read)).toEqual([6, "21 °C"]);
		expect(seen("CON PUT 0001 Uri-Path=a Uri-Path=b", read)).toEqual([0, ""]);
	});

	test("has the endpoint", () => {
		const read = ({ endpoint }: Request) => ({ ...endpoint });
		expect(seen("CON PUT 0001 Uri-Path=a Uri-Path=b", read)).toEqual({ address: "192.0.2.1", port: 5000 });
	});

	test("has nothing of the request before", () => {
		const seen: unknown[] = [];
		const { client } = serving("a", {
			post(request) {
				seen.push([request.query, request.accept, request.contentFormat, request.text()]);
				return undefined;
			},
		});
		client.sends("CON POST 0001 Uri-Path=a Content-Format=50 Uri-Query=x Accept=60 | {}");
		client.sends("CON POST 0002 Uri-Path=a");
		expect(seen[1]).toEqual([[], undefined, undefined, ""]);
	});
});

describe("a path", () => {
	const { pair, client } = serving("a/b", { get: () => "a/b" });
	pair.server.resource("ä", { get: () => "umlaut" });

	const ROWS: [name: string, options: string, code: string][] = [
		["of two segments is found", "Uri-Path=a Uri-Path=b", "2.05"],
		["outside of ASCII is found", "Uri-Path=ä", "2.05"],
		["with a slash within a segment is another one", "Uri-Path=a/b", "4.04"],
		["that is only the beginning is not found", "Uri-Path=a", "4.04"],
		["that goes on is not found", "Uri-Path=a Uri-Path=b Uri-Path=c", "4.04"],
		["with an empty segment at the end is not found", "Uri-Path=a Uri-Path=b Uri-Path=", "4.04"],
		["with an empty segment at the start is not found", "Uri-Path= Uri-Path=a Uri-Path=b", "4.04"],
		["in other letters is not found", "Uri-Path=A Uri-Path=b", "4.04"],
		["that is empty is not found", "Uri-Query=a", "4.04"],
	];
	ROWS.forEach(([name, options, code], index) => {
		test(name, () => {
			expect(client.sends(`CON GET 00${10 + index} ${options}`)[0]!.slice(0, 13)).toBe(`ACK ${code} 00${10 + index}`);
		});
	});

	test("that is not UTF-8 is not found", () => {
		expect(client.sends(hex("40 01 0001 b1 ff"))).toEqual(["ACK 4.04 0001"]);
	});

	for (const wrong of ["", "/a", "a/", "a//b", ".", "a/..", "x".repeat(256), "\ud800"])
		test(`${JSON.stringify(wrong.slice(0, 9))} is refused with a TypeError`, () => {
			expect(() => new Pair().server.resource(wrong, {})).toThrow(TypeError);
		});

	test("that is taken is refused with a TypeError", () => {
		expect(() => pair.server.resource("a/b", {})).toThrow(TypeError);
	});
});

describe("a resource with", () => {
	const WRONG: [name: string, options: ResourceOptions][] = [
		["no format in ct", { ct: [] }],
		["a format out of range", { ct: [70_000] }],
		["a fractional format", { accepts: [0.5] }],
		["a lone surrogate in its title", { title: "\ud800" }],
		["observers, but no GET", { observable: true, put: nothing }],
	];
	for (const [name, options] of WRONG)
		test(`${name} is refused with a TypeError`, () => {
			expect(() => new Pair().server.resource("a", options)).toThrow(TypeError);
		});
});

describe("a server with", () => {
	const WRONG: Partial<ServerOptions>[] = [
		{ peers: 0 },
		{ observers: -1 },
		{ observers: 1.5 },
		{ confirmEvery: 0 },
		{ confirmInterval: 0 },
		{ messageId: -1 },
		{ sequence: 0.5 },
		{ ACK_TIMEOUT: 0 },
		{ ACK_RANDOM_FACTOR: 0.9 },
		{ MAX_RETRANSMIT: -1 },
		{ ACK_TIMEOUT: Number.NaN },
	];
	for (const options of WRONG) {
		const [[name, value]] = Object.entries(options) as [[string, number]];
		test(`${name} ${value} is refused with a RangeError`, () => {
			expect(() => new Server({ random: () => 0, ...options })).toThrow(RangeError);
		});
	}

	test("an option that is undefined takes its default", () => {
		const pair = new Pair({ ACK_TIMEOUT: undefined, peers: undefined, observers: undefined });
		expect(pair.client().sends("CON GET 0001 Uri-Path=a")).toEqual(["ACK 4.04 0001"]);
	});
});
