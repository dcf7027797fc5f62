// SPDX-License-Identifier: MIT
// Requests and responses: RFC 7252 §5, RFC 7959 and RFC 7967 as far as a server without blockwise uploads goes.
import { describe, expect, test } from "vitest";
import { Code, type ResourceOptions, type Result, Server } from "../../src/coap/index.ts";
import { Pair } from "../support/coap-pair.ts";
import { answer, nothing, serving } from "../support/coap-serving.ts";
import { hex } from "../support/hex.ts";

describe("a method", () => {
	for (const code of ["GET", "POST", "PUT", "DELETE", "FETCH", "PATCH", "iPATCH"])
		test(`${code} without a handler is answered 4.05 (RFC 7252 §5.8) [CoAP-6.1]`, () => {
			expect(serving("a", {}).client.sends(`CON ${code} 0001 Uri-Path=a`)).toEqual(["ACK 4.05 0001"]);
		});

	for (const code of ["0.08", "0.31"])
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
		["that is elective and unknown is ignored (RFC 7252 §5.4.1) [CoAP-1.5]", `${GET} 65000=0102`, "2.05"],
		["Hop-Limit is left to proxies (RFC 8768 §3)", `${GET} Hop-Limit=16`, "2.05"],
		["Hop-Limit of 255 is, too", `${GET} 16=ff`, "2.05"],
		["Hop-Limit of 0 is answered 4.00 (RFC 8768 §3) [CoAP-6.9]", `${GET} 16=`, "4.00"],
		["Hop-Limit of 0 in a byte is answered 4.00 (RFC 8768 §3)", `${GET} 16=00`, "4.00"],
		["Hop-Limit of 256 is answered 4.00 (RFC 8768 §3)", `${GET} 16=0100`, "4.00"],
		["Uri-Host and Uri-Port are accepted (RFC 7252 §5.10.1)", `${GET} Uri-Host=thing.local Uri-Port=5683`, "2.05"],
		["Uri-Host without a value counts as unknown (RFC 7252 §5.4.3) [CoAP-1.3]", `${GET} 3=`, "4.02"],
		["Uri-Port of three bytes counts as unknown (RFC 7252 §5.4.3) [CoAP-1.3]", `${GET} 7=010203`, "4.02"],
		["Accept of three bytes counts as unknown (RFC 7252 §5.4.3)", `${GET} 17=000000`, "4.02"],
		["Uri-Path of 256 bytes counts as unknown (RFC 7252 §5.4.3)", `CON GET 0001 Uri-Path=${"a".repeat(256)}`, "4.02"],
		["Uri-Path of 255 bytes is only not found", `CON GET 0001 Uri-Path=${"a".repeat(255)}`, "4.04"],
		["If-None-Match with a value counts as unknown (RFC 7252 §5.4.3)", `${GET} If-None-Match=00`, "4.02"],
		["Block2 of four bytes counts as unknown (RFC 7252 §5.4.3)", `${GET} 23=00000000`, "4.02"],
		[
			"Content-Format of three bytes, which is elective, is ignored (RFC 7252 §5.4.3) [CoAP-1.3]",
			`${GET} 12=000032`,
			"2.05",
		],
		["ETag of nine bytes, which is elective, is ignored (RFC 7252 §5.4.3)", `${GET} ETag=010203040506070809`, "2.05"],
		["two Uri-Host are refused (RFC 7252 §5.4.5)", `${GET} Uri-Host=a Uri-Host=b`, "4.02"],
		["two Accept are refused (RFC 7252 §5.4.5) [CoAP-1.4]", `${GET} Accept=0 Accept=0`, "4.02"],
		[
			"two Content-Format, which is elective: the first one counts (RFC 7252 §5.4.5)",
			`${GET} Content-Format=0 Content-Format=1`,
			"2.05",
		],
		["Proxy-Uri is answered 5.05 (RFC 7252 §5.10.2) [CoAP-6.2]", "CON GET 0001 Proxy-Uri=coap://other/a", "5.05"],
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

	test("in a NON that is critical and unknown is rejected silently, without side effect (RFC 7252 §5.4.1) [CoAP-1.2]", () => {
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

	test("answers 4.06 when Accept is not among the resource's formats, before the handler runs (RFC 7252 §5.10.4) [CoAP-6.3]", () => {
		let calls = 0;
		const get = (): Result => `${++calls}`;
		expect(serving("a", { ct: [0], get }).client.sends("CON GET 0001 Uri-Path=a Accept=60")).toEqual(["ACK 4.06 0001"]);
		expect(calls).toBe(0);
	});

	test("answers 4.06 when what the handler returned is not what Accept names (RFC 7252 §5.10.4) [CoAP-6.3]", () => {
		expect(answer("CON GET 0001 Uri-Path=a Accept=50", () => "text")).toEqual(["ACK 4.06 0001"]);
	});

	test("leaves an error of the handler as it is", () => {
		expect(answer("CON GET 0001 Uri-Path=a Accept=50", () => ({ code: Code.FORBIDDEN, payload: "no" }))).toEqual([
			"ACK 4.03 0001 | no",
		]);
	});

	test("answers 4.15 to a format that the resource does not take, before the handler runs (RFC 7252 §5.10.3) [CoAP-6.6]", () => {
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
		test(`${name} (RFC 7252 §5.10.8) [CoAP-6.4]`, () => {
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

	test("GET with the current ETag is answered 2.03 without payload (RFC 7252 §5.6.2) [CoAP-6.5]", () => {
		const { client } = conditional();
		expect(client.sends("CON GET 0001 Uri-Path=a ETag=0102")).toEqual(["ACK 2.03 0001 ETag=0102"]);
		expect(client.sends("CON GET 0002 Uri-Path=a ETag=ff ETag=0102")).toEqual(["ACK 2.03 0002 ETag=0102"]);
		expect(client.sends("CON GET 0004 Uri-Path=a ETag=")[0]).toMatch("ACK 2.05");
		expect(client.sends("CON GET 0003 Uri-Path=a ETag=ff")).toEqual(["ACK 2.05 0003 ETag=0102 Content-Format=0 | x"]);
	});
});

describe("blocks (RFC 7959)", () => {
	const long = "0123456789abcdef".repeat(100);
	/** The answer to `request`, without the ETag that it gets when it is not whole. */
	const read = (request: string, payload = long) =>
		answer(request, () => payload).map((reply) => reply.replace(/(?<=ACK 2.05 0001) ETag=\w{8}(?=.*Block2)/, ""));

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

	test("a client may ask for smaller blocks, and its SZX decides where each starts (§2.3) [CoAP-10.5]", () => {
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

	test("SZX 7 is answered 4.00, in Block1 as well (§2.2) [CoAP-10.1]", () => {
		expect(read("CON GET 0001 Uri-Path=a Block2=7")).toEqual(["ACK 4.00 0001"]);
		expect(read("CON PUT 0001 Uri-Path=a Block1=7 | x")).toEqual(["ACK 4.00 0001"]);
	});

	test("a body in one block is taken, and Block1 comes back (§2.3)", () => {
		expect(answer("CON PUT 0001 Uri-Path=a Block1=2 | x", nothing)).toEqual(["ACK 2.04 0001 Block1=2"]);
	});

	test("a block without those before it is answered 4.08 (§2.9.2)", () => {
		expect(answer("CON PUT 0001 Uri-Path=a Block1=80 | x", nothing)).toEqual(["ACK 4.08 0001"]);
	});

	test("a later block of the answer to a POST does not run the handler again", () => {
		let calls = 0;
		expect(answer("CON POST 0001 Uri-Path=a Block2=16", () => `${++calls}`)).toEqual(["ACK 4.08 0001"]);
		expect(calls).toBe(0);
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
