// SPDX-License-Identifier: MIT
// A server's resources over TCP, message by message: RFC 8323.
import { describe, expect, test } from "vitest";
import type { Answer, Request } from "../../src/coap/index.ts";
import type { TcpServerOptions } from "../../src/coap/tcp-server.ts";
import { LONG, only, serving, settle } from "../support/coap-over-tcp.ts";
import { datagram, textOf } from "../support/coap-text.ts";

describe("a server over TCP", () => {
	test("answers each method on the same resources as over UDP (RFC 8323 §4)", () => {
		const { server, connects } = serving();
		let state = "off";
		const put = (request: Request): Answer => {
			state = request.text();
			return undefined;
		};
		server.resource("light", { get: () => state, put, post: put, delete: () => undefined });
		const stream = connects();
		expect(
			stream.sends(
				"GET [01] Uri-Path=light",
				"PUT [02] Uri-Path=light | on",
				"GET [03] Uri-Path=light",
				"POST [04] Uri-Path=light | dim",
				"DELETE [05] Uri-Path=light",
				"0.05 [06] Uri-Path=light",
				"GET [07] Uri-Path=dark",
			),
		).toEqual([
			"2.05 [01] Content-Format=0 | off",
			"2.04 [02]",
			"2.05 [03] Content-Format=0 | on",
			"2.04 [04]",
			"2.02 [05]",
			"4.05 [06]",
			"4.04 [07]",
		]);
		const from = { address: "192.0.2.1", port: 5000 };
		expect(
			server.receive(Uint8Array.of(0x40, 1, 0, 1, 0xb5, ...new TextEncoder().encode("light")), from, 0),
		).toBeDefined();
	});

	test("refuses an unknown critical option: nothing is rejected silently here (RFC 7252 §5.4.1)", () => {
		const { server, connects } = serving();
		server.resource("a", { get: () => "x" });
		only(connects().sends("GET [01] Uri-Path=a 2051=00"), /^4\.02 \[01\]/);
	});

	test("does not deduplicate: there are no Message IDs (RFC 8323 §3.1)", () => {
		const { server, connects } = serving();
		let calls = 0;
		server.resource("a", { post: () => `${++calls}` });
		expect(connects().sends("POST [01] Uri-Path=a", "POST [01] Uri-Path=a")).toEqual([
			"2.04 [01] Content-Format=0 | 1",
			"2.04 [01] Content-Format=0 | 2",
		]);
	});

	test("answers what was promised when it is there, whatever comes before (RFC 8323 §3.4)", async () => {
		const { server, connects } = serving();
		let resolve: (value: string) => void = () => {};
		server.resource("slow", {
			get: () =>
				new Promise<string>((done) => {
					resolve = done;
				}),
		});
		server.resource("fast", { get: () => "now" });
		const stream = connects();
		expect(stream.sends("GET [01] Uri-Path=slow", "GET [02] Uri-Path=fast", "7.02 [03] 2=")).toEqual([
			"2.05 [02] Content-Format=0 | now",
			"7.03 [03]",
		]);
		resolve("later");
		await settle();
		expect(stream.takes()).toEqual(["2.05 [01] Content-Format=0 | later"]);
	});

	test("answers 5.00 for a promise that never settles, in the end", () => {
		const { server, connects, errors } = serving({ pingInterval: 10_000_000 });
		server.resource("never", { get: () => new Promise<string>(() => {}) });
		const stream = connects();
		stream.sends("GET [01] Uri-Path=never");
		only(stream.advance(300_000), /^5\.00 \[01\]/);
		expect(errors).toHaveLength(1);
	});

	test("keeps promises to itself: one connection's do not crowd another's", () => {
		const { server, connects } = serving({}, { promises: 2 });
		server.resource("never", { get: () => new Promise<string>(() => {}) });
		const first = connects();
		first.sends("GET [01] Uri-Path=never");
		only(first.sends("GET [02] Uri-Path=never"), /^4\.29 \[02\] Max-Age=2/);
		expect(connects().sends("GET [03] Uri-Path=never")).toEqual([]);
	});

	test("leaves the promises over UDP their own limit", () => {
		const { server, connects } = serving({}, { promises: 1 });
		server.resource("n", { get: () => new Promise<string>(() => {}) });
		connects().sends("GET [01] Uri-Path=n");
		const asks = (port: number) =>
			server.receive(datagram("CON GET 0001 Uri-Path=n"), { address: "192.0.2.7", port }, 0);
		expect(asks(1)).toBe(undefined);
		expect(textOf(asks(2)!)).toMatch(/^ACK 5\.03 0001 Max-Age=2/);
	});

	test("keeps a request as it was for a handler that takes its time", async () => {
		const { server, connects } = serving();
		const post = async (request: Request) => {
			await null;
			return request.text();
		};
		server.resource("a", { post });
		const stream = connects();
		stream.sends("POST [01] Uri-Path=a | one");
		stream.sends("POST [02] Uri-Path=a | other");
		await settle();
		expect(stream.takes()).toEqual(["2.04 [01] Content-Format=0 | one", "2.04 [02] Content-Format=0 | other"]);
	});

	test("sends blocks, too, when a body is longer than a message", () => {
		const { server, connects } = serving();
		server.resource("a", { get: () => LONG });
		const stream = connects();
		only(stream.sends("GET [01] Uri-Path=a"), /^2\.05 \[01\] .* Block2=14 \| 0/);
		only(stream.sends("GET [02] Uri-Path=a Block2=22"), ` Block2=22 | ${LONG.slice(1024)}`);
	});

	test("keeps to a shorter Max-Message-Size with smaller blocks (RFC 8323 §5.3.1)", () => {
		const { server, connects } = serving();
		server.resource("a", { get: () => LONG });
		const stream = connects();
		stream.sends("7.01 2=80 4=");
		expect(stream.sends("GET [01] Uri-Path=a")[0]).toMatch(/ Block2=(8|9|10) /);
	});

	test("takes bodies in blocks", () => {
		const bodies: string[] = [];
		const { server, connects } = serving();
		server.resource("a", { put: (request) => void bodies.push(request.text()) });
		expect(
			connects().sends("PUT [01] Uri-Path=a Block1=8 | 0123456789abcdef", "PUT [02] Uri-Path=a Block1=16 | x"),
		).toEqual(["2.31 [01] Block1=8", "2.04 [02] Block1=16"]);
		expect(bodies).toEqual(["0123456789abcdefx"]);
	});

	test("takes BERT blocks when it said that it takes long messages, and not else (RFC 8323 §6)", () => {
		const bodies: string[] = [];
		const make = (tcp: TcpServerOptions) => {
			const { server, connects } = serving(tcp);
			server.resource("a", { put: (request) => void bodies.push(request.text()) });
			return connects();
		};
		const two = LONG.slice(0, 1024).repeat(2);
		const stream = make({ maxMessageSize: 4096 });
		expect(stream.sends(`PUT [01] Uri-Path=a Block1=15 | ${two}`)).toEqual(["2.31 [01] Block1=14"]);
		expect(stream.sends("PUT [02] Uri-Path=a Block1=39 | x")).toEqual(["2.04 [02] Block1=39"]);
		expect(bodies).toEqual([`${two}x`]);
		only(make({}).sends("PUT [01] Uri-Path=a Block1=7 | x"), /^4\.00 /);
	});

	test("respects No-Response (RFC 7967 §2)", () => {
		const { server, connects } = serving();
		server.resource("a", { put: () => undefined });
		only(
			connects().sends("PUT [01] Uri-Path=a No-Response=2 | x", "GET [02] Uri-Path=b No-Response=2"),
			/^4\.04 \[02\]/,
		);
	});

	test("asks who wants to change something for its Echo, when it is to be fresh (RFC 9175 §2.3)", () => {
		const { server, connects } = serving();
		server.resource("a", { freshness: 1000, put: () => undefined });
		const stream = connects();
		const echo = / 252=(\w+)/.exec(stream.sends("PUT [01] Uri-Path=a | x")[0]!)![1];
		expect(stream.sends(`PUT [02] Uri-Path=a 252=${echo} | x`)).toEqual(["2.04 [02]"]);
	});

	test("ignores responses, which answer nothing that it asked", () => {
		const { connects } = serving();
		const stream = connects();
		expect(stream.sends("2.05 [01] | x", "5.03 [02]")).toEqual([]);
		expect(stream.closed).toBe(false);
	});

	test("aborts a connection with a malformed request", () => {
		const { connects, streams } = serving();
		const stream = connects();
		expect(stream.sendsHex("1001 ff")).toEqual(["7.05 | payload marker without payload"]);
		expect([stream.closed, streams.connected]).toEqual([true, 0]);
	});

	test("takes as many connections as it is told to, and another when one has gone", () => {
		const { connects, streams } = serving({ connections: 2 });
		const first = connects();
		connects();
		expect(streams.accept({ address: "192.0.2.1", port: 1 })).toBe(undefined);
		first.sends("7.04");
		expect(first.closed).toBe(true);
		connects();
		expect(streams.connected).toBe(2);
	});

	test("ends its connections with a Release", () => {
		const { connects, streams } = serving();
		const stream = connects();
		streams.close();
		expect(stream.takes()).toEqual(["7.04"]);
		expect([stream.closed, streams.connected]).toEqual([true, 0]);
	});
});
