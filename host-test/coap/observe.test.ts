// SPDX-License-Identifier: MIT
// Observing resources (RFC 7641), as timelines.
import { describe, expect, test } from "vitest";
import { Code, type ResourceOptions, type Result, type ServerOptions } from "../../src/coap/index.ts";
import { Pair } from "../support/coap-pair.ts";
import { hex } from "../support/hex.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const REGISTER = "CON GET 0001 [aa] Uri-Path=temperature Observe=0";

/** A thermometer that is observed, at first at 20, with `random` such that ACK_TIMEOUT is 2.5 s. */
function thermometer(options: Partial<ServerOptions> = {}, resource: ResourceOptions = {}) {
	const pair = new Pair(options);
	let value: Result = "20";
	/** Changes the state; returns what is sent to whom. */
	function becomes(next: Result): string[] {
		value = next;
		temperature.changed();
		return pair.drain().map(({ text }) => text);
	}
	const temperature = pair.server.resource("temperature", { observable: true, get: () => value, ...resource });
	return {
		pair,
		client: pair.client(),
		becomes,
		/** Changes the state when another NON may be sent. */
		later(next: Result): string[] {
			pair.advance(3_000);
			return becomes(next);
		},
	};
}

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

	test("with the same endpoint and token replaces the entry (RFC 7641 §4.1)", () => {
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

	test("without room is answered without Observe, and counted (RFC 7641 §4.1)", () => {
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

	test("in a later block is none (RFC 7959 §2.6)", () => {
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
		expect(becomes("21")).toEqual(["NON 2.05 1000 [aa] Observe=1 Content-Format=50 Block2=8 | unit=K.........."]);
		expect(pair.errors).toEqual([]);
	});
});

describe("an observer is removed", () => {
	test("by a GET with Observe 1 and its token, which is answered without Observe (RFC 7641 §3.6)", () => {
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

	test("by a RST to a NON, even to one of the last four (RFC 7641 §3.6)", () => {
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

	test("by a RST to a CON (RFC 7641 §4.5)", () => {
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

	test("when a CON times out after MAX_RETRANSMIT (RFC 7641 §4.5)", () => {
		const { pair, client, becomes } = thermometer({ confirmEvery: 1 });
		client.sends(REGISTER);
		becomes("21");
		const again = "CON 2.05 1000 [aa] Observe=1 Content-Format=0 | 21";
		expect(pair.advance(200_000)).toEqual([`2.5 ${again}`, `7.5 ${again}`, `17.5 ${again}`, `37.5 ${again}`]);
		expect(pair.server.observed).toBe(0);
		expect(becomes("22")).toEqual([]);
	});

	test("by a notification that is not a success, which carries no Observe and is a CON (RFC 7641 §4.2)", () => {
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

describe("notifications", () => {
	test("go to every observer, once for each change", () => {
		const { pair, client, becomes } = thermometer();
		client.sends(REGISTER);
		pair.client(5001).sends("CON GET 0001 [bb] Uri-Path=temperature Observe=0");
		expect(becomes("21")).toEqual([
			"NON 2.05 1000 [aa] Observe=2 Content-Format=0 | 21",
			"NON 2.05 1001 [bb] Observe=3 Content-Format=0 | 21",
		]);
		expect(pair.sent.map(({ port }) => port)).toEqual([5000, 5001, 5000, 5001]);
		expect(pair.drain()).toEqual([]);
	});

	test("do not queue: only the newest state is sent when its turn comes", () => {
		const { pair, client } = thermometer();
		let value = 20;
		const humidity = pair.server.resource("humidity", { observable: true, get: () => `${value}` });
		client.sends("CON GET 0001 [aa] Uri-Path=humidity Observe=0");
		for (let i = 0; i < 1_000; i++) {
			value++;
			humidity.changed();
		}
		expect(pair.drain().map(({ text }) => text)).toEqual(["NON 2.05 1000 [aa] Observe=1 Content-Format=0 | 1020"]);
	});

	test("wake the driver; a change that nobody observes does not", () => {
		const { pair, client, becomes } = thermometer();
		becomes("21");
		expect(pair.woken).toBe(0);
		client.sends(REGISTER);
		becomes("22");
		expect(pair.woken).toBe(1);
	});

	test("of a PUT go out after its reply, to everyone, the client that sent it included", () => {
		const pair = new Pair();
		let light = "off";
		const resource = pair.server.resource("light", {
			observable: true,
			get: () => light,
			put(request): Result {
				light = request.text();
				resource.changed();
				return undefined;
			},
		});
		const client = pair.client();
		client.sends("CON GET 0001 [aa] Uri-Path=light Observe=0");
		expect(client.sends("CON PUT 0002 [bb] Uri-Path=light | on")).toEqual([
			"ACK 2.04 0002 [bb]",
			"NON 2.05 1000 [aa] Observe=1 Content-Format=0 | on",
		]);
	});

	test("are not endless when a GET handler announces a change of its own resource", () => {
		const pair = new Pair();
		const resource = pair.server.resource("a", {
			observable: true,
			get(): Result {
				resource.changed();
				return "x";
			},
		});
		for (const port of [1, 2, 3]) {
			pair.client(port).sends("CON GET 0001 Uri-Path=a Observe=0");
			pair.advance(3_000);
		}
		resource.changed();
		expect(pair.drain()).toHaveLength(3);
	});

	test("have a 24-bit number that starts where it is told to, and wraps around (RFC 7641 §3.4, §4.4)", () => {
		const { client, becomes } = thermometer({ sequence: 0xfffffe });
		expect(client.sends(REGISTER)).toEqual(["ACK 2.05 0001 [aa] Observe=16777214 Content-Format=0 | 20"]);
		expect(becomes("21")[0]).toMatch("Observe=16777215");
		expect(becomes("22")[0]).toMatch("Observe=0");
	});

	test("have a number above that of the registration, whoever registers in between", () => {
		const { pair, client, becomes } = thermometer();
		client.sends(REGISTER);
		becomes("21");
		expect(pair.client(5001).sends(REGISTER)[0]).toMatch("Observe=2 ");
		expect(becomes("22").map((text) => text.slice(19, 28))).toEqual(["Observe=3", "Observe=4"]);
	});
});

describe("every fifth notification", () => {
	/** Five notifications later: the fifth is under way, unacknowledged. */
	function fifth() {
		const observed = thermometer();
		observed.client.sends(REGISTER);
		for (const value of ["21", "22", "23", "24"]) observed.later(value);
		expect(observed.later("25")).toEqual(["CON 2.05 1004 [aa] Observe=5 Content-Format=0 | 25"]);
		return observed;
	}

	test("is a CON, and once it is acknowledged NON go on", () => {
		const { client, becomes } = fifth();
		expect(client.sends("ACK 0.00 1004")).toEqual([]);
		expect(becomes("26")).toEqual(["NON 2.05 1005 [aa] Observe=6 Content-Format=0 | 26"]);
	});

	test("is retransmitted as it was while the state stays (RFC 7252 §4.2)", () => {
		const { pair, client } = fifth();
		expect(pair.advance(5_000)).toEqual(["17.5 CON 2.05 1004 [aa] Observe=5 Content-Format=0 | 25"]);
		client.sends("ACK 0.00 1004");
		expect(pair.advance(100_000)).toEqual([]);
	});

	test("holds back what changes until it is acknowledged (RFC 7641 §4.5)", () => {
		const { client, becomes } = fifth();
		expect(becomes("26")).toEqual([]);
		expect(becomes("27")).toEqual([]);
		expect(client.sends("ACK 0.00 1004")).toEqual(["NON 2.05 1005 [aa] Observe=6 Content-Format=0 | 27"]);
	});

	test("is replaced by newer state when it is due again, and the count of retransmissions goes on (RFC 7641 §4.5.2)", () => {
		const { pair, becomes } = fifth();
		expect(becomes("26")).toEqual([]);
		expect(pair.advance(10_000)).toEqual([
			"17.5 CON 2.05 1005 [aa] Observe=6 Content-Format=0 | 26",
			"22.5 CON 2.05 1005 [aa] Observe=6 Content-Format=0 | 26",
		]);
		becomes("27");
		expect(pair.advance(100_000)).toEqual([
			"32.5 CON 2.05 1006 [aa] Observe=7 Content-Format=0 | 27",
			"52.5 CON 2.05 1006 [aa] Observe=7 Content-Format=0 | 27",
		]);
		expect(pair.server.observed).toBe(0);
	});

	test("is not acknowledged by an ACK for another Message ID, from another endpoint, or with a code", () => {
		const { pair, client, becomes } = fifth();
		client.sends("ACK 0.00 1003");
		pair.client(5001).sends("ACK 0.00 1004");
		client.sends("ACK 2.05 1004 [aa]");
		expect(becomes("26")).toEqual([]);
	});

	test("starts with a timeout between ACK_TIMEOUT and ACK_TIMEOUT × ACK_RANDOM_FACTOR (RFC 7252 §4.2)", () => {
		for (const [random, first] of [
			[0, 2_000],
			[0.5, 2_500],
			[0.999, 2_999],
		] as const) {
			const { pair, client, becomes } = thermometer({ random: () => random, confirmEvery: 1 });
			client.sends(REGISTER);
			becomes("21");
			expect(pair.server.deadline).toBe(first);
		}
	});

	test("is one at a time to an endpoint: NSTART is 1 (RFC 7252 §4.7)", () => {
		const { pair, client, becomes } = thermometer({ confirmEvery: 1 });
		client.sends(REGISTER);
		client.sends("CON GET 0002 [bb] Uri-Path=temperature Observe=0");
		pair.client(5001).sends(REGISTER);
		expect(becomes("21").map((text) => text.slice(0, 18))).toEqual(["CON 2.05 1000 [aa]", "CON 2.05 1001 [aa]"]);
		expect(client.sends("ACK 0.00 1000")).toEqual(["CON 2.05 1002 [bb] Observe=5 Content-Format=0 | 21"]);
	});
});

describe("changes faster than every 3 s (RFC 7641 §4.5.1)", () => {
	test("are told at once, the first by a NON and the next by a CON", () => {
		const { pair, client, becomes } = thermometer();
		client.sends(REGISTER);
		expect(becomes("21")[0]).toMatch("NON 2.05");
		pair.advance(2_999);
		expect(becomes("22")).toEqual(["CON 2.05 1001 [aa] Observe=2 Content-Format=0 | 22"]);
		client.sends("ACK 0.00 1001");
		pair.advance(1);
		expect(becomes("23")[0]).toMatch("NON 2.05");
	});

	test("are paced by the client's ACK, after which it gets the newest state", () => {
		const { client, becomes } = thermometer();
		client.sends(REGISTER);
		for (const value of ["21", "22", "23", "24"]) becomes(value);
		expect(client.sends("ACK 0.00 1001")).toEqual(["CON 2.05 1002 [aa] Observe=3 Content-Format=0 | 24"]);
	});

	test("are no flood to a client that does not answer", () => {
		const { pair, client, becomes } = thermometer();
		client.sends(REGISTER);
		for (let i = 0; i < 400; i++) {
			becomes(`${i}`);
			pair.advance(10);
		}
		// The reply, one NON, and one CON with one retransmission.
		expect(pair.sent.map(({ text }) => text.slice(0, 3))).toEqual(["ACK", "NON", "CON", "CON"]);
		expect(pair.advance(100_000)).toHaveLength(3);
		expect(pair.server.observed).toBe(0);
	});

	test("count from the reply to a registration when that was a NON", () => {
		const { client, becomes } = thermometer();
		client.sends("NON GET 0001 [aa] Uri-Path=temperature Observe=0");
		expect(becomes("21")[0]).toMatch("CON 2.05");
	});
});

describe("23 hours", () => {
	test("after the last CON the next notification is one (RFC 7641 §4.5)", () => {
		const { pair, client, becomes } = thermometer({ confirmEvery: 1_000_000 });
		client.sends(REGISTER);
		pair.advance(23 * HOUR - 4_000);
		expect(becomes("21")[0]).toMatch("NON 2.05");
		expect(pair.advance(4_000)[0]).toMatch("82800 CON 2.05");
	});

	test("without a change, a CON finds out who went away", () => {
		const { pair, client } = thermometer();
		client.sends(REGISTER);
		const sent = pair.advance(DAY + 200_000);
		expect(sent).toHaveLength(5);
		expect(sent[0]).toBe("82800 CON 2.05 1000 [aa] Observe=1 Content-Format=0 | 20");
		expect(pair.server.observed).toBe(0);
		expect(pair.server.deadline).toBe(Infinity);
	});

	test("without a change, a client that acknowledges stays, for a month", () => {
		const { pair, client } = thermometer();
		client.sends(REGISTER);
		for (let day = 1; day <= 30; day++) {
			const sent = pair.advance(23 * HOUR);
			expect(sent).toHaveLength(1);
			client.sends(hex(`60 00 ${sent[0]!.split(" ")[3]}`));
		}
		expect(pair.server.observed).toBe(1);
	});
});
