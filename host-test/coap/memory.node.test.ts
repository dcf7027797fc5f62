// SPDX-License-Identifier: MIT
// What a server holds on to, however much comes. Here, and not on XS, because it takes a collector that can be called.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { type Endpoint, Server } from "../../src/coap/index.ts";
import { datagram } from "../support/coap-text.ts";
import { settle } from "../support/promised.ts";
import { seeded } from "../support/random.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** What some machine may hold more than before: far less than one byte for each request. */
const TOLERANCE = 256 * 1024;
/** Twice as many are a million requests. */
const MANY = 500_000;

function serving() {
	const server = new Server({ random: seeded(1), observers: 16 });
	const resource = server.resource("a", { observable: true, get: () => "20", post: () => Promise.resolve("21") });
	let now = 0;
	const to: Endpoint = { address: "", port: 0 };
	/** Gives the server a datagram, and takes what it sends until nothing is due. */
	const deliver = (bytes: Uint8Array, port: number) => {
		now += 10;
		if (server.deadline <= now) server.expire(now);
		server.receive(bytes, { address: "192.0.2.1", port }, now);
		while (server.due && server.transmit(to, now) !== undefined);
	};
	const numbered = (bytes: Uint8Array, i: number) => {
		bytes[2] = i >> 8;
		bytes[3] = i;
		return bytes;
	};
	return { server, resource, deliver, numbered };
}

/** How much more the heap holds after `act` ran than after it ran a first time. */
async function growth(act: () => void | Promise<void>): Promise<number> {
	await act();
	collect();
	const before = process.memoryUsage().heapUsed;
	await act();
	collect();
	return process.memoryUsage().heapUsed - before;
}

test("a million requests, half of them from ever new ports, leave nothing behind (RFC 7252 §4.5) [CoAP-4.4]", {
	timeout: 60_000,
}, async () => {
	const { deliver, numbered } = serving();
	const bytes = datagram("CON GET 0000 [01020304] Uri-Path=a");
	let port = 0;
	const requests = () => {
		for (let i = 0; i < MANY; i++) deliver(numbered(bytes, i), i & 1 ? 5_683 : 10_000 + (port++ % 50_000));
	};
	expect(await growth(requests)).toBeLessThan(TOLERANCE);
});

test("observers that vanish leave nothing behind", async () => {
	const { server, resource, deliver, numbered } = serving();
	const bytes = datagram("CON GET 0000 [01020304] Uri-Path=a Observe=0");
	const observers = () => {
		for (let i = 0; i < 10_000; i++) {
			deliver(numbered(bytes, i), 10_000 + i);
			if (i % 7 === 0) resource.changed();
		}
	};
	expect(await growth(observers)).toBeLessThan(TOLERANCE);
	expect(server.observed).toBeLessThanOrEqual(16);
});

test("promised answers, of which most are too many, leave nothing behind", async () => {
	const { server, deliver, numbered } = serving();
	const bytes = datagram("CON POST 0000 [01020304] Uri-Path=a");
	const promises = async () => {
		for (let i = 0; i < 20_000; i++) {
			deliver(numbered(bytes, i), 10_000 + i);
			if (i % 16 === 0) await settle();
		}
	};
	expect(await growth(promises)).toBeLessThan(TOLERANCE);
	expect(server.lost).toBe(0);
});
