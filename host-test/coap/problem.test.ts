// SPDX-License-Identifier: MIT
// What an error says: a diagnostic payload (RFC 7252 §5.5.2), or problem details (RFC 9290).
import { describe, expect, test } from "vitest";
import { Code } from "../../src/coap/index.ts";
import { answer, serving } from "../support/coap-serving.ts";
import { toHex } from "../support/hex.ts";

const bad = (payload?: string | Uint8Array, format?: number) => () => ({ code: Code.BAD_REQUEST, payload, format });

describe("an error", () => {
	for (const [options, number] of [
		["9=", 9],
		["2051=00", 2051],
		["65535=", 65535],
		["Uri-Host=a Uri-Host=b", 3],
	] as const)
		test(`of ${options} says which option is not recognized (RFC 7252 §5.4.1) [CoAP-1.6]`, () => {
			expect(answer(`CON GET 0001 Uri-Path=a ${options}`, () => "x")).toEqual([`ACK 4.02 0001 | option ${number}`]);
		});

	test("about an option is answered with no more than three times what came", () => {
		for (const [request, least] of [
			["CON GET 0001 9=", 5],
			["CON GET 0001 255=", 6],
			["CON GET 0001 65535=", 7],
		] as const) {
			const { pair, client } = serving("a", {});
			client.sends(request);
			expect(pair.sent[0]!.bytes.length).toBeLessThanOrEqual(3 * least);
		}
	});

	test("is in problem details for who accepts them (RFC 9290 §2) [CoAP-6.8]", () => {
		const details = (payload: string | undefined, method = "PUT") => {
			const { pair, client } = serving("a", { put: bad(payload) });
			client.sends(`CON ${method} 0001 Uri-Path=a Accept=257 | a body that is long enough for an answer`);
			const { bytes } = pair.sent[0]!;
			return toHex(bytes.subarray(4));
		};
		// {-2: "no", -4: 128}, behind Content-Format 257
		expect(details("no")).toBe("c20101ffa221626e6f231880");
		expect(details(undefined)).toBe("c20101ffa1231880");
		expect(details("", "DELETE")).toBe("c20101ffa1231885");
		expect(details("x".repeat(24))).toBe(`c20101ffa2217818${"78".repeat(24)}231880`);
	});

	test("of 300 bytes has them, too", () => {
		const { pair, client } = serving("a", { put: bad("x".repeat(300)) });
		client.sends(`CON PUT 0001 Uri-Path=a Accept=257 | ${"y".repeat(200)}`);
		expect(toHex(pair.sent[0]!.bytes.subarray(4, 13))).toBe("c20101ffa22179012c");
	});

	test("has what its handler gave it in a format of its own", () => {
		expect(answer("CON PUT 0001 Uri-Path=a Accept=257", bad("{}", 50))).toEqual([
			"ACK 4.00 0001 Content-Format=50 | {}",
		]);
	});

	test("is a text for others", () => {
		expect(answer("CON PUT 0001 Uri-Path=a Accept=0", bad("no"))).toEqual(["ACK 4.00 0001 | no"]);
	});

	test("is none where all is well", () => {
		expect(answer("CON PUT 0001 Uri-Path=a Accept=257", () => undefined)).toEqual(["ACK 2.04 0001"]);
	});
});
