// SPDX-License-Identifier: MIT
// Observing resources (RFC 7641), as timelines.
import { describe, expect, test } from "vitest";
import { Code, type Result } from "../../src/coap/index.ts";
import { DAY, REGISTER, thermometer } from "../support/coap-thermometer.ts";

describe("registration", () => {
	test("is answered with an Observe option, and what changes then is notified with the token (RFC 7641 §4.1, §4.2)", () => {
		const { client, becomes, later } = thermometer();
		expect(client.sends(REGISTER)).toEqual(["ACK 2.05 0001 [aa] Observe=0 Content-Format=0 | 20"]);
		expect(becomes("21")).toEqual(["NON 2.05 1000 [aa] Observe=1 Content-Format=0 | 21"]);
		expect(later("22")).toEqual(["NON 2.05 1001 [aa] Observe=2 Content-Format=0 | 22"]);
	});

	test("by a NON is answered by a NON, of which a RST removes the observer", () => {
		const { pair, client, becomes } = thermometer();
		expect(client.sends("NON GET 0001 [aa] Uri-Path=temperature Observe=0")).toEqual([
			"NON 2.05 1000 [aa] Observe=0 Content-Format=0 | 20",
		]);
		client.sends("RST 0.00 1000");
		expect(becomes("21")).toEqual([]);
		expect(pair.server.observed).toBe(0);
	});

	test("is not refused for an Observe option of the request before that was too long to be one", () => {
		const { pair, client } = thermometer();
		client.sends("CON GET 0002 [bb] Uri-Path=temperature 6=00000000");
		expect(pair.server.observed).toBe(0);
		expect(client.sends(REGISTER)).toEqual(["ACK 2.05 0001 [aa] Observe=0 Content-Format=0 | 20"]);
	});

	test("repeated by the network registers once, and gets the same reply", () => {
		const { pair, client, becomes } = thermometer();
		const reply = client.sends(REGISTER);
		expect(client.sends(REGISTER)).toEqual(reply);
		expect(pair.server.observed).toBe(1);
		expect(becomes("21")).toHaveLength(1);
	});

	test("with the same endpoint and token replaces the entry (RFC 7641 §4.1) [CoAP-9.5]", () => {
		const { pair, client, becomes } = thermometer({}, { ct: [0] });
		client.sends(REGISTER);
		client.sends("CON GET 0002 [aa] Uri-Path=temperature Observe=0");
		expect(pair.server.observed).toBe(1);
		expect(becomes("21")).toHaveLength(1);
	});

	test("that replaces the entry ends what was under way to it", () => {
		const { pair, client, becomes } = thermometer({ confirmEvery: 1 });
		client.sends(REGISTER);
		becomes("21");
		client.sends("CON GET 0002 [aa] Uri-Path=temperature Observe=0");
		expect(pair.advance(100_000)).toEqual([]);
		expect(pair.server.observed).toBe(1);
	});

	test("with another token, port or address is another observer", () => {
		const { pair, client, becomes } = thermometer();
		client.sends(REGISTER);
		client.sends("CON GET 0002 [ab] Uri-Path=temperature Observe=0");
		pair.client(5001).sends(REGISTER);
		pair.client(5000, "192.0.2.2").sends(REGISTER);
		expect(becomes("21")).toHaveLength(4);
	});

	test("of an empty token works, too", () => {
		const { client, becomes } = thermometer();
		client.sends("CON GET 0001 Uri-Path=temperature Observe=0");
		expect(becomes("21")).toEqual(["NON 2.05 1000 Observe=1 Content-Format=0 | 21"]);
	});

	test("without room is answered without Observe, and counted (RFC 7641 §4.1) [CoAP-9.9]", () => {
		const { pair, client, becomes } = thermometer({ observers: 2 });
		client.sends(REGISTER);
		pair.client(5001).sends(REGISTER);
		expect(pair.client(5002).sends(REGISTER)[0]).toBe("ACK 2.05 0001 [aa] Content-Format=0 | 20");
		expect(pair.server.refused).toBe(1);
		client.sends("ACK 0.00 1000");
		expect(becomes("21")).toHaveLength(2);
		expect(client.sends("CON GET 0002 [aa] Uri-Path=temperature Observe=0")[0]).toMatch("Observe=5 ");
	});

	test("without room asks whoever was confirmed longest ago whether it is still there, and takes the place of the dead (RFC 7641 §4.5)", () => {
		const { pair, client } = thermometer({ observers: 2 });
		client.sends(REGISTER);
		pair.advance(1_000);
		pair.client(5001).sends(REGISTER);
		const waiting = pair.client(5002);
		const asked = ["ACK 2.05 0001 [aa] Content-Format=0 | 20", "CON 2.05 1000 [aa] Observe=2 Content-Format=0 | 20"];
		expect(waiting.sends(REGISTER)).toEqual(asked);
		expect(pair.sent.map(({ port }) => port)).toEqual([5000, 5001, 5002, 5000]);
		expect(pair.advance(93_000)).toHaveLength(4);
		expect(pair.server.observed).toBe(1);
		expect(waiting.sends("CON GET 0002 [aa] Uri-Path=temperature Observe=0")[0]).toMatch("Observe=");
	});

	test("without room asks the next one when the one asked before is there", () => {
		const { pair, client } = thermometer({ observers: 2 });
		client.sends(REGISTER);
		pair.advance(1_000);
		pair.client(5001).sends(REGISTER);
		pair.advance(1_000);
		pair.client(5002).sends(REGISTER);
		client.sends("ACK 0.00 1000");
		pair.advance(1_000);
		pair.client(5003).sends(REGISTER);
		expect(pair.sent.map(({ port }) => port)).toEqual([5000, 5001, 5002, 5000, 5003, 5001]);
		expect(pair.server.observed).toBe(2);
	});

	test("where there may be no observers is answered without Observe", () => {
		const { client } = thermometer({ observers: 0 });
		expect(client.sends(REGISTER)).toEqual(["ACK 2.05 0001 [aa] Content-Format=0 | 20"]);
	});

	test("of a resource that is not observable is answered without Observe", () => {
		const { client, becomes } = thermometer({}, { observable: false });
		expect(client.sends(REGISTER)).toEqual(["ACK 2.05 0001 [aa] Content-Format=0 | 20"]);
		expect(becomes("21")).toEqual([]);
	});

	test("of what is not there, or fails, does not register (RFC 7641 §4.1)", () => {
		const { pair, client, becomes } = thermometer();
		expect(client.sends("CON GET 0001 [aa] Uri-Path=nothing Observe=0")).toEqual(["ACK 4.04 0001 [aa]"]);
		becomes({ code: Code.SERVICE_UNAVAILABLE });
		expect(client.sends("CON GET 0002 [aa] Uri-Path=temperature Observe=0")).toEqual(["ACK 5.03 0002 [aa]"]);
		expect(pair.server.observed).toBe(0);
	});

	test("by another value of Observe, or in a PUT, is none", () => {
		const { pair, client } = thermometer({}, { put: () => undefined });
		expect(client.sends("CON GET 0001 [aa] Uri-Path=temperature Observe=2")).toEqual([
			"ACK 2.05 0001 [aa] Content-Format=0 | 20",
		]);
		expect(client.sends("CON PUT 0002 [aa] Uri-Path=temperature Observe=0")).toEqual(["ACK 2.04 0002 [aa]"]);
		expect(pair.server.observed).toBe(0);
	});

	test("in a later block is none (RFC 7959 §2.6) [CoAP-10.6]", () => {
		const { pair, client } = thermometer({}, { get: () => "x".repeat(40) });
		client.sends("CON GET 0001 [aa] Uri-Path=temperature Observe=0 Block2=16");
		expect(pair.server.observed).toBe(0);
	});

	test("lasts for the query, the format and the block size that it asked for", () => {
		const { pair, client, becomes } = thermometer(
			{},
			{
				ct: [0, 50],
				get: ({ query, accept }) => ({ payload: `${query}`.padEnd(20, "."), format: accept }),
			},
		);
		client.sends("CON GET 0001 [aa] Uri-Path=temperature Observe=0 Uri-Query=unit=K Accept=50 Block2=0");
		client.sends("CON GET 0002 [bb] Uri-Path=temperature Uri-Query=other");
		expect(becomes("21")).toEqual([
			"NON 2.05 1000 [aa] ETag=4161c56a Observe=1 Content-Format=50 Block2=8 | unit=K..........",
		]);
		expect(pair.errors).toEqual([]);
	});
});

describe("an observer is removed", () => {
	test("by a GET with Observe 1 and its token, which is answered without Observe (RFC 7641 §3.6) [CoAP-9.11]", () => {
		const { client, becomes } = thermometer();
		client.sends(REGISTER);
		expect(client.sends("CON GET 0002 [aa] Uri-Path=temperature Observe=1")).toEqual([
			"ACK 2.05 0002 [aa] Content-Format=0 | 20",
		]);
		expect(becomes("21")).toEqual([]);
	});

	test("but not by another token or another endpoint", () => {
		const { pair, client, becomes } = thermometer();
		client.sends(REGISTER);
		client.sends("CON GET 0002 [ab] Uri-Path=temperature Observe=1");
		pair.client(5001).sends("CON GET 0002 [aa] Uri-Path=temperature Observe=1");
		expect(becomes("21")).toHaveLength(1);
	});

	test("by a RST to a NON, even to one of the last four (RFC 7641 §3.6) [CoAP-9.1]", () => {
		const { client, later } = thermometer({ confirmEvery: 10 });
		client.sends(REGISTER);
		for (const value of ["21", "22", "23", "24"]) later(value);
		client.sends("RST 0.00 1000");
		expect(later("25")).toEqual([]);
	});

	test("but not by a RST with the Message ID of its own request, which is not one of ours (RFC 7641 §3.6)", () => {
		const { pair, client, becomes } = thermometer();
		client.sends("CON GET 1000 [aa] Uri-Path=temperature Observe=0");
		client.sends("CON GET 0002 [bb] Uri-Path=temperature Observe=0");
		expect(becomes("21")[0]).toMatch("NON 2.05 1000 [aa]");
		client.sends("RST 0.00 1001");
		expect(pair.server.observed).toBe(1);
		client.sends("RST 0.00 0002");
		expect(pair.server.observed).toBe(1);
		client.sends("RST 0.00 1000");
		expect(pair.server.observed).toBe(0);
	});

	test("by a RST to a CON (RFC 7641 §4.5) [CoAP-9.1]", () => {
		const { pair, client, becomes } = thermometer({ confirmEvery: 1 });
		client.sends(REGISTER);
		expect(becomes("21")).toEqual(["CON 2.05 1000 [aa] Observe=1 Content-Format=0 | 21"]);
		client.sends("RST 0.00 1000");
		expect(pair.advance(DAY)).toEqual([]);
		expect(pair.server.deadline).toBe(Infinity);
	});

	test("but not by a RST from somebody else, or to something else", () => {
		const { pair, client, becomes, later } = thermometer();
		client.sends(REGISTER);
		becomes("21");
		pair.client(5001).sends("RST 0.00 1000");
		client.sends("RST 0.00 0fff");
		client.sends("RST 0.00 0000");
		expect(later("22")).toHaveLength(1);
	});

	test("when a CON times out after MAX_RETRANSMIT (RFC 7641 §4.5) [CoAP-9.2]", () => {
		const { pair, client, becomes } = thermometer({ confirmEvery: 1 });
		client.sends(REGISTER);
		becomes("21");
		const again = "CON 2.05 1000 [aa] Observe=1 Content-Format=0 | 21";
		expect(pair.advance(200_000)).toEqual([`2.5 ${again}`, `7.5 ${again}`, `17.5 ${again}`, `37.5 ${again}`]);
		expect(pair.server.observed).toBe(0);
		expect(becomes("22")).toEqual([]);
	});

	test("by a notification that is not a success, which carries no Observe and is a CON (RFC 7641 §4.2) [CoAP-9.4]", () => {
		const { pair, client, becomes } = thermometer();
		client.sends(REGISTER);
		expect(becomes({ code: Code.NOT_FOUND })).toEqual(["CON 4.04 1000 [aa]"]);
		expect(becomes("21")).toEqual([]);
		expect(pair.advance(3_000)).toEqual(["2.5 CON 4.04 1000 [aa]"]);
		client.sends("ACK 0.00 1000");
		expect(pair.server.observed).toBe(0);
		expect(pair.advance(DAY)).toEqual([]);
	});

	test("by a handler that throws, with 5.00", () => {
		const { pair, client, becomes } = thermometer(
			{},
			{
				get(): Result {
					if (pair.now > 0) throw new Error("the sensor is gone");
					return "20";
				},
			},
		);
		client.sends(REGISTER);
		pair.advance(1);
		expect(becomes("21")).toEqual(["CON 5.00 1000 [aa]"]);
		expect(pair.errors.map(({ message }) => message)).toEqual(["GET temperature: the sensor is gone"]);
	});
});
