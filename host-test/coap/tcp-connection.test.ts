// SPDX-License-Identifier: MIT
// Connections, apart from who uses them: RFC 8323 §3 and §5.
import { describe, expect, test } from "vitest";
import { CONNECTION_PARAMETERS, type ConnectionParameters, TcpConnection } from "../../src/coap/tcp-connection.ts";
import { Stream } from "../support/coap-stream.ts";
import { datagram, textOf } from "../support/coap-text.ts";

/** An end that keeps what comes, and answers each request with its `answer`. */
class End extends TcpConnection {
	readonly came: string[] = [];
	readonly errors: (string | undefined)[] = [];
	answer: string | undefined;
	pending = false;
	greetings = 0;
	queue: string[] = [];

	protected override message(bytes: Uint8Array): void {
		this.came.push(textOf(bytes));
		if (this.answer !== undefined) this.send(datagram(this.answer));
	}

	protected override ended(error: Error | undefined): void {
		this.errors.push(error?.message);
	}

	protected override greeted(): void {
		this.greetings++;
	}

	protected override get outstanding(): boolean {
		return this.pending;
	}

	protected override produce(): Uint8Array | undefined {
		const next = this.queue.shift();
		this.producing = this.queue.length > 0;
		return next === undefined ? undefined : datagram(next);
	}

	/** Has something to send of its own accord. */
	says(...lines: string[]): void {
		this.queue.push(...lines);
		this.producing = true;
	}
}

const CSM = "7.01 4=";
const TARGET = { host: "192.0.2.1", port: 5683 };

function connected(parameters: Partial<ConnectionParameters> = {}, window?: number) {
	const end = new End(TARGET, { ...CONNECTION_PARAMETERS, ...parameters });
	const peer = new Stream(end, window);
	const greeting = peer.opens();
	return { end, peer, greeting };
}

function ready(parameters?: Partial<ConnectionParameters>, window?: number) {
	const { end, peer } = connected(parameters, window);
	peer.sends(CSM);
	return { end, peer };
}

describe("a connection", () => {
	test("begins with a CSM that says that block-wise transfer is spoken (RFC 8323 §5.3)", () => {
		expect(connected().greeting).toEqual([CSM]);
	});

	test("says how long messages may be when that is not what everybody takes (RFC 8323 §5.3.1)", () => {
		expect(connected({ maxMessageSize: 4096 }).greeting).toEqual(["7.01 2=1000 4="]);
	});

	test("takes messages once there was a CSM", () => {
		const { end, peer } = ready();
		peer.sends("GET [20] Uri-Path=a", "2.05 [21] | 22.5");
		expect(end.came).toEqual(["NON GET 0000 [20] Uri-Path=a", "NON 2.05 0000 [21] | 22.5"]);
	});

	test("is aborted when there is something before the CSM (RFC 8323 §5.3)", () => {
		for (const first of ["GET Uri-Path=a", "7.02", "7.04"]) {
			const { end, peer } = connected();
			expect(peer.sends(first)).toEqual(["7.05 | expected a CSM first"]);
			expect(peer.closed).toBe(true);
			expect(end.came).toEqual([]);
			expect(end.errors).toEqual(["expected a CSM first"]);
		}
	});

	test("is aborted when no CSM comes (RFC 8323 §5.3)", () => {
		const { end, peer } = connected({ pongTimeout: 30_000 });
		expect(peer.advance(29_999)).toEqual([]);
		expect(peer.advance(1)).toEqual(["7.05 | no CSM"]);
		expect([peer.closed, end.errors]).toEqual([true, ["no CSM"]]);
	});

	test("ignores Empty messages, before the CSM, too (RFC 8323 §3.4)", () => {
		const { end, peer } = connected();
		expect(peer.sendsHex("0000 0000")).toEqual([]);
		expect(peer.sends(CSM)).toEqual([]);
		expect(peer.sendsHex("0000")).toEqual([]);
		expect([peer.closed, end.came]).toEqual([false, []]);
	});

	test("keeps to the length that the peer takes, which may change (RFC 8323 §5.3.1)", () => {
		const { end, peer } = ready();
		end.answer = `NON 2.05 0000 | ${"x".repeat(100)}`;
		expect(peer.sends("GET")).toHaveLength(1);
		expect(peer.sends("7.01 2=64", "GET")).toEqual([]);
		expect(peer.sends("7.01 2=0400", "GET")).toHaveLength(1);
		expect(end.peerMessageSize).toBe(1024);
	});

	test("keeps what an earlier CSM said when a later one does not say it (RFC 8323 §5.3)", () => {
		const { end, peer } = ready();
		peer.sends("7.01 2=0400", CSM);
		expect(end.peerMessageSize).toBe(1024);
		expect(end.greetings).toBe(1);
	});

	test("answers a Ping with a Pong that has its token (RFC 8323 §5.4)", () => {
		const { peer } = ready();
		expect(peer.sends("7.02 [0102]")).toEqual(["7.03 [0102]"]);
		expect(peer.sends("7.02")).toEqual(["7.03"]);
	});

	test("takes custody once every request is answered (RFC 8323 §5.4.1)", () => {
		const { end, peer } = ready();
		expect(peer.sends("7.02 [01] 2=")).toEqual(["7.03 [01] 2="]);
		end.pending = true;
		expect(peer.sends("7.02 [02] 2=")).toEqual(["7.03 [02]"]);
	});

	test("ignores what is elective and unknown, and codes that there are not yet (RFC 8323 §5.2)", () => {
		const { end, peer } = ready();
		expect(peer.sends("7.01 6=00", "7.02 [01] 8=00", "7.31", "7.00")).toEqual(["7.03 [01]"]);
		expect([peer.closed, end.came]).toEqual([false, []]);
	});

	test("is aborted for a critical option of a CSM, which is named (RFC 8323 §5.2, §5.6.1)", () => {
		const { peer } = connected();
		expect(peer.sends("7.01 3=00")).toEqual(["7.05 2=03 | unknown critical option"]);
		expect(peer.closed).toBe(true);
	});

	test("is aborted for a critical option of another signal (RFC 8323 §5.2)", () => {
		const { peer } = ready();
		expect(peer.sends("7.02 [01] 3=00")).toEqual(["7.05 | unknown critical option"]);
		expect(peer.closed).toBe(true);
	});

	const MALFORMED: [name: string, bytes: string, why: string][] = [
		["a token length of 15", "0fe2", "token length"],
		["a marker without payload", "10e2 ff", "payload marker without payload"],
		["an option that ends too early", "10e2 21", "truncated"],
		["an option delta of 15", "10e2 f0", "reserved nibble"],
		["an option length of 15", "10e1 2f", "reserved nibble"],
	];
	for (const [name, bytes, why] of MALFORMED)
		test(`is aborted for ${name}, and takes nothing after it`, () => {
			const { end, peer } = ready();
			expect(peer.sendsHex(`${bytes} 0001 00e2`)).toEqual([`7.05 | ${why}`]);
			expect([peer.closed, end.errors, end.came]).toEqual([true, [why], []]);
		});

	test("is aborted for a message that is too long", () => {
		const { end, peer } = ready();
		expect(peer.sendsHex("f0 00000000 01")).toEqual(["7.05 | message too long"]);
		expect([peer.closed, end.errors]).toEqual([true, ["message too long"]]);
	});

	test("ends at a Release once all requests are answered (RFC 8323 §5.5)", () => {
		const { end, peer } = ready();
		end.pending = true;
		expect(peer.sends("7.04")).toEqual([]);
		expect(peer.closed).toBe(false);
		end.pending = false;
		end.says("NON 2.05 0000 [01]");
		expect(peer.takes()).toEqual(["2.05 [01]"]);
		expect([peer.closed, end.errors]).toEqual([true, [undefined]]);
	});

	test("ends at a Release at once when nothing is outstanding (RFC 8323 §5.5)", () => {
		const { end, peer } = ready();
		expect(peer.sends("7.04 4=05")).toEqual([]);
		expect([peer.closed, end.errors]).toEqual([true, [undefined]]);
	});

	test("ends at an Abort, with what the peer says of it (RFC 8323 §5.6)", () => {
		const { end, peer } = ready();
		expect(peer.sends("7.05 | out of memory", "GET")).toEqual([]);
		expect([peer.closed, end.errors, end.came]).toEqual([true, ["aborted by the peer: out of memory"], []]);
	});

	test("says Release when it is to end, and closes once that is sent", () => {
		const { end, peer } = ready();
		end.release();
		expect(peer.takes()).toEqual(["7.04"]);
		expect([peer.closed, end.errors]).toEqual([true, [undefined]]);
	});

	test("says Abort with the reason when it has one", () => {
		const { end, peer } = ready();
		end.abort("the roof is on fire");
		end.abort("twice");
		expect(peer.takes()).toEqual(["7.05 | the roof is on fire"]);
		expect([peer.closed, end.errors]).toEqual([true, ["the roof is on fire"]]);
	});

	test("that is lost tells so, once", () => {
		const { end } = ready();
		end.closed(0);
		end.closed(0, new Error("again"));
		expect(end.errors).toEqual(["the connection ended"]);
		expect(end.due).toBe(false);
	});

	test("is probed with a Ping when nothing comes, and given up without a Pong (RFC 8323 §3.4)", () => {
		const { end, peer } = ready({ pingInterval: 60_000, pongTimeout: 10_000 });
		peer.advance(50_000);
		peer.sendsHex("0000");
		expect(peer.advance(59_999)).toEqual([]);
		expect(peer.advance(1)).toEqual(["7.02"]);
		peer.sends("7.03");
		expect(peer.advance(60_000)).toEqual(["7.02"]);
		expect(peer.advance(9_999)).toEqual([]);
		expect(peer.closed).toBe(false);
		expect(peer.advance(1)).toEqual([]);
		expect([peer.closed, end.errors]).toEqual([true, ["no Pong"]]);
	});

	test("takes no more requests than it has room to answer, and loses none", () => {
		for (const window of [1, 10, 100, 1536]) {
			const { end, peer } = ready({}, window);
			end.answer = `NON 2.05 0000 [01] | ${"x".repeat(1000)}`;
			const said = peer.sends(...Array.from({ length: 20 }, () => "GET [01] Uri-Path=a"));
			expect(said).toHaveLength(20);
			expect(new Set(said).size).toBe(1);
		}
	});

	test("sends of its own accord, in order, as the window allows", () => {
		const { end, peer } = ready({}, 10);
		end.says(...Array.from({ length: 9 }, (_, i) => `NON 2.05 0000 [0${i}] | ${"x".repeat(500)}`));
		expect(peer.takes().map((line) => line.slice(0, 9))).toEqual(Array.from({ length: 9 }, (_, i) => `2.05 [0${i}]`));
	});
});
