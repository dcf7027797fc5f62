// SPDX-License-Identifier: MIT
// The client over TCP, message by message: RFC 8323.
import { describe, expect, test } from "vitest";
import type { ClientRequest } from "../../src/coap/client.ts";
import { TcpClient } from "../../src/coap/client-tcp.ts";
import { Code } from "../../src/coap/index.ts";
import { Stream } from "../support/coap-stream.ts";

const CSM = "7.01 4=";
const GET = "GET [80808080] Uri-Path=a";

function asking() {
	const client = new TcpClient({ host: "h", port: 5683 }, { random: () => 0.5 });
	const told: string[] = [];
	const ask = (request: Partial<ClientRequest> = {}) =>
		client.request({
			path: "a",
			onResponse: (response) => told.push(`notification ${response.text()}`),
			onEnd: (outcome) => told.push(outcome.type === "response" ? outcome.response.text() : outcome.type),
			...request,
		});
	return { client, stream: new Stream(client), told, ask };
}

/** A client whose connection is there. */
function connected() {
	const all = asking();
	all.stream.opens();
	all.stream.sends(CSM);
	return all;
}

describe("a client over TCP", () => {
	test("asks when the server said what it takes, all at once, and takes answers in any order (RFC 8323 §5.3)", () => {
		const { stream, told, ask } = asking();
		ask();
		ask({ path: "b", confirmable: false });
		const [csm, ...early] = stream.opens();
		expect(csm).toMatch(/^7\.01 /);
		expect(early).toEqual([]);
		expect(stream.sends(CSM)).toEqual([GET, "GET [81808080] Uri-Path=b"]);
		expect(stream.sends("2.05 [81808080] | b", "2.05 [80808080] | a")).toEqual([]);
		expect(told).toEqual(["b", "a"]);
	});

	test("repeats nothing, and gives up when its timeout has passed", () => {
		const { client, stream, told, ask } = connected();
		ask({ timeout: 10_000 });
		expect(stream.takes()).toEqual([GET]);
		expect(client.deadline).toBe(10_000);
		stream.now = 10_000;
		client.expire(10_000);
		expect(stream.takes()).toEqual([]);
		expect(told).toEqual(["timeout"]);
	});

	test("takes notifications as they come, whatever their number, and does not register again (§7.1)", () => {
		const { client, stream, told, ask } = connected();
		const request = ask({ observe: true });
		expect(stream.takes()).toEqual(["GET [80808080] Observe=0 Uri-Path=a"]);
		stream.sends(
			"2.05 [80808080] Observe=0 Max-Age=1 | 1",
			"2.05 [80808080] Observe=0 | 2",
			"2.05 [80808080] Observe=0 | 3",
		);
		expect(told).toEqual(["notification 1", "notification 2", "notification 3"]);
		expect(client.deadline).toBe(240_000);
		request.cancel();
		expect(stream.takes()).toEqual(["GET [80808080] Observe=1 Uri-Path=a"]);
		stream.sends("2.05 [80808080] | 4");
		expect(client.requests).toBe(0);
		expect(stream.sends("2.05 [80808080] Observe=0 | late")).toEqual([]);
	});

	test("sends and takes bodies in blocks", () => {
		const { stream, told, ask } = connected();
		ask({ code: Code.PUT, payload: "0123456789abcdef0123", blockSize: 16 });
		expect(stream.takes()[0]).toMatch(
			/^PUT \[80808080\] Uri-Path=a Block2=0 Block1=8 Size1=20 292=8000 \| 0123456789abcdef$/,
		);
		expect(stream.sends("2.31 [80808080] Block1=8")).toEqual([
			"PUT [80808080] Uri-Path=a Block2=0 Block1=16 292=8000 | 0123",
		]);
		expect(stream.sends("2.04 [80808080] Block1=16 Block2=8 | 0123456789abcdef")).toEqual([
			"PUT [81808080] Uri-Path=a Block2=16 292=8000",
		]);
		stream.sends("2.04 [81808080] Block2=16 | 4567");
		expect(told).toEqual(["0123456789abcdef4567"]);
	});

	test("ends what was asked with the connection", () => {
		const before = asking();
		before.ask();
		before.client.closed(0, new Error("no connection"));
		expect(before.told).toEqual(["refused"]);
		const after = connected();
		after.ask();
		after.ask({ observe: true });
		after.stream.takes();
		after.client.closed(0);
		expect(after.told).toEqual(["failed", "failed"]);
		expect(after.client.requests).toBe(0);
		expect(after.client.target).toBeUndefined();
	});

	test("closes after a Release when what was asked is answered (§5.5)", () => {
		const { client, stream, told, ask } = connected();
		ask();
		stream.takes();
		client.release();
		expect(stream.takes()).toEqual(["7.04"]);
		expect(client.target).toBeDefined();
		stream.sends("2.05 [80808080] | a");
		expect(told).toEqual(["a"]);
		expect(client.target).toBeUndefined();
	});
});
