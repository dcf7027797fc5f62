// SPDX-License-Identifier: MIT
// Blocks at the server that bring a body, message by message: RFC 7959, RFC 9175 §3.
import { describe, expect, test } from "vitest";
import { type Answer, Code, type Request } from "../../src/coap/index.ts";
import { block, first, serving, text } from "../support/coap-blocks.ts";

/** A resource that keeps what it is given. */
function keeping() {
	const bodies: string[] = [];
	const take = (request: Request): Answer => {
		bodies.push(request.text());
		return undefined;
	};
	return { bodies, options: { put: take, post: take, patch: take, ipatch: take } };
}

describe("an upload", () => {
	test("is put together before the handler runs once: 2.31 until the last block (RFC 7959 §2.5) [CoAP-10.4]", () => {
		const { bodies, options } = keeping();
		const { ask } = serving(options);
		expect(ask(`PUT Block1=8 | ${text(16)}`)).toBe("2.31 Block1=8");
		expect(ask(`PUT Block1=24 | ${text(16, 16)}`)).toBe("2.31 Block1=24");
		expect(bodies).toEqual([]);
		expect(ask(`PUT Block1=32 | ${text(3, 32)}`)).toBe("2.04 Block1=32");
		expect(bodies).toEqual([text(35)]);
	});

	test("may end with a full block", () => {
		const { bodies, options } = keeping();
		const { ask } = serving(options);
		ask(`POST Block1=8 | ${text(16)}`);
		expect(ask(`POST Block1=16 | ${text(16, 16)}`)).toBe("2.04 Block1=16");
		expect(bodies).toEqual([text(32)]);
	});

	for (const szx of [0, 1, 2, 3, 4, 5, 6])
		test(`arrives in blocks of ${16 << szx} bytes`, () => {
			const { bodies, options } = keeping();
			const { ask } = serving(options);
			const size = 16 << szx;
			for (let num = 0; num < 3; num++)
				expect(ask(`PUT Block1=${block(num, true, szx)} | ${text(size, num * size)}`)).toBe(
					`2.31 Block1=${block(num, true, szx)}`,
				);
			expect(ask(`PUT Block1=${block(3, false, szx)} | ${text(1, 3 * size)}`)).toMatch(/^2\.04/);
			expect(bodies).toEqual([text(3 * size + 1)]);
		});

	for (const method of ["PATCH", "iPATCH"])
		test(`works with ${method}, too (RFC 8132)`, () => {
			const { bodies, options } = keeping();
			const { ask } = serving(options);
			expect(ask(`${method} Block1=8 | ${text(16)}`)).toBe("2.31 Block1=8");
			expect(ask(`${method} Block1=16 | ${text(2, 16)}`)).toBe("2.04 Block1=16");
			expect(bodies).toEqual([text(18)]);
		});

	test("with a block that is not the next one is answered 4.08, and may go on with the right one (RFC 7959 §2.9.2) [CoAP-10.2]", () => {
		const { bodies, options } = keeping();
		const { ask } = serving(options);
		expect(ask(`PUT Block1=24 | ${text(16)}`)).toBe("4.08");
		ask(`PUT Block1=8 | ${text(16)}`);
		expect(ask(`PUT Block1=40 | ${text(16)}`)).toBe("4.08");
		expect(ask(`PUT Block1=16 | ${text(1, 16)}`)).toBe("2.04 Block1=16");
		expect(bodies).toEqual([text(17)]);
	});

	test("takes a block that came before with another Message ID once", () => {
		const { bodies, options } = keeping();
		const { ask } = serving(options);
		ask(`PUT Block1=8 | ${text(16)}`);
		ask(`PUT Block1=24 | ${text(16, 16)}`);
		expect(ask(`PUT Block1=24 | ${text(16, 16)}`)).toBe("2.31 Block1=24");
		ask(`PUT Block1=32 | ${text(1, 32)}`);
		expect(bodies).toEqual([text(33)]);
	});

	test("takes a repeated block once", () => {
		const { bodies, options } = keeping();
		const { pair } = serving(options);
		const client = pair.client();
		const messages = [
			`CON PUT 0001 Uri-Path=a Block1=8 | ${text(16)}`,
			`CON PUT 0002 Uri-Path=a Block1=16 | ${text(2, 16)}`,
		];
		for (const message of messages) expect(client.sends(message)).toEqual(client.sends(message));
		expect(bodies).toEqual([text(18)]);
	});

	test("starts anew with its first block (RFC 7959 §2.5)", () => {
		const { bodies, options } = keeping();
		const { ask } = serving(options);
		ask(`PUT Block1=8 | ${text(16, 5)}`);
		ask(`PUT Block1=8 | ${text(16)}`);
		ask(`PUT Block1=16 | ${text(1, 16)}`);
		expect(bodies).toEqual([text(17)]);
	});

	test("whose blocks do not have the length that they tell is answered 4.00 (RFC 7959 §2.2)", () => {
		const { options, bodies } = keeping();
		const { ask } = serving(options);
		expect(ask(`PUT Block1=8 | ${text(15)}`)).toBe("4.00");
		expect(ask(`PUT Block1=0 | ${text(17)}`)).toBe("4.00");
		expect(bodies).toEqual([]);
	});

	test("goes on in smaller blocks, by their own size (RFC 7959 §2.3) [CoAP-10.5]", () => {
		const { bodies, options } = keeping();
		const { ask } = serving(options);
		expect(ask(`PUT ${first("Block1", 2)} | ${text(64)}`)).toBe("2.31 Block1=10");
		expect(ask(`PUT Block1=${block(4, true)} | ${text(16, 64)}`)).toBe(`2.31 Block1=${block(4, true)}`);
		expect(ask(`PUT Block1=${block(5)} | ${text(1, 80)}`)).toMatch(/^2\.04/);
		expect(bodies).toEqual([text(81)]);
	});

	test("is asked for smaller blocks by a server that has them, without losing the large one (RFC 7959 figure 8)", () => {
		const { bodies, options } = keeping();
		const { ask } = serving(options, { blockSize: 64 });
		expect(ask(`PUT ${first("Block1", 3)} | ${text(128)}`)).toBe(`2.31 Block1=${block(0, true, 2)}`);
		expect(ask(`PUT Block1=${block(2, false, 2)} | ${text(5, 128)}`)).toMatch(/^2\.04/);
		expect(bodies).toEqual([text(133)]);
	});

	test("that is longer than allowed is answered 4.13 with what is: by its Size1 at once, or later (RFC 7959 §2.9.3, §4) [CoAP-10.3]", () => {
		const { options, bodies } = keeping();
		const { ask } = serving(options, { uploadSize: 40 });
		expect(ask(`PUT Block1=8 Size1=41 | ${text(16)}`)).toBe("4.13 Size1=40");
		expect(ask(`PUT Block1=8 Size1=40 | ${text(16)}`)).toBe("2.31 Block1=8");
		expect(ask(`PUT Block1=24 | ${text(16, 16)}`)).toBe("2.31 Block1=24");
		expect(ask(`PUT Block1=40 | ${text(16, 32)}`)).toBe("4.13 Size1=40");
		expect(ask(`PUT Block1=32 | ${text(8, 32)}`)).toBe("4.08");
		expect(bodies).toEqual([]);
	});

	test("of another endpoint is another one", () => {
		const { bodies, options } = keeping();
		const { ask, other } = serving(options);
		ask(`PUT Block1=8 | ${text(16)}`);
		expect(other(`PUT Block1=16 | ${text(1)}`)).toBe("4.08");
		other(`PUT Block1=8 | ${text(16, 3)}`);
		ask(`PUT Block1=16 | ${text(1, 16)}`);
		other(`PUT Block1=16 | ${text(1, 19)}`);
		expect(bodies).toEqual([text(17), text(17, 3)]);
	});

	test("with another Request-Tag is another one, so that bodies do not mix (RFC 9175 §3.3) [CoAP-10.8]", () => {
		const { bodies, options } = keeping();
		const { ask } = serving(options);
		ask(`PUT Block1=8 292=01 | ${text(16)}`);
		ask(`PUT Block1=8 292=02 | ${text(16, 3)}`);
		expect(ask(`PUT Block1=16 | ${text(1)}`)).toBe("4.08");
		ask(`PUT Block1=16 292=01 | ${text(1, 16)}`);
		ask(`PUT Block1=16 292=02 | ${text(1, 19)}`);
		expect(bodies).toEqual([text(17), text(17, 3)]);
	});

	test("with another query, Content-Format or method is another one (RFC 9175 §3.3)", () => {
		const { options } = keeping();
		for (const other of ["PUT Uri-Query=b", "PUT Content-Format=50", "POST"]) {
			const { ask } = serving(options);
			ask(`PUT Block1=8 | ${text(16)}`);
			expect(ask(`${other} Block1=16 | ${text(1, 16)}`)).toBe("4.08");
		}
	});

	test("is one whatever its Size1, No-Response and Echo (RFC 7252 §5.4.6: NoCacheKey)", () => {
		const { options } = keeping();
		const { ask } = serving(options);
		ask(`PUT Block1=8 Size1=17 252=0102 | ${text(16)}`);
		expect(ask(`PUT Block1=16 | ${text(1, 16)}`)).toMatch(/^2\.04/);
	});

	test("of what cannot be is refused with its first block", () => {
		const { options } = keeping();
		const { ask, pair } = serving({ ...options, accepts: [50] });
		expect(ask(`DELETE Block1=8 | ${text(16)}`)).toBe("4.05");
		expect(ask(`PUT Content-Format=0 Block1=8 | ${text(16)}`)).toBe("4.15");
		expect(pair.server.deadline).toBe(Infinity);
	});

	test("has to meet If-Match when it is whole (RFC 7252 §5.10.8)", () => {
		const { options, bodies } = keeping();
		const { ask } = serving({ ...options, get: () => ({ payload: "x", etag: Uint8Array.of(1) }) });
		expect(ask(`PUT If-Match=02 Block1=8 | ${text(16)}`)).toBe("2.31 Block1=8");
		expect(ask(`PUT If-Match=02 Block1=16 | ${text(1, 16)}`)).toBe("4.12 Block1=16");
		ask(`PUT If-Match=01 Block1=8 | ${text(16)}`);
		expect(ask(`PUT If-Match=01 Block1=16 | ${text(1, 16)}`)).toMatch(/^2\.04/);
		expect(bodies).toEqual([text(17)]);
	});

	test("that finds no room is answered 5.03, with when to come back [CoAP-10.9] [CoAP-12.5]", () => {
		const { options } = keeping();
		const { ask, other } = serving(options, { uploads: 1 });
		ask(`PUT Block1=8 | ${text(16)}`);
		expect(other(`PUT Block1=8 | ${text(16)}`)).toBe("5.03 Max-Age=10");
		expect(ask(`PUT Block1=16 | ${text(1, 16)}`)).toMatch(/^2\.04/);
		expect(other(`PUT Block1=8 | ${text(16)}`)).toBe("2.31 Block1=8");
	});

	test("that does not go on is given up after MAX_TRANSMIT_WAIT [CoAP-10.9]", () => {
		const { options } = keeping();
		const { ask, pair } = serving(options);
		ask(`PUT Block1=8 | ${text(16)}`);
		expect(pair.server.deadline).toBe(93_000);
		expect(pair.advance(93_000)).toEqual([]);
		expect([pair.server.abandoned, pair.server.deadline]).toEqual([1, Infinity]);
		expect(ask(`PUT Block1=16 | ${text(1, 16)}`)).toBe("4.08");
	});

	test("may have a promised answer", async () => {
		const bodies: string[] = [];
		const put = async (request: Request) => {
			await null;
			bodies.push(request.text());
			return { code: Code.CREATED };
		};
		const { pair } = serving({ put });
		const client = pair.client();
		client.sends(`CON PUT 0001 Uri-Path=a Block1=8 | ${text(16)}`);
		expect(client.sends(`CON PUT 0002 Uri-Path=a Block1=16 | ${text(2, 16)}`)).toEqual([]);
		await new Promise((resolve) => Promise.resolve().then(() => Promise.resolve().then(resolve)));
		await null;
		await null;
		expect(pair.drain().map((sent) => sent.text)).toEqual(["ACK 2.01 0002 Block1=16"]);
		expect(bodies).toEqual([text(18)]);
	});
});
