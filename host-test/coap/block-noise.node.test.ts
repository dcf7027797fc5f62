// SPDX-License-Identifier: MIT
// The server against datagrams and streams that nobody would send on purpose, blocks above all.
import { describe, expect, test } from "vitest";
import { type Endpoint, MessageWriter, Server } from "../../src/coap/index.ts";
import { framed } from "../../src/coap/tcp-frame.ts";
import { TcpServer } from "../../src/coap/tcp-server.ts";
import { runs } from "../support/fuzz.ts";
import { seeded } from "../support/random.ts";

const { seed, numRuns: ROUNDS } = runs(20_000);
const LONG = "0123456789abcdef".repeat(300);
/** Options that say something of blocks and of who asks, and some others. */
const NUMBERS = [1, 4, 5, 6, 12, 15, 17, 23, 23, 23, 27, 27, 27, 28, 60, 252, 258, 292, 2051];

/** A server with what there is to get wrong, and noise for it. */
function setUp(most = seed) {
	const random = seeded(most);
	const below = (limit: number) => Math.floor(random() * limit);
	const errors: Error[] = [];
	const server = new Server({ random, onError: (error) => errors.push(error), uploadSize: 2000 });
	let bodies = 0;
	const take = () => {
		bodies++;
		return LONG;
	};
	const resource = server.resource("a", { observable: true, get: () => LONG, put: take, post: take, fetch: take });
	server.resource("s", { streamed: true, put: () => undefined });
	server.resource("f", { freshness: 1000, put: () => undefined });
	server.resource("p", { get: async () => LONG });

	/** A block option: mostly a likely one. */
	const block = () => (below(3) ? (below(6) << 4) | (below(2) << 3) | below(3) : below(1 << 24));
	function value(number: number): Uint8Array {
		if ((number !== 23 && number !== 27) || below(9) === 0) return new Uint8Array(below(9)).map(() => below(256));
		const chosen = block();
		const bytes = [chosen >> 16, (chosen >> 8) & 255, chosen & 255];
		while (bytes[0] === 0) bytes.shift();
		return Uint8Array.from(bytes);
	}

	/** A request, well-formed unless it is mutilated. */
	function request(): Uint8Array {
		const writer = new MessageWriter();
		writer.header(new Uint8Array(1400), below(4), 1 + below(7), below(65_536), new Uint8Array(below(9)).fill(7));
		const options = Array.from({ length: below(4) }, () => NUMBERS[below(NUMBERS.length)]!);
		for (const number of [...options, 11].sort((x, y) => x - y)) {
			if (number === 11) writer.stringOption(11, "aaaspf"[below(6)]!);
			else writer.opaqueOption(number, value(number));
		}
		const size = below(2) ? 16 << below(3) : below(70);
		if (size > 0) writer.payload(new Uint8Array(size).fill(0x61));
		return writer.bytes.slice(0, writer.at);
	}

	function mutilated(bytes: Uint8Array): Uint8Array {
		if (below(4) > 0) return bytes;
		for (let i = 1 + below(4); i > 0; i--) bytes[below(bytes.length)] = below(256);
		return bytes.subarray(0, below(4) ? bytes.length : below(bytes.length));
	}

	return { server, resource, errors, below, request, mutilated, bodies: () => bodies };
}

describe("noise about blocks", () => {
	test("is never answered with more than three times its length, and throws nothing (RFC 9175 §2.4) [CoAP-13.1] [CoAP-13.2]", async () => {
		const { server, errors, below, request, mutilated, bodies } = setUp();
		const to: Endpoint = { address: "", port: 0 };
		/** How many bytes came from whom, and how many they got. */
		const given = new Map<number, number>();
		const got = new Map<number, number>();
		const add = (to: Map<number, number>, port: number, bytes: number) =>
			void to.set(port, (to.get(port) ?? 0) + bytes);
		let now = 0;
		for (let i = 0; i < ROUNDS; i++) {
			now += below(200);
			const bytes = mutilated(request());
			const port = below(20);
			add(given, port, bytes.length);
			const reply = server.receive(bytes, { address: "192.0.2.1", port }, now);
			if (reply !== undefined) {
				if (reply.length > 3 * bytes.length)
					throw new Error(`${bytes.length} bytes were answered with ${reply.length}: ${bytes}`);
				add(got, port, reply.length);
			}
			if (server.deadline <= now) server.expire(now);
			while (server.due) if (server.transmit(to, now) === undefined) break;
			if (i % 500 === 0) await null;
		}
		for (const [port, bytes] of got) expect(bytes).toBeLessThanOrEqual(3 * given.get(port)!);
		expect(got.size).toBe(20);
		expect(bodies()).toBeGreaterThan(100);
		expect(errors).toEqual([]);
	});

	test("leaves nothing behind once it is over", () => {
		const { server, below, request, mutilated } = setUp(seed + 1);
		for (let i = 0; i < ROUNDS / 4; i++)
			server.receive(mutilated(request()), { address: "192.0.2.1", port: below(60_000) }, i);
		const { uploads, downloads } = server.backend.responder.blocks;
		expect(uploads.count).toBeLessThanOrEqual(4);
		expect(downloads.count).toBeLessThanOrEqual(4);
		server.expire(ROUNDS + 93_000);
		expect([uploads.count, downloads.count]).toEqual([0, 0]);
	});
});

describe("a connection, given noise,", () => {
	test("answers or is aborted, throws nothing, and holds no more than it may", () => {
		const { server, resource, errors, below, request, mutilated } = setUp(seed + 2);
		const streams = new TcpServer(server);
		let aborted = 0;
		let answered = 0;
		for (let i = 0; i < ROUNDS / 20; i++) {
			const connection = streams.accept({ address: "192.0.2.1", port: i })!;
			connection.opened(i);
			const bytes: number[] = [0x10, 0xe1, 0x40];
			for (let n = below(8); n >= 0; n--) bytes.push(...mutilated(framed(request()).slice()));
			let at = 0;
			for (let turns = 0; connection.target !== undefined; turns++) {
				if (turns > 10_000) throw new Error("it goes on for ever");
				if (!connection.paused && at < bytes.length) {
					const room = connection.room(1 + below(bytes.length - at));
					expect(room.length).toBeGreaterThan(0);
					room.set(bytes.slice(at, at + room.length));
					at += room.length;
					connection.receive(i);
				}
				if (below(20) === 0) resource.changed();
				const sent = connection.due ? connection.transmit(1 + below(2000), i) : undefined;
				if (sent !== undefined) answered += sent.length;
				else if (at === bytes.length) break;
			}
			if (connection.target === undefined) aborted++;
			else connection.closed(i);
			expect(streams.connected).toBe(0);
		}
		expect(answered).toBeGreaterThan(10_000);
		expect(aborted).toBeGreaterThan(ROUNDS / 100);
		expect(aborted).toBeLessThan(ROUNDS / 20);
		expect(errors).toEqual([]);
		expect(resource.observed).toBe(0);
	});
});
