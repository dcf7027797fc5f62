// SPDX-License-Identifier: MIT
// Observing resources (RFC 7641), as timelines.
import { describe, expect, test } from "vitest";
import type { Result } from "../../src/coap/index.ts";
import { Pair } from "../support/coap-pair.ts";
import { DAY, HOUR, REGISTER, thermometer } from "../support/coap-thermometer.ts";
import { hex, toHex } from "../support/hex.ts";

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

	test("have a 24-bit number that starts where it is told to, and wraps around (RFC 7641 §3.4, §4.4) [CoAP-9.6]", () => {
		const { client, becomes } = thermometer({ sequence: 0xfffffe });
		expect(client.sends(REGISTER)).toEqual(["ACK 2.05 0001 [aa] Observe=16777214 Content-Format=0 | 20"]);
		expect(becomes("21")).toEqual(["NON 2.05 1000 [aa] Observe=16777215 Content-Format=0 | 21"]);
		expect(becomes("22")).toEqual(["CON 2.05 1001 [aa] Observe=0 Content-Format=0 | 22"]);
		client.sends("ACK 0.00 1001");
		expect(becomes("23")).toEqual(["CON 2.05 1002 [aa] Observe=1 Content-Format=0 | 23"]);
	});

	test("have a number of as few bytes as it takes, over every length that it has (RFC 7252 §3.2)", () => {
		for (const first of [0xfe, 0xfffe, 0x2fffe, 0xfffffe]) {
			const { pair, client, later } = thermometer({ sequence: first, confirmEvery: 1_000 });
			client.sends(REGISTER);
			for (let i = 1; i < 5; i++) {
				later(`${i}`);
				const number = (first + i) & 0xffffff;
				const digits = number === 0 ? "" : number.toString(16);
				const value = digits.length % 2 ? `0${digits}` : digits;
				const bytes = `51 45 10 0${i - 1} aa 6${value.length / 2} ${value} 60 ff 3${i}`;
				expect(toHex(pair.sent.at(-1)!.bytes)).toBe(bytes.replaceAll(" ", ""));
			}
		}
	});

	test("of text of any length have it whole, one after another", () => {
		const { pair, client, later } = thermometer({ confirmEvery: 1_000 });
		client.sends(REGISTER);
		for (const length of [1, 63, 64, 65, 300, 2, 1_024, 64, 64, 1])
			for (const character of ["x", "é", "€"]) {
				if (length === 1_024 && character !== "x") continue;
				expect(later(character.repeat(length))[0]).toMatch(new RegExp(`\\| ${character}{${length}}$`));
			}
		expect(pair.errors).toEqual([]);
	});

	test("of a text with a lone surrogate are a 5.00", () => {
		const { pair, client, later } = thermometer();
		client.sends(REGISTER);
		expect(later("\ud800")).toEqual(["CON 5.00 1000 [aa]"]);
		expect(pair.errors.map(({ message }) => message)).toEqual([
			"GET temperature: expected well-formed text, got a lone surrogate",
		]);
	});

	test("that are retransmitted are not mixed up with those to others meanwhile", () => {
		const { pair, client, becomes } = thermometer({ confirmEvery: 1 });
		client.sends(REGISTER);
		becomes("21");
		const other = pair.client(5001);
		other.sends("CON GET 0001 [bb] Uri-Path=temperature Observe=0");
		becomes("22");
		expect(pair.advance(2_500)).toEqual([
			"2.5 CON 2.05 1002 [aa] Observe=4 Content-Format=0 | 22",
			"2.5 CON 2.05 1001 [bb] Observe=3 Content-Format=0 | 22",
		]);
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

	test("is retransmitted as it was while the state stays (RFC 7252 §4.2) [CoAP-7.3]", () => {
		const { pair, client } = fifth();
		expect(pair.advance(5_000)).toEqual(["17.5 CON 2.05 1004 [aa] Observe=5 Content-Format=0 | 25"]);
		client.sends("ACK 0.00 1004");
		expect(pair.advance(100_000)).toEqual([]);
	});

	test("holds back what changes until it is acknowledged (RFC 7641 §4.5) [CoAP-9.7]", () => {
		const { client, becomes } = fifth();
		expect(becomes("26")).toEqual([]);
		expect(becomes("27")).toEqual([]);
		expect(client.sends("ACK 0.00 1004")).toEqual(["NON 2.05 1005 [aa] Observe=6 Content-Format=0 | 27"]);
	});

	test("is replaced by newer state when it is due again, and the count of retransmissions goes on (RFC 7641 §4.5.2) [CoAP-9.8]", () => {
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

	test("starts with a timeout between ACK_TIMEOUT and ACK_TIMEOUT × ACK_RANDOM_FACTOR (RFC 7252 §4.2) [CoAP-7.3]", () => {
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

	test("is one at a time to an endpoint: NSTART is 1 (RFC 7252 §4.7) [CoAP-7.6]", () => {
		const { pair, client, becomes } = thermometer({ confirmEvery: 1 });
		client.sends(REGISTER);
		client.sends("CON GET 0002 [bb] Uri-Path=temperature Observe=0");
		pair.client(5001).sends(REGISTER);
		expect(becomes("21").map((text) => text.slice(0, 18))).toEqual(["CON 2.05 1000 [aa]", "CON 2.05 1001 [aa]"]);
		expect(client.sends("ACK 0.00 1000")).toEqual(["CON 2.05 1002 [bb] Observe=5 Content-Format=0 | 21"]);
	});
});

describe("changes faster than every 3 s (RFC 7641 §4.5.1)", () => {
	test("are told at once, the first by a NON and the next by a CON [CoAP-9.10]", () => {
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

	test("are no flood to a client that does not answer [CoAP-9.10]", () => {
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
	test("after the last CON the next notification is one (RFC 7641 §4.5) [CoAP-9.3]", () => {
		const { pair, client, becomes } = thermometer({ confirmEvery: 1_000_000 });
		client.sends(REGISTER);
		pair.advance(23 * HOUR - 4_000);
		expect(becomes("21")[0]).toMatch("NON 2.05");
		expect(pair.advance(4_000)[0]).toMatch("82800 CON 2.05");
	});

	test("without a change, a CON finds out who went away [CoAP-9.3]", () => {
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
