// SPDX-License-Identifier: MIT
// Random input for the server: npm run fuzz goes on as long as one likes.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Pair } from "../support/coap-pair.ts";
import { datagram } from "../support/coap-text.ts";
import { runs } from "../support/fuzz.ts";

/** A server with a resource of every kind, whose handlers answer more than they are asked. */
function serving(): Pair {
	const pair = new Pair({ amplification: 3 });
	const long = "0123456789abcdef".repeat(200);
	pair.server.resource("long", {
		ct: [0, 50],
		get: () => long,
		fetch: () => long,
		post: ({ payload }) => payload.slice(),
	});
	pair.server.resource("light", {
		observable: true,
		get: () => ({ payload: "on", etag: Uint8Array.of(1), maxAge: 5 }),
		put: ({ payload }) => `${payload.length}`,
		ipatch: () => undefined,
	});
	pair.server.resource("later", { observable: true, get: () => new Promise(() => {}) });
	pair.server.resource("files/:name/*", { get: ({ params }) => JSON.stringify(params), delete: () => undefined });
	pair.server.resource("locked", { access: { others: "secured" }, get: () => "x", put: () => undefined });
	return pair;
}

const SEEDS = [
	"CON GET 0001 [aa] Uri-Path=light Observe=0 Accept=0",
	"NON GET 0002 [aabb] Uri-Path=long Block2=38 Size2=0",
	"CON POST 0003 [01020304] Uri-Path=long Block1=14 Size1=3000 Content-Format=50 | 0123456789abcdef",
	"CON PUT 0004 Uri-Path=light If-Match=01 If-None-Match= No-Response=26 | on",
	"CON FETCH 0005 [cc] Uri-Path=long Uri-Query=a=b Accept=257 ETag=01 | x",
	"CON GET 0006 Uri-Path=later Observe=0 Uri-Query=c.pmin=10 Uri-Query=c.pmax=20",
	"CON DELETE 0007 Uri-Path=files Uri-Path=a Uri-Path=b Hop-Limit=1 Uri-Host=h Uri-Port=1",
	"CON GET 0008 Uri-Path=.well-known Uri-Path=core Uri-Query=rt=*",
	"CON PUT 0009 Uri-Path=locked Proxy-Scheme=coap 65000=00 252=0102030405060708",
	"ACK 0.00 1000",
	"RST 0.00 1001",
].map(datagram);

/** What changes a datagram on its way: a byte becomes another one, bytes go, bytes come. */
const mutation = fc.record({
	at: fc.double({ min: 0, max: 1, noNaN: true }),
	removed: fc.nat(3),
	added: fc.uint8Array({ maxLength: 3 }),
});
const mutated = fc.tuple(fc.constantFrom(...SEEDS), fc.array(mutation, { maxLength: 4 })).map(([seed, mutations]) =>
	mutations.reduce((bytes, { at, removed, added }) => {
		const start = Math.floor(at * bytes.length);
		return Uint8Array.of(...bytes.subarray(0, start), ...added, ...bytes.subarray(start + removed));
	}, seed),
);
const step = fc.record({
	bytes: fc.oneof({ weight: 4, arbitrary: mutated }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }) }),
	port: fc.nat(20),
	wait: fc.oneof(fc.constant(0), fc.nat(5_000)),
	multicast: fc.boolean(),
});

/** What a server sent in reply to one datagram, and not since time passed. */
const lengthOf = (sent: readonly { bytes: Uint8Array }[]) => sent.reduce((sum, { bytes }) => sum + bytes.length, 0);

describe("a server that is sent random datagrams", () => {
	test("answers each with no more than three times its size, and no handler, report or deadline goes wrong [CoAP-13.1] [CoAP-13.2]", () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				const pair = serving();
				for (const { bytes, port, wait, multicast } of steps) {
					pair.advance(wait);
					const endpoint = { address: "192.0.2.1", port };
					const sent =
						multicast && bytes[0]! >> 4 === 5 ? pair.multicast(bytes, endpoint) : pair.deliver(bytes, endpoint);
					const reply = sent.filter(({ text }) => !text.startsWith("CON"));
					expect(lengthOf(reply)).toBeLessThanOrEqual(3 * bytes.length);
				}
				// Whoever observed and says nothing is gone in two days; what was promised and not given, too.
				pair.advance(2 * 86_400_000);
				expect(pair.server.observed).toBe(0);
				for (const { message } of pair.errors) expect(message).toMatch("expected the promise to settle");
			}),
			runs(1_500),
		);
	});
});
