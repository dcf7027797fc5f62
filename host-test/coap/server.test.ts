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
import { hex } from "../support/hex.ts";

/** A pair that serves one resource, and a client of it. */
function serving(path: string, options: ResourceOptions) {
	const pair = new Pair();
	const resource = pair.server.resource(path, options);
	return { pair, resource, client: pair.client() };
}

/** What the server answers to `request` when the handler of `/a`, for whatever method, returns `result`. */
function answer(request: string, result: () => Result, options: ResourceOptions = {}): string[] {
	const { client } = serving("a", { get: result, put: result, post: result, delete: result, ...options });
	return client.sends(request);
}

const nothing = (): Result => undefined;

describe("a handler's result", () => {
	const ROWS: [name: string, code: string, result: Result, reply: string][] = [
		["text from GET is 2.05 and text/plain", "GET", "22.5", "ACK 2.05 0001 Content-Format=0 | 22.5"],
		["bytes from GET are 2.05 and octet-stream", "GET", hex("6162"), "ACK 2.05 0001 Content-Format=42 | ab"],
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
			"a diagnostic payload has no Content-Format (RFC 7252 §5.5.2)",
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
		["a number", 22.5],
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

describe("a method", () => {
	for (const code of ["GET", "POST", "PUT", "DELETE"])
		test(`${code} without a handler is answered 4.05 (RFC 7252 §5.8)`, () => {
			expect(serving("a", {}).client.sends(`CON ${code} 0001 Uri-Path=a`)).toEqual(["ACK 4.05 0001"]);
		});

	for (const code of ["0.05", "0.06", "0.07", "0.31"])
		test(`${code} is answered 4.05 (RFC 7252 §5.8)`, () => {
			expect(answer(`CON ${code} 0001 Uri-Path=a`, nothing)).toEqual(["ACK 4.05 0001"]);
			expect(answer(`CON ${code} 0001 Uri-Path=unknown`, nothing)).toEqual(["ACK 4.05 0001"]);
		});
});

describe("an option", () => {
	const GET = "CON GET 0001 Uri-Path=a";
	const ROWS: [name: string, request: string, code: string][] = [
		["that is critical and unknown is refused (RFC 7252 §5.4.1)", `${GET} 9=00`, "4.02"],
		["that is critical, unknown and of a high number is refused (RFC 7252 §5.4.1)", `${GET} 65535=`, "4.02"],
		["that is elective and unknown is ignored (RFC 7252 §5.4.1)", `${GET} 65000=0102`, "2.05"],
		["Hop-Limit is ignored (RFC 8768)", `${GET} Hop-Limit=16`, "2.05"],
		["Uri-Host and Uri-Port are accepted (RFC 7252 §5.10.1)", `${GET} Uri-Host=thing.local Uri-Port=5683`, "2.05"],
		["Uri-Host without a value counts as unknown (RFC 7252 §5.4.3)", `${GET} 3=`, "4.02"],
		["Uri-Port of three bytes counts as unknown (RFC 7252 §5.4.3)", `${GET} 7=010203`, "4.02"],
		["Accept of three bytes counts as unknown (RFC 7252 §5.4.3)", `${GET} 17=000000`, "4.02"],
		["Uri-Path of 256 bytes counts as unknown (RFC 7252 §5.4.3)", `CON GET 0001 Uri-Path=${"a".repeat(256)}`, "4.02"],
		["Uri-Path of 255 bytes is only not found", `CON GET 0001 Uri-Path=${"a".repeat(255)}`, "4.04"],
		["If-None-Match with a value counts as unknown (RFC 7252 §5.4.3)", `${GET} If-None-Match=00`, "4.02"],
		["Block2 of four bytes counts as unknown (RFC 7252 §5.4.3)", `${GET} 23=00000000`, "4.02"],
		["Content-Format of three bytes, which is elective, is ignored (RFC 7252 §5.4.3)", `${GET} 12=000032`, "2.05"],
		["ETag of nine bytes, which is elective, is ignored (RFC 7252 §5.4.3)", `${GET} ETag=010203040506070809`, "2.05"],
		["two Uri-Host are refused (RFC 7252 §5.4.5)", `${GET} Uri-Host=a Uri-Host=b`, "4.02"],
		["two Accept are refused (RFC 7252 §5.4.5)", `${GET} Accept=0 Accept=0`, "4.02"],
		[
			"two Content-Format, which is elective: the first one counts (RFC 7252 §5.4.5)",
			`${GET} Content-Format=0 Content-Format=1`,
			"2.05",
		],
		["Proxy-Uri is answered 5.05 (RFC 7252 §5.10.2)", "CON GET 0001 Proxy-Uri=coap://other/a", "5.05"],
		["Proxy-Scheme is answered 5.05 (RFC 7252 §5.10.2)", `${GET} Proxy-Scheme=coap`, "5.05"],
		[
			"Proxy-Uri next to an unknown critical one is refused as unknown",
			"CON GET 0001 Proxy-Uri=coap://x 2051=",
			"4.02",
		],
	];
	for (const [name, request, code] of ROWS)
		test(name, () => {
			expect(answer(request, () => "x")[0]!.slice(0, 13)).toBe(`ACK ${code} 0001`);
		});

	test("in a NON that is critical and unknown is rejected silently, without side effect (RFC 7252 §5.4.1)", () => {
		let calls = 0;
		const put = (): Result => {
			calls++;
			return undefined;
		};
		expect(serving("a", { put }).client.sends("NON PUT 0001 Uri-Path=a 2051=")).toEqual([]);
		expect(calls).toBe(0);
	});
});

describe("content negotiation", () => {
	const options: ResourceOptions = {
		ct: [0, 50],
		get: (request) => (request.accept === 50 ? { payload: "{}", format: 50 } : "x"),
	};

	test("gives the format that Accept names", () => {
		expect(serving("a", options).client.sends("CON GET 0001 Uri-Path=a Accept=50")).toEqual([
			"ACK 2.05 0001 Content-Format=50 | {}",
		]);
	});

	test("answers 4.06 when Accept is not among the resource's formats, before the handler runs (RFC 7252 §5.10.4)", () => {
		let calls = 0;
		const get = (): Result => `${++calls}`;
		expect(serving("a", { ct: [0], get }).client.sends("CON GET 0001 Uri-Path=a Accept=60")).toEqual(["ACK 4.06 0001"]);
		expect(calls).toBe(0);
	});

	test("answers 4.06 when what the handler returned is not what Accept names (RFC 7252 §5.10.4)", () => {
		expect(answer("CON GET 0001 Uri-Path=a Accept=50", () => "text")).toEqual(["ACK 4.06 0001"]);
	});

	test("leaves an error of the handler as it is", () => {
		expect(answer("CON GET 0001 Uri-Path=a Accept=50", () => ({ code: Code.FORBIDDEN, payload: "no" }))).toEqual([
			"ACK 4.03 0001 | no",
		]);
	});

	test("answers 4.15 to a format that the resource does not take, before the handler runs (RFC 7252 §5.10.3)", () => {
		let calls = 0;
		const put = (): Result => `${++calls}`;
		const request = "CON PUT 0001 Uri-Path=a Content-Format=60 | x";
		expect(serving("a", { ct: [0, 50], put }).client.sends(request)).toEqual(["ACK 4.15 0001"]);
		expect(serving("a", { ct: [60], accepts: [0], put }).client.sends(request)).toEqual(["ACK 4.15 0001"]);
		expect(calls).toBe(0);
		expect(serving("a", { ct: [0], accepts: [60], put }).client.sends(request)).toEqual([
			"ACK 2.04 0001 Content-Format=0 | 1",
		]);
		expect(serving("a", { put }).client.sends(request)).toEqual(["ACK 2.04 0001 Content-Format=0 | 2"]);
	});
});

describe("a conditional request", () => {
	/** A resource with an ETag that counts what is put. */
	function conditional() {
		let puts = 0;
		const served = serving("a", {
			get: () => ({ payload: "x", etag: hex("0102") }),
			put(request) {
				if (request.code === Code.PUT) puts++;
				return undefined;
			},
		});
		return { ...served, puts: () => puts };
	}

	const ROWS: [name: string, options: string, code: string, puts: number][] = [
		["with the current ETag in If-Match is done", "If-Match=0102", "2.04", 1],
		["with another ETag in If-Match is answered 4.12", "If-Match=0103", "4.12", 0],
		["with a shorter ETag in If-Match is answered 4.12", "If-Match=01", "4.12", 0],
		["with one of several ETags in If-Match is done", "If-Match=ff If-Match=0102", "2.04", 1],
		["with an empty If-Match is done, since the resource exists", "If-Match=", "2.04", 1],
		["with If-None-Match is answered 4.12, since the resource exists", "If-None-Match=", "4.12", 0],
	];
	for (const [name, options, code, puts] of ROWS)
		test(`${name} (RFC 7252 §5.10.8)`, () => {
			const served = conditional();
			expect(served.client.sends(`CON PUT 0001 Uri-Path=a ${options}`)).toEqual([`ACK ${code} 0001`]);
			expect(served.puts()).toBe(puts);
		});

	test("is answered 4.12 when the resource tells no ETag", () => {
		expect(answer("CON PUT 0001 Uri-Path=a If-Match=01", nothing)).toEqual(["ACK 4.12 0001"]);
		expect(serving("a", { put: nothing }).client.sends("CON PUT 0001 Uri-Path=a If-Match=01")).toEqual([
			"ACK 4.12 0001",
		]);
	});

	test("GET with the current ETag is answered 2.03 without payload (RFC 7252 §5.6.2)", () => {
		const { client } = conditional();
		expect(client.sends("CON GET 0001 Uri-Path=a ETag=0102")).toEqual(["ACK 2.03 0001 ETag=0102"]);
		expect(client.sends("CON GET 0002 Uri-Path=a ETag=ff ETag=0102")).toEqual(["ACK 2.03 0002 ETag=0102"]);
		expect(client.sends("CON GET 0004 Uri-Path=a ETag=")[0]).toMatch("ACK 2.05");
		expect(client.sends("CON GET 0003 Uri-Path=a ETag=ff")).toEqual(["ACK 2.05 0003 ETag=0102 Content-Format=0 | x"]);
	});
});

describe("blocks (RFC 7959)", () => {
	const long = "0123456789abcdef".repeat(100);
	const read = (request: string, payload = long) => answer(request, () => payload);

	test("a representation over 1,024 bytes is sent in blocks of that size", () => {
		expect(read("CON GET 0001 Uri-Path=a")).toEqual([
			`ACK 2.05 0001 Content-Format=0 Block2=14 | ${long.slice(0, 1024)}`,
		]);
		expect(read("CON GET 0001 Uri-Path=a Block2=22")).toEqual([
			`ACK 2.05 0001 Content-Format=0 Block2=22 | ${long.slice(1024)}`,
		]);
	});

	test("1,024 bytes are sent whole, 1,025 are not", () => {
		expect(read("CON GET 0001 Uri-Path=a", "x".repeat(1024))).toEqual([
			`ACK 2.05 0001 Content-Format=0 | ${"x".repeat(1024)}`,
		]);
		expect(read("CON GET 0001 Uri-Path=a", "x".repeat(1025))[0]).toMatch("Block2=14 | x");
	});

	test("it is bytes that count, not characters", () => {
		expect(read("CON GET 0001 Uri-Path=a", "°".repeat(512))).toEqual([
			`ACK 2.05 0001 Content-Format=0 | ${"°".repeat(512)}`,
		]);
		expect(read("CON GET 0001 Uri-Path=a", "°".repeat(513))[0]).toMatch("Block2=14 | °");
	});

	test("a client may ask for smaller blocks, and its SZX decides where each starts (§2.3)", () => {
		expect(read("CON GET 0001 Uri-Path=a Block2=0")).toEqual([
			"ACK 2.05 0001 Content-Format=0 Block2=8 | 0123456789abcdef",
		]);
		expect(read("CON GET 0001 Uri-Path=a Block2=33")).toEqual([
			`ACK 2.05 0001 Content-Format=0 Block2=41 | ${long.slice(64, 96)}`,
		]);
	});

	test("the last block of a body of whole blocks is the last one", () => {
		expect(read("CON GET 0001 Uri-Path=a Block2=16", long.slice(0, 32))).toEqual([
			"ACK 2.05 0001 Content-Format=0 Block2=16 | 0123456789abcdef",
		]);
	});

	test("what fits is sent whole in block 0, with Block2", () => {
		expect(read("CON GET 0001 Uri-Path=a Block2=2", "short")).toEqual([
			"ACK 2.05 0001 Content-Format=0 Block2=2 | short",
		]);
	});

	test("a block after the end is answered 4.00 (§2.4)", () => {
		expect(read("CON GET 0001 Uri-Path=a Block2=1606")).toEqual(["ACK 4.00 0001"]);
		expect(read("CON GET 0001 Uri-Path=a Block2=16", "0123456789abcdef")).toEqual(["ACK 4.00 0001"]);
	});

	test("SZX 7 is answered 4.00, in Block1 as well (§2.2)", () => {
		expect(read("CON GET 0001 Uri-Path=a Block2=7")).toEqual(["ACK 4.00 0001"]);
		expect(read("CON PUT 0001 Uri-Path=a Block1=7 | x")).toEqual(["ACK 4.00 0001"]);
	});

	test("a body in one block is taken, and Block1 comes back (§2.3)", () => {
		expect(answer("CON PUT 0001 Uri-Path=a Block1=2 | x", nothing)).toEqual(["ACK 2.04 0001 Block1=2"]);
	});

	test("the first of several blocks is answered 4.13 (§2.9.3)", () => {
		expect(answer("CON PUT 0001 Uri-Path=a Block1=8 | 0123456789abcdef", nothing)).toEqual(["ACK 4.13 0001"]);
	});

	test("a block without those before it is answered 4.08 (§2.9.2)", () => {
		expect(answer("CON PUT 0001 Uri-Path=a Block1=80 | x", nothing)).toEqual(["ACK 4.08 0001"]);
	});

	test("a later block of the answer to a POST does not run the handler again", () => {
		let calls = 0;
		expect(answer("CON POST 0001 Uri-Path=a Block2=16", () => `${++calls}`)).toEqual(["ACK 4.08 0001"]);
		expect(calls).toBe(0);
	});

	test("an answer to POST over 1,024 bytes is 5.00 and reported", () => {
		const { pair, client } = serving("a", { post: () => long });
		expect(client.sends("CON POST 0001 Uri-Path=a")).toEqual(["ACK 5.00 0001"]);
		expect(pair.errors[0]!.message).toBe("POST a: expected at most 1024 bytes of payload, got 1600");
	});
});

describe("No-Response (RFC 7967 §2)", () => {
	const ROWS: [value: number, path: string, reply: string[]][] = [
		[26, "a", []],
		[2, "a", []],
		[2, "b", ["NON 4.04 1000"]],
		[8, "b", []],
		[8, "a", ["NON 2.05 1000 Content-Format=0 | x"]],
		[16, "c", []],
		[24, "a", ["NON 2.05 1000 Content-Format=0 | x"]],
		[0, "a", ["NON 2.05 1000 Content-Format=0 | x"]],
	];
	for (const [value, path, reply] of ROWS)
		test(`${value} on a NON to /${path}`, () => {
			const { pair, client } = serving("a", { get: () => "x" });
			pair.server.resource("c", {
				get() {
					throw new Error("c");
				},
			});
			expect(client.sends(`NON GET 0001 Uri-Path=${path} No-Response=${value}`)).toEqual(reply);
		});

	test("26 on a CON is acknowledged without a response, and again when it repeats", () => {
		const { client } = serving("a", { get: () => "x" });
		expect(client.sends("CON GET 0001 [aa] Uri-Path=a No-Response=26")).toEqual(["ACK 0.00 0001"]);
		expect(client.sends("CON GET 0001 [aa] Uri-Path=a No-Response=26")).toEqual(["ACK 0.00 0001"]);
	});
});

test("garbage of every length up to 40 bytes of 0xff is answered by nothing", () => {
	const pair = new Pair();
	for (let length = 0; length <= 40; length++) pair.client().sends(new Uint8Array(length).fill(255));
	expect(pair.sent).toEqual([]);
});

test("a server without resources still answers", () => {
	expect(new Pair().client().sends("CON GET 0001 Uri-Path=a")).toEqual(["ACK 4.04 0001"]);
	expect(new Server({ random: () => 0 }).deadline).toBe(Infinity);
});
