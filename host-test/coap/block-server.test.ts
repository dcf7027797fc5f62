// SPDX-License-Identifier: MIT
// Blocks at the server, message by message: RFC 7959, RFC 9175 §3.
import { describe, expect, test } from "vitest";
import { type Answer, Code, type Request, type ResourceOptions, type ServerOptions } from "../../src/coap/index.ts";
import { type Client, Pair } from "../support/coap-pair.ts";

const text = (length: number, first = 0) =>
	Array.from({ length }, (_, i) => String.fromCharCode(97 + ((first + i) % 26))).join("");

/** A server with `/a`; a request by its method and options gets Message IDs of its own. */
function serving(options: ResourceOptions, server: Partial<ServerOptions> = {}) {
	const pair = new Pair(server);
	const resource = pair.server.resource("a", options);
	let messageId = 1;
	const asking =
		(client: Client) =>
		(request: string): string => {
			const [method, ...rest] = request.split(" ");
			const id = (messageId++).toString(16).padStart(4, "0");
			const replies = client.sends(`CON ${method} ${id} Uri-Path=a ${rest.join(" ")}`.trim());
			expect(replies).toHaveLength(1);
			return replies[0]!.replace(`ACK `, "").replace(` ${id}`, "");
		};
	return { pair, resource, ask: asking(pair.client()), other: asking(pair.client(5001)) };
}

/** What a client says block by block: the value of the option for block `num` of 16 bytes. */
const block = (num: number, more = false, szx = 0) => (num << 4) | (more ? 8 : 0) | szx;
const first = (option: string, szx = 0) => `${option}=${block(0, true, szx)}`;

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

describe("an upload that is streamed", () => {
	function streaming(answer: (request: Request) => Answer = () => undefined) {
		const parts: string[] = [];
		const put = (request: Request): Answer => {
			parts.push(`${request.offset}${request.more ? "+" : "."} ${request.text()}`);
			return answer(request);
		};
		return { parts, ...serving({ streamed: true, put }, { uploadSize: 16 }) };
	}

	test("is handed on block by block, however long it is", () => {
		const { ask, parts } = streaming();
		expect(ask(`PUT Block1=8 Size1=1000 | ${text(16)}`)).toBe("2.31 Block1=8");
		expect(parts).toEqual([`0+ ${text(16)}`]);
		expect(ask(`PUT Block1=24 | ${text(16, 16)}`)).toBe("2.31 Block1=24");
		expect(ask(`PUT Block1=32 | ${text(2, 32)}`)).toBe("2.04 Block1=32");
		expect(parts).toEqual([`0+ ${text(16)}`, `16+ ${text(16, 16)}`, `32. ${text(2, 32)}`]);
	});

	test("has no block twice, and no gap", () => {
		const { ask, parts } = streaming();
		ask(`PUT Block1=8 | ${text(16)}`);
		ask(`PUT Block1=24 | ${text(16, 16)}`);
		expect(ask(`PUT Block1=24 | ${text(16, 16)}`)).toBe("2.31 Block1=24");
		expect(ask(`PUT Block1=56 | ${text(16, 16)}`)).toBe("4.08");
		expect(parts).toHaveLength(2);
	});

	test("ends when the handler refuses a block", () => {
		const { ask, parts } = streaming(({ offset }) => (offset > 0 ? { code: Code.CONFLICT } : undefined));
		ask(`PUT Block1=8 | ${text(16)}`);
		expect(ask(`PUT Block1=24 | ${text(16, 16)}`)).toMatch(/^4\.09/);
		expect(ask(`PUT Block1=40 | ${text(16, 32)}`)).toBe("4.08");
		expect(parts).toHaveLength(2);
	});

	test("ends when the handler throws", () => {
		const { ask, pair } = streaming(() => {
			throw new Error("full");
		});
		expect(ask(`PUT Block1=8 | ${text(16)}`)).toBe("5.00");
		expect(pair.errors).toHaveLength(1);
		expect(ask(`PUT Block1=24 | ${text(16, 16)}`)).toBe("4.08");
	});

	test("is followed by requests that are whole again", () => {
		const { ask, parts } = streaming();
		ask(`PUT Block1=8 | ${text(16)}`);
		expect(ask("PUT Content-Format=0 | x")).toBe("2.04");
		expect(parts.at(-1)).toBe("0. x");
	});

	test("stays what it was for a handler that takes its time", async () => {
		const parts: string[] = [];
		const put = async (request: Request) => {
			await null;
			parts.push(request.text());
			return undefined;
		};
		const { pair } = serving({ streamed: true, put });
		pair.client().sends(`CON PUT 0001 Uri-Path=a Block1=8 | ${text(16)}`);
		for (let i = 0; i < 8; i++) await null;
		expect(pair.drain().map((sent) => sent.text)).toEqual(["ACK 2.31 0001 Block1=8"]);
		expect(parts).toEqual([text(16)]);
	});

	test("comes whole when it is one message", () => {
		const { ask, parts } = streaming();
		expect(ask("PUT | x")).toBe("2.04");
		expect(ask("PUT Block1=0 | y")).toBe("2.04 Block1=0");
		expect(parts).toEqual(["0. x", "0. y"]);
	});
});

describe("a download", () => {
	const etagOf = (reply: string) => / ETag=(\w+)/.exec(reply)?.[1];
	const payloadOf = (reply: string) => reply.split(" | ")[1];

	test("is of one representation with one ETag, even when the state changes meanwhile (RFC 7959 §2.4) [CoAP-10.7]", () => {
		let body = text(40);
		let calls = 0;
		const get = () => {
			calls++;
			return body;
		};
		const { ask } = serving({ get });
		const replies = [ask("GET Block2=0")];
		body = "short";
		replies.push(ask(`GET Block2=${block(1)}`), ask(`GET Block2=${block(2)}`));
		expect(replies.map(payloadOf).join("")).toBe(text(40));
		expect(new Set(replies.map(etagOf)).size).toBe(1);
		expect(calls).toBe(1);
		expect(payloadOf(ask("GET Block2=0"))).toBe("short");
	});

	test("has the handler's own ETag and Max-Age in each block", () => {
		const get = () => ({ payload: text(40), etag: Uint8Array.of(7), maxAge: 5, format: 50 });
		const { ask } = serving({ get });
		expect(ask("GET Block2=0")).toBe(`2.05 ETag=07 Content-Format=50 Max-Age=5 Block2=8 | ${text(16)}`);
		expect(ask(`GET Block2=${block(2)}`)).toBe(`2.05 ETag=07 Content-Format=50 Max-Age=5 Block2=32 | ${text(8, 32)}`);
	});

	test("may begin anywhere (RFC 7959 §2.4)", () => {
		const { ask } = serving({ get: () => text(100) });
		expect(payloadOf(ask(`GET Block2=${block(3)}`))).toBe(text(16, 48));
		expect(payloadOf(ask(`GET Block2=${block(1)}`))).toBe(text(16, 16));
		expect(payloadOf(ask(`GET Block2=${block(6)}`))).toBe(text(4, 96));
		expect(ask(`GET Block2=${block(7)}`)).toBe("4.00");
	});

	test("goes on in smaller blocks when the client asks for them late (RFC 7959 figure 4)", () => {
		const { ask } = serving({ get: () => text(1500) });
		expect(ask("GET")).toMatch(` Block2=${block(0, true, 6)} | `);
		expect(ask(`GET Block2=${block(16, false, 2)}`)).toMatch(` Block2=${block(16, true, 2)} | ${text(64, 1024)}`);
	});

	test("is in the server's blocks when those are smaller (RFC 7959 §2.4)", () => {
		const { ask } = serving({ get: () => text(300) }, { blockSize: 128 });
		expect(ask("GET")).toMatch(` Block2=${block(0, true, 3)} | ${text(128)}`);
		expect(ask(`GET Block2=${block(0, false, 6)}`)).toMatch(` Block2=${block(0, true, 3)} | ${text(128)}`);
		expect(ask(`GET Block2=${block(1, false, 4)}`)).toMatch(` Block2=${block(2, false, 3)} | ${text(44, 256)}`);
	});

	test("tells its length to who asks for it (RFC 7959 §4)", () => {
		const { ask } = serving({ get: () => text(40) });
		expect(ask("GET Block2=0 Size2=0")).toMatch(/ Block2=8 Size2=40 \| /);
		expect(ask(`GET Block2=${block(1)} Size2=0`)).not.toMatch("Size2");
		expect(ask("GET Block2=0")).not.toMatch("Size2");
	});

	test("of another endpoint, or with another query, is another one", () => {
		let calls = 0;
		const get = ({ query }: Request) => `${++calls}${query}`.padEnd(40, ".");
		const { ask, other } = serving({ get });
		ask("GET Block2=0");
		expect(payloadOf(other(`GET Block2=${block(1)}`))).toBe("................");
		ask("GET Block2=0 Uri-Query=b");
		expect(calls).toBe(3);
		ask(`GET Block2=${block(1)}`);
		ask(`GET Block2=${block(1)} Uri-Query=b`);
		expect(calls).toBe(3);
	});

	test("is made anew when nothing is kept of it", () => {
		let calls = 0;
		const get = () => {
			calls++;
			return text(40);
		};
		const { ask } = serving({ get }, { downloads: 0 });
		const replies = [0, 1, 2].map((num) => ask(`GET Block2=${block(num)}`));
		expect(replies.map(payloadOf).join("")).toBe(text(40));
		expect(new Set(replies.map(etagOf)).size).toBe(1);
		expect(calls).toBe(3);
	});

	test("is forgotten after MAX_TRANSMIT_WAIT", () => {
		let body = text(40);
		const { ask, pair } = serving({ get: () => body });
		ask("GET Block2=0");
		body = text(40, 1);
		expect(pair.server.deadline).toBe(93_000);
		pair.advance(93_000);
		expect(pair.server.deadline).toBe(Infinity);
		expect(payloadOf(ask(`GET Block2=${block(1)}`))).toBe(text(16, 17));
	});

	test("of FETCH is told by the payload that asked for it, which may be left out later (RFC 8132 §2)", () => {
		const { ask } = serving({ fetch: (request) => request.text().repeat(40) });
		expect(payloadOf(ask("FETCH Block2=0 | a"))).toBe("a".repeat(16));
		expect(payloadOf(ask(`FETCH Block2=${block(1)} | a`))).toBe("a".repeat(16));
		expect(payloadOf(ask(`FETCH Block2=${block(1)}`))).toBe("a".repeat(16));
		expect(payloadOf(ask(`FETCH Block2=${block(1)} | b`))).toBe("b".repeat(16));
	});

	test("of POST runs the handler once, and cannot be begun in the middle (RFC 7959 §3.3)", () => {
		let calls = 0;
		const post = () => {
			calls++;
			return text(40);
		};
		const { ask, other } = serving({ post });
		const replies = [ask("POST Block2=0"), ask(`POST Block2=${block(1)}`), ask(`POST Block2=${block(2)}`)];
		expect(replies.map(payloadOf).join("")).toBe(text(40));
		expect(replies.every((reply) => reply.startsWith("2.04 "))).toBe(true);
		expect(other(`POST Block2=${block(1)}`)).toBe("4.08");
		expect(calls).toBe(1);
	});

	test("answers an upload: both ways in blocks (RFC 7959 figure 10)", () => {
		const { ask } = serving({ post: (request) => request.text().toUpperCase() });
		expect(ask(`POST Block1=8 | ${text(16)}`)).toBe("2.31 Block1=8");
		const reply = ask(`POST Block1=16 Block2=0 | ${text(8, 16)}`);
		expect(reply).toMatch(` Block2=8 Block1=16 | ${text(16).toUpperCase()}`);
		const rest = ask(`POST Block2=${block(1)}`);
		expect(payloadOf(rest)).toBe(text(8, 16).toUpperCase());
		expect(etagOf(rest)).toBe(etagOf(reply));
	});

	test("of over 1,024 bytes answers any method", () => {
		const { ask } = serving({ put: () => text(1500) });
		expect(payloadOf(ask("PUT | x"))).toBe(text(1024));
		expect(payloadOf(ask(`PUT Block2=${block(1, false, 6)}`))).toBe(text(476, 1024));
	});

	test("is not validated by a block's ETag alone: the whole has it (RFC 7252 §5.10.6.2)", () => {
		const get = () => ({ payload: text(40), etag: Uint8Array.of(7) });
		const { ask } = serving({ get });
		expect(ask("GET Block2=0 ETag=07")).toMatch(/^2\.03 ETag=07/);
	});
});

describe("a notification of more than a message", () => {
	test("has block 0, and the rest is asked for without Observe (RFC 7959 §2.6) [CoAP-10.6]", () => {
		let body = text(1500);
		const { pair, resource } = serving({ observable: true, get: () => body });
		const client = pair.client();
		const reply = client.sends("CON GET 0001 [aa] Uri-Path=a Observe=0")[0]!;
		expect(reply).toMatch(/^ACK 2\.05 0001 \[aa\] ETag=\w+ Observe=0 Content-Format=0 Block2=14 \| abc/);
		body = text(1500, 3);
		resource.changed();
		const notification = pair.drain()[0]!.text;
		expect(notification).toMatch(/^NON 2\.05 1000 \[aa\] ETag=\w+ Observe=1 Content-Format=0 Block2=14 \| def/);
		const etag = / ETag=(\w+)/.exec(notification)![1]!;
		const rest = client.sends("CON GET 0002 [bb] Uri-Path=a Block2=22")[0]!;
		expect(rest).toBe(`ACK 2.05 0002 [bb] ETag=${etag} Content-Format=0 Block2=22 | ${text(476, 3 + 1024)}`);
	});

	test("is in blocks of the size that the registration asked for", () => {
		let body = text(40);
		const { pair, resource } = serving({ observable: true, get: () => body });
		pair.client().sends("CON GET 0001 [aa] Uri-Path=a Observe=0 Block2=0");
		body = text(40, 1);
		resource.changed();
		expect(pair.drain()[0]!.text).toMatch(` Block2=8 | ${text(16, 1)}`);
	});
});

describe("/.well-known/core", () => {
	test("with many links comes in blocks (RFC 6690, RFC 7959)", () => {
		const pair = new Pair();
		for (let i = 0; i < 100; i++) pair.server.resource(`sensors/number-${i}`, { rt: "temperature" });
		const client = pair.client();
		let links = "";
		for (let num = 0; ; num++) {
			const reply = client.sends(
				`CON GET ${num.toString(16).padStart(4, "0")} Uri-Path=.well-known Uri-Path=core Block2=${block(num, false, 2)}`,
			)[0]!;
			links += reply.split(" | ")[1];
			if (reply.includes(` Block2=${block(num, false, 2)} `)) break;
		}
		expect(links.split(",")).toHaveLength(100);
		expect(links.endsWith('</sensors/number-99>;rt="temperature"')).toBe(true);
	});
});
