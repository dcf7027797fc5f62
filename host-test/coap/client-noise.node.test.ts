// SPDX-License-Identifier: MIT
// Random input for the client: npm run fuzz goes on as long as one likes.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Code } from "../../src/coap/index.ts";
import { ClientPair, SERVER } from "../support/coap-client-pair.ts";
import { datagram } from "../support/coap-text.ts";
import { runs } from "../support/fuzz.ts";

/** How many requests a client has room for. */
const REQUESTS = 8;

/** A client that waits for answers to requests of every kind; the tokens are 80808080 to 85808080. */
function waiting(): ClientPair {
	const pair = new ClientPair({ requests: REQUESTS, NSTART: REQUESTS, bodySize: 500 });
	pair.ask();
	pair.ask({ observe: true });
	pair.ask({ code: Code.PUT, payload: "0123456789".repeat(20), blockSize: 16 });
	pair.ask({ code: Code.FETCH, payload: "q", confirmable: false, blockSize: 32 });
	pair.ask({ observe: true, blockSize: 16 });
	pair.ask({ endpoint: { address: "224.0.1.187", port: 5683 }, multicast: true });
	pair.sends();
	return pair;
}

const SEEDS = [
	"ACK 2.05 1000 [80808080] ETag=01 Content-Format=50 Max-Age=1 Block2=8 | 0123456789abcdef",
	"ACK 2.05 1001 [81808080] Observe=5 Max-Age=1 | 20",
	"CON 2.05 7000 [81808080] Observe=6 ETag=01 Block2=8 | 0123456789abcdef",
	"ACK 2.31 1002 [82808080] Block1=8",
	"ACK 4.13 1002 [82808080] Block1=0 Size1=10",
	"ACK 4.08 1002 [82808080] | lost",
	"NON 2.05 7001 [83808080] Block2=9 Size2=100 | 0123456789abcdef0123456789abcdef",
	"NON 4.01 7002 [83808080] 252=0102030405060708",
	"CON 2.05 7003 [84808080] Observe=16777215 Block2=0 | 20",
	"NON 2.05 7004 [85808080] Content-Format=40 | </a>",
	"ACK 0.00 1000",
	"RST 0.00 1001",
	"CON 0.00 7005",
	"CON 5.03 7006 [86808080] Max-Age=3 Location-Path=a 65000=00 | busy",
].map(datagram);

const mutation = fc.record({
	at: fc.double({ min: 0, max: 1, noNaN: true }),
	removed: fc.nat(3),
	added: fc.uint8Array({ maxLength: 3 }),
});
const mutated = fc.tuple(fc.constantFrom(...SEEDS), fc.array(mutation, { maxLength: 3 })).map(([seed, mutations]) =>
	mutations.reduce((bytes, { at, removed, added }) => {
		const start = Math.floor(at * bytes.length);
		return Uint8Array.of(...bytes.subarray(0, start), ...added, ...bytes.subarray(start + removed));
	}, seed),
);
/** Mostly answers to the latest messages: their Message IDs and tokens are what the client uses. */
const step = fc.record({
	bytes: fc.oneof({ weight: 6, arbitrary: mutated }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }) }),
	messageId: fc.option(fc.nat(15)),
	token: fc.option(fc.nat(7)),
	port: fc.oneof({ weight: 9, arbitrary: fc.constant(SERVER.port) }, { weight: 1, arbitrary: fc.nat(20) }),
	wait: fc.oneof(fc.constant(0), fc.nat(20_000)),
});

test("no input throws, hangs, grows, or is answered with more than a message and an ACK for each request", () => {
	fc.assert(
		fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
			const pair = waiting();
			for (const { bytes: given, messageId, token, port, wait } of steps) {
				const bytes = given.slice();
				if (messageId !== null && bytes.length > 3) bytes[3] = messageId;
				if (token !== null && bytes.length > 4) bytes[4] = 0x80 + token;
				const sent = pair.receives(bytes, { ...SERVER, port });
				expect(sent.length).toBeLessThanOrEqual(2);
				expect(pair.advance(wait).length).toBeLessThan(200);
				expect(pair.client.requests).toBeLessThanOrEqual(REQUESTS);
				expect(pair.client.deadline).toBeGreaterThan(pair.now);
			}
			expect(pair.errors).toEqual([]);
			expect(pair.told.length).toBeLessThanOrEqual(6 + steps.length);
		}),
		runs(1_000),
	);
});
