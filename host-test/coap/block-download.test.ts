// SPDX-License-Identifier: MIT
// Blocks at the server that a representation leaves in, message by message: RFC 7959.
import { describe, expect, test } from "vitest";
import type { Request } from "../../src/coap/index.ts";
import { block, serving, text } from "../support/coap-blocks.ts";
import { Pair } from "../support/coap-pair.ts";

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
