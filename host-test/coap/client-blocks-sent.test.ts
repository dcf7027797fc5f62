// SPDX-License-Identifier: MIT
// Requests in blocks at the client (RFC 7959 §2.5, RFC 9175 §3), as timelines.
import { describe, expect, test } from "vitest";
import { Code } from "../../src/coap/index.ts";
import { asking, block, part, text } from "../support/coap-client-blocks.ts";

describe("a request in blocks", () => {
	const put = { code: Code.PUT, payload: text(40), blockSize: 16 };
	const sent = (messageId: string, token: string, num: number, size1 = "") =>
		`CON PUT ${messageId} [${token}] Uri-Path=a Block2=0 Block1=${block(num, num < 2, 0)}${size1} 292=8000 | ${text(40).slice(num * 16, num * 16 + 16)}`;

	test("leaves block by block, as each is answered 2.31 (§2.5)", () => {
		const { pair, first } = asking(put);
		expect(first).toEqual([sent("1000", "80808080", 0, " Size1=40")]);
		expect(pair.receives(`ACK 2.31 1000 [80808080] Block1=${block(0, true, 0)}`)).toEqual([
			sent("1001", "80808080", 1),
		]);
		expect(pair.receives(`ACK 2.31 1001 [80808080] Block1=${block(1, true, 0)}`)).toEqual([
			sent("1002", "80808080", 2),
		]);
		expect(pair.receives(`ACK 2.04 1002 [80808080] Block1=${block(2, false, 0)}`)).toEqual([]);
		expect(pair.news()).toEqual(["2.04"]);
	});

	test("leaves so when it has more than 1,024 bytes, and not when it has no more", () => {
		const { first } = asking({ code: Code.PUT, payload: text(1025) });
		expect(first[0]).toMatch(new RegExp(` Block1=${block(0, true, 6)} Size1=1025 292=8000 `));
		expect(asking({ code: Code.PUT, payload: text(1024) }).first[0]).toBe(
			`CON PUT 1000 [80808080] Uri-Path=a | ${text(1024)}`,
		);
	});

	test("has smaller blocks beside many options", () => {
		const query = [text(200), text(200)];
		expect(asking({ code: Code.PUT, payload: text(700), query }).first[0]).toMatch(
			new RegExp(` Block1=${block(0, true, 5)} Size1=700 `),
		);
		expect(() => asking({ code: Code.PUT, payload: text(700), query: Array(5).fill(text(210)) })).toThrow(
			/expected room/,
		);
	});

	test("goes on in smaller blocks when the server answers with them (§2.3)", () => {
		const { pair } = asking({ code: Code.PUT, payload: text(80), blockSize: 64 });
		expect(pair.receives(`ACK 2.31 1000 [80808080] Block1=${block(0, true, 0)}`)[0]).toMatch(
			new RegExp(` Block1=${block(4, false, 0)} 292=8000 \\| ${text(80).slice(64)}$`),
		);
	});

	test("starts anew in smaller blocks when the server says that one is too large (§2.9.3)", () => {
		const { pair } = asking({ code: Code.PUT, payload: text(80), blockSize: 64 });
		expect(pair.receives(`ACK 4.13 1000 [80808080] Block1=${block(0, true, 1)}`)[0]).toMatch(
			new RegExp(` Block1=${block(0, true, 1)} Size1=80 292=[0-9a-f]+ \\| ${text(32)}$`),
		);
		pair.receives(`ACK 4.13 1001 [80808080] Block1=${block(0, true, 1)}`);
		expect(pair.news()).toEqual(["4.13"]);
	});

	test("is begun when the server wants blocks of what came whole (§2.9.3)", () => {
		const { pair, first } = asking({ code: Code.PUT, payload: text(40) });
		expect(first[0]).not.toMatch(/Block1/);
		expect(pair.receives(`ACK 4.13 1000 [80808080] Block1=${block(0, false, 0)}`)[0]).toMatch(
			new RegExp(` Block1=${block(0, true, 0)} Size1=40 292=[0-9a-f]+ \\| ${text(16)}$`),
		);
	});

	test("starts anew, as another body, when the server lost a block (§2.9.2, RFC 9175 §3.3)", () => {
		const { pair } = asking(put);
		pair.receives(`ACK 2.31 1000 [80808080] Block1=${block(0, true, 0)}`);
		const [again] = pair.receives("ACK 4.08 1001 [80808080]");
		expect(again).toMatch(new RegExp(` Block1=${block(0, true, 0)} Size1=40 292=8001 \\| ${text(16)}$`));
	});

	test("is given up when the server loses blocks again and again", () => {
		const { pair } = asking(put);
		for (let i = 0; i < 3; i++) expect(pair.receives(`ACK 4.08 100${i} [80808080]`)).toHaveLength(1);
		expect(pair.receives("ACK 4.08 1003 [80808080]")).toEqual([]);
		expect(pair.news()).toEqual(["4.08"]);
	});

	test("is not cut into blocks that are larger than it is", () => {
		const { pair } = asking({ code: Code.PUT, payload: text(40) });
		expect(pair.receives(`ACK 4.13 1000 [80808080] Block1=${block(0, false, 2)}`)).toEqual([]);
		expect(pair.news()).toEqual(["4.13"]);
	});

	test("ends with a refusal", () => {
		const { pair } = asking(put);
		expect(pair.receives("ACK 4.05 1000 [80808080]")).toEqual([]);
		expect(pair.news()).toEqual(["4.05"]);
	});

	test("fails when the server wants more than there is", () => {
		const { pair } = asking(put);
		pair.receives(`ACK 2.31 1000 [80808080] Block1=${block(0, true, 0)}`);
		pair.receives(`ACK 2.31 1001 [80808080] Block1=${block(1, true, 0)}`);
		pair.receives(`ACK 2.31 1002 [80808080] Block1=${block(2, false, 0)}`);
		expect(pair.news()).toEqual(["failed: the server wants more of the request's body than there is"]);
	});

	test("may be answered in blocks, which are asked for without a payload (§3.3)", () => {
		const { pair } = asking({ code: Code.POST, payload: text(20), blockSize: 16 });
		pair.receives(`ACK 2.31 1000 [80808080] Block1=${block(0, true, 0)}`);
		expect(pair.receives(`ACK 2.04 1001 [80808080] Block1=${block(1, false, 0)} ${part(0, 20)}`)).toEqual([
			`CON POST 1002 [81808080] Uri-Path=a Block2=${block(1, false, 0)} 292=8000`,
		]);
		pair.receives(`ACK 2.04 1002 [81808080] ${part(1, 20)}`);
		expect(pair.news()).toEqual([`2.04 | ${text(20)}`]);
	});

	test("repeats the block with the Echo option that the server asks for", () => {
		const { pair } = asking(put);
		pair.receives(`ACK 2.31 1000 [80808080] Block1=${block(0, true, 0)}`);
		expect(pair.receives("ACK 4.01 1001 [80808080] 252=aa")[0]).toMatch(
			new RegExp(` Block1=${block(1, true, 0)} 252=aa 292=8000 \\| `),
		);
	});

	test("cannot be one that observes", () => {
		expect(() => asking({ code: Code.FETCH, observe: true, payload: text(2000) })).toThrow(
			/expected at most 1024 bytes of payload to observe, got 2000/,
		);
	});

	for (const blockSize of [0, 15, 1025, Number.NaN])
		test(`a blockSize of ${blockSize} is refused`, () => {
			expect(() => asking({ blockSize })).toThrow(/expected blockSize from 16 to 1024/);
		});
});
