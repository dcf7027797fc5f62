// SPDX-License-Identifier: MIT
// Bodies in blocks at the client (RFC 7959, RFC 9175 §3), as timelines.
import { describe, expect, test } from "vitest";
import type { ClientRequest } from "../../src/coap/client.ts";
import { Code } from "../../src/coap/index.ts";
import { ClientPair } from "../support/coap-client-pair.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const text = (length: number) => LETTERS.repeat(Math.ceil(length / LETTERS.length)).slice(0, length);

/** The value of a block option. */
const block = (num: number, more: boolean, szx: number) => (num << 4) | (more ? 8 : 0) | szx;

/** What the block `num` of 16 bytes of a body of `length` is answered with. */
function part(num: number, length: number, options = ""): string {
	const more = (num + 1) * 16 < length;
	return `Block2=${block(num, more, 0)}${options} | ${text(length).slice(num * 16, (num + 1) * 16)}`;
}

function asking(request: Partial<ClientRequest> = {}) {
	const pair = new ClientPair({ bodySize: 64 });
	pair.ask(request);
	return { pair, first: pair.sends() };
}

describe("a response in blocks", () => {
	test("is asked for block by block, and told as one (§2.4)", () => {
		const { pair } = asking();
		expect(pair.receives(`ACK 2.05 1000 [80808080] ETag=01 ${part(0, 40)}`)).toEqual([
			`CON GET 1001 [81808080] Uri-Path=a Block2=${block(1, false, 0)}`,
		]);
		expect(pair.receives(`ACK 2.05 1001 [81808080] ETag=01 ${part(1, 40)}`)).toEqual([
			`CON GET 1002 [80808080] Uri-Path=a Block2=${block(2, false, 0)}`,
		]);
		expect(pair.receives(`ACK 2.05 1002 [80808080] ETag=01 ${part(2, 40)}`)).toEqual([]);
		expect(pair.news()).toEqual([`2.05 | ${text(40)}`]);
		expect(pair.client.requests).toBe(0);
	});

	test("whose first one is all is told at once", () => {
		const { pair } = asking();
		pair.receives(`ACK 2.05 1000 [80808080] Block2=${block(0, false, 2)} | x`);
		expect(pair.news()).toEqual(["2.05 | x"]);
	});

	test("is asked for in the size that is wanted, and taken in the size that comes", () => {
		const { pair, first } = asking({ blockSize: 64 });
		expect(first).toEqual([`CON GET 1000 [80808080] Uri-Path=a Block2=${block(0, false, 2)}`]);
		expect(pair.receives(`ACK 2.05 1000 [80808080] ${part(0, 20)}`)).toEqual([
			`CON GET 1001 [81808080] Uri-Path=a Block2=${block(1, false, 0)}`,
		]);
		pair.receives(`ACK 2.05 1001 [81808080] ${part(1, 20)}`);
		expect(pair.news()).toEqual([`2.05 | ${text(20)}`]);
	});

	test("comes on its own, too, and each is acknowledged", () => {
		const { pair } = asking();
		pair.receives("ACK 0.00 1000");
		expect(pair.receives(`CON 2.05 7000 [80808080] ${part(0, 20)}`)).toEqual([
			"ACK 0.00 7000",
			`CON GET 1001 [81808080] Uri-Path=a Block2=${block(1, false, 0)}`,
		]);
		expect(pair.receives(`CON 2.05 7000 [80808080] ${part(0, 20)}`)).toEqual(["ACK 0.00 7000"]);
		pair.receives("ACK 0.00 1001");
		expect(pair.receives(`CON 2.05 7001 [81808080] ${part(1, 20)}`)).toEqual(["ACK 0.00 7001"]);
		expect(pair.news()).toEqual([`2.05 | ${text(20)}`]);
	});

	test("of several representations is asked for anew, three times (§2.4)", () => {
		const { pair } = asking();
		let messageId = 0x1000;
		const answer = (options: string) => {
			const token = messageId % 2 ? "81808080" : "80808080";
			return pair.receives(`ACK 2.05 ${(messageId++).toString(16)} [${token}] ${options}`);
		};
		for (let i = 0; i < 4; i++) {
			expect(answer(`ETag=0${i} ${part(0, 40)}`)).toHaveLength(1);
			const next = answer(`ETag=f${i} ${part(1, 40)}`);
			if (i < 3) expect(next[0]).toMatch(/ Block2=0$/);
		}
		expect(pair.news()).toEqual(["failed: the response's blocks came of several representations, again and again"]);
	});

	test("of which the server forgot the rest is asked for anew in blocks of the same size (§2.9.2)", () => {
		const { pair } = asking();
		pair.receives(`ACK 2.05 1000 [80808080] Block2=${block(0, true, 1)} | ${text(32)}`);
		expect(pair.receives("ACK 4.08 1001 [81808080]")).toEqual([
			`CON GET 1002 [80808080] Uri-Path=a Block2=${block(0, false, 1)}`,
		]);
		pair.receives(`ACK 2.05 1002 [80808080] Block2=${block(0, false, 1)} | short`);
		expect(pair.news()).toEqual(["2.05 | short"]);
	});

	test("that is small for want of an Echo option is asked for anew with it, once, in the size that is wanted (RFC 9175 §2.4)", () => {
		const { pair } = asking();
		expect(pair.receives(`ACK 2.05 1000 [80808080] ${part(0, 40, " 252=beef")}`)).toEqual([
			"CON GET 1001 [81808080] Uri-Path=a Block2=6 252=beef",
		]);
		expect(pair.receives(`ACK 2.05 1001 [81808080] ${part(0, 40, " 252=f00d")}`)).toEqual([
			`CON GET 1002 [80808080] Uri-Path=a Block2=${block(1, false, 0)}`,
		]);
		const other = asking();
		other.pair.receives(`ACK 2.05 1000 [80808080] ${part(0, 40, " 252=beef")}`);
		other.pair.receives(`ACK 2.05 1001 [81808080] Block2=6 | ${text(40)}`);
		expect(other.pair.news()).toEqual([`2.05 | ${text(40)}`]);
		const { pair: modest } = asking({ blockSize: 16 });
		expect(modest.receives(`ACK 2.05 1000 [80808080] ${part(0, 40, " 252=beef")}`)[0]).toMatch(/ Block2=16$/);
	});

	test("to what must not be done twice is never begun anew", () => {
		for (const code of [Code.POST, Code.PUT, Code.PATCH]) {
			const small = asking({ code, payload: "q" }).pair;
			expect(small.receives(`ACK 2.04 1000 [80808080] ${part(0, 40, " 252=beef")}`)[0]).toMatch(/ Block2=16$/);
			expect(small.receives("ACK 4.08 1001 [81808080]")).toEqual([]);
			expect(small.news()).toEqual(["failed: the response's blocks came in part"]);
			const changed = asking({ code, payload: "q" }).pair;
			changed.receives(`ACK 2.04 1000 [80808080] ETag=01 ${part(0, 40)}`);
			expect(changed.receives(`ACK 2.04 1001 [81808080] ETag=02 ${part(1, 40)}`)).toEqual([]);
			expect(changed.news()).toEqual(["failed: the response's blocks came of several representations"]);
		}
	});

	test("is not begun by a 4.08", () => {
		const { pair } = asking();
		pair.receives("ACK 4.08 1000 [80808080]");
		expect(pair.news()).toEqual(["4.08"]);
	});

	test("that another refusal interrupts ends with that", () => {
		const { pair } = asking();
		pair.receives(`ACK 2.05 1000 [80808080] ${part(0, 40)}`);
		pair.receives("ACK 4.04 1001 [81808080]");
		expect(pair.news()).toEqual(["4.04"]);
	});

	const unusable: [what: string, options: string, news: RegExp][] = [
		[
			"longer than bodySize",
			`Block2=${block(0, true, 2)} | ${text(64)}`,
			/^failed: the response's body is longer than 64/,
		],
		[
			"of the reserved size (§2.2)",
			`Block2=${block(0, true, 7)} | x`,
			/^failed: a block has the size that is reserved/,
		],
	];
	for (const [what, options, news] of unusable)
		test(`${what} fails the request`, () => {
			const { pair } = asking();
			expect(pair.receives(`ACK 2.05 1000 [80808080] ${options}`)).toEqual([]);
			expect(pair.news()[0]).toMatch(news);
		});

	test("with a block that nobody asked for, or that is too short, is asked for anew", () => {
		const { pair } = asking();
		expect(pair.receives(`ACK 2.05 1000 [80808080] ${part(1, 40)}`)[0]).toMatch(/ Block2=0$/);
		expect(pair.receives(`ACK 2.05 1001 [81808080] Block2=${block(0, true, 0)} | short`)[0]).toMatch(/ Block2=0$/);
	});

	test("of which the application wants one is that one", () => {
		const { pair, first } = asking({ options: [{ number: 23, value: Uint8Array.of(block(1, false, 0)) }] });
		expect(first[0]).toMatch(/Block2=16$/);
		pair.receives(`ACK 2.05 1000 [80808080] ${part(1, 40)}`);
		expect(pair.news()).toEqual([`2.05 | ${text(40).slice(16, 32)}`]);
	});

	test("to a NON is asked for with NONs", () => {
		const { pair } = asking({ confirmable: false });
		expect(pair.receives(`NON 2.05 7000 [80808080] ${part(0, 20)}`)).toEqual([
			`NON GET 1001 [81808080] Uri-Path=a Block2=${block(1, false, 0)}`,
		]);
	});

	test("is given up when its next block does not come", () => {
		const { pair } = asking();
		pair.receives(`ACK 2.05 1000 [80808080] ${part(0, 20)}`);
		expect(pair.advance(1_000_000)).toHaveLength(4);
		expect(pair.news()).toEqual(["timeout"]);
	});

	test("to a FETCH is asked for with its payload (RFC 8132 §2), to a POST without (§3.3)", () => {
		for (const [code, payload] of [
			[Code.FETCH, " | q"],
			[Code.POST, ""],
		] as const) {
			const { pair } = asking({ code, payload: "q" });
			const [next] = pair.receives(`ACK 2.05 1000 [80808080] ${part(0, 20)}`);
			expect(next!.slice(next!.indexOf("Uri-Path"))).toBe(`Uri-Path=a Block2=${block(1, false, 0)}${payload}`);
		}
	});
});

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

describe("notifications in blocks (§2.6)", () => {
	function observing() {
		const { pair } = asking({ observe: true });
		expect(pair.receives(`ACK 2.05 1000 [80808080] Observe=5 ETag=01 ${part(0, 20)}`)).toEqual([
			`CON GET 1001 [81808080] Uri-Path=a Block2=${block(1, false, 0)}`,
		]);
		return pair;
	}

	test("are fetched with another token, and told as one with their number", () => {
		const pair = observing();
		pair.receives(`ACK 2.05 1001 [81808080] ETag=01 ${part(1, 20)}`);
		expect(pair.news()).toEqual([`2.05 #5 | ${text(20)}`]);
		expect(pair.receives(`CON 2.05 7000 [80808080] Observe=6 ETag=02 ${part(0, 20)}`)).toEqual([
			"ACK 0.00 7000",
			`CON GET 1002 [81808080] Uri-Path=a Block2=${block(1, false, 0)}`,
		]);
		pair.receives(`ACK 2.05 1002 [81808080] ETag=02 ${part(1, 20)}`);
		expect(pair.news()).toEqual([`2.05 #6 | ${text(20)}`]);
	});

	test("give way to a newer one, but not to a late one", () => {
		const pair = observing();
		expect(pair.receives(`NON 2.05 7000 [80808080] Observe=4 ETag=00 ${part(0, 20)}`)).toEqual([]);
		expect(pair.receives("NON 2.05 7001 [80808080] Observe=6 | short")).toEqual([]);
		pair.receives(`ACK 2.05 1001 [81808080] ETag=01 ${part(1, 20)}`);
		expect(pair.news()).toEqual(["2.05 #6 | short"]);
		expect(pair.client.requests).toBe(1);
	});

	test("are fetched to the end whatever comes late", () => {
		const pair = observing();
		pair.receives("NON 2.05 7000 [80808080] Observe=4 | old");
		expect(pair.receives(`ACK 2.05 1001 [81808080] ETag=01 ${part(1, 20)}`)).toEqual([]);
		expect(pair.news()).toEqual([`2.05 #5 | ${text(20)}`]);
	});

	test("give way to the last response, in blocks, too", () => {
		const pair = observing();
		expect(pair.receives(`CON 2.05 7000 [80808080] ETag=02 ${part(0, 20)}`)).toEqual([
			"ACK 0.00 7000",
			`CON GET 1002 [82808080] Uri-Path=a Block2=${block(1, false, 0)}`,
		]);
		pair.receives(`ACK 2.05 1002 [82808080] ETag=02 ${part(1, 20)}`);
		expect(pair.news()).toEqual([`2.05 | ${text(20)}`]);
		expect(pair.client.requests).toBe(0);
	});

	test("that change while they are fetched are fetched anew", () => {
		const pair = observing();
		expect(pair.receives(`ACK 2.05 1001 [81808080] ETag=02 ${part(1, 20)}`)).toEqual([
			`CON GET 1002 [82808080] Uri-Path=a Block2=${block(0, false, 0)}`,
		]);
	});

	test("leave the registration as it is: it is repeated, and cancelled, with its own token", () => {
		const { pair } = asking();
		pair.receives("ACK 2.05 1000 [80808080]");
		const request = pair.ask({ observe: true, blockSize: 16 });
		pair.sends();
		pair.receives(`ACK 2.05 1001 [80808080] Observe=5 Max-Age=10 ${part(0, 20)}`);
		pair.receives(`ACK 2.05 1002 [81808080] ${part(1, 20)}`);
		expect(pair.advance(20_000)).toEqual(["20 CON GET 1003 [80808080] Observe=0 Uri-Path=a Block2=0"]);
		pair.receives("ACK 2.05 1003 [80808080] Observe=6 | short");
		request.cancel();
		expect(pair.sends()).toEqual(["CON GET 1004 [80808080] Observe=1 Uri-Path=a Block2=0"]);
	});
});
