// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../src/mqtt/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { V3_1_1, V5 } from "../../src/mqtt/version.ts";
import { writePacket } from "../support/mqtt-codec.ts";
import { connack, Pair, puback, publish } from "../support/mqtt-pair.ts";
import { inBothVersions } from "../support/versions.ts";

const MALFORMED = 0x81;
const PROTOCOL = 0x82;

type Row = [name: string, hex: string, reasonCode: number];

/** What breaks both versions, and is the same in both. */
const BOTH: Row[] = [
	["QoS 3 [MQTT-3.3.1-4] [3.1.1 MQTT-3.3.1-4]", "36 05 0001 61 0001", MALFORMED],
	["DUP at QoS 0", "38 03 0001 61", MALFORMED],
	["Packet Identifier 0 [MQTT-2.2.1-4]", "32 05 0001 61 0000", PROTOCOL],
	["a topic longer than the packet", "30 03 0005 61", MALFORMED],
	["a wildcard topic [MQTT-3.3.2-2] [3.1.1 MQTT-4.7.1-1]", "30 03 0001 23", MALFORMED],
	["ill-formed UTF-8 [MQTT-1.5.4-1] [3.1.1 MQTT-1.5.3-1]", "30 05 0003 eda080", MALFORMED],
	["U+0000 [MQTT-1.5.4-2] [3.1.1 MQTT-1.5.3-2]", "30 04 0002 6100", MALFORMED],
	["reserved flags [MQTT-2.1.3-1] [3.1.1 MQTT-2.2.2-2]", "41 02 0001", MALFORMED],
	["a PUBREL with wrong flags [MQTT-3.6.1-1] [3.1.1 MQTT-3.6.1-1]", "60 02 0001", MALFORMED],
	["packet type 0", "00 00", MALFORMED],
	["a Remaining Length of five bytes", "30 ffffffff", MALFORMED],
	["SUBSCRIBE from a broker", "82 06 0001 0001 61 00", PROTOCOL],
	["UNSUBSCRIBE from a broker", "a2 05 0001 0001 61", PROTOCOL],
	["PINGREQ from a broker", "c0 00", PROTOCOL],
	["PINGRESP with a body", "d0 01 00", MALFORMED],
	["any packet too large but PUBLISH, when its length is known", "90 ffffff7f", 0x95],
];

const ONLY_3_1_1: Row[] = [
	["an empty topic", "30 02 0000", PROTOCOL],
	["AUTH, which 3.1.1 does not know", "f0 00", MALFORMED],
	["CONNECT from a broker", "10 0c 0004 4d515454 04 02 0000 0000", PROTOCOL],
	["DISCONNECT from a broker", "e0 00", PROTOCOL],
	["CONNACK, a second time", "20 02 0000", PROTOCOL],
	["CONNACK, a second time, with flags", "20 02 0200", PROTOCOL],
];

const ONLY_5: Row[] = [
	["an empty topic [MQTT-4.7.3-1]", "30 03 0000 00", PROTOCOL],
	["AUTH without a method of ours [MQTT-4.12.0-6]", "f0 06 18 04 15 0001 6d", PROTOCOL],
	["AUTH that is empty", "f0 00", PROTOCOL],
	["CONNECT from a broker", "10 0d 0004 4d515454 05 02 0000 00 0000", PROTOCOL],
	["CONNACK, a second time [MQTT-3.2.0-2]", "20 03 0000 00", PROTOCOL],
	["a Property Length longer than it need be [MQTT-1.5.5-1]", "30 05 0001 61 8000", MALFORMED],
	["an unknown property", "30 06 0001 61 02 7f00", MALFORMED],
	["a property of another packet", "30 07 0001 61 03 21 0001", MALFORMED],
	["a property twice", "30 08 0001 61 04 0100 0101", PROTOCOL],
	["a Response Topic with a wildcard [MQTT-3.3.2-14]", "30 08 0001 61 04 08 0001 23", PROTOCOL],
	["Topic Alias 0 [MQTT-3.3.2-8]", "30 07 0001 61 03 23 0000", 0x94],
	["Subscription Identifier 0", "30 06 0001 61 02 0b00", PROTOCOL],
	["a PUBACK with a code that is another packet's [MQTT-3.4.2-1]", "40 03 0001 92", MALFORMED],
	["DISCONNECT with a code that is another packet's [MQTT-3.14.2-1]", "e0 01 86", MALFORMED],
	["DISCONNECT with a Session Expiry Interval [MQTT-3.14.2-2]", "e0 07 00 05 11 00000001", PROTOCOL],
	[
		"a message over maximumPacketSize, when as much came [MQTT-3.1.2-24]",
		`30 b410 0001 61 00 ${"00".repeat(2043)}`,
		0x95,
	],
];

describe("what breaks the protocol, 3.1.1", () => {
	for (const [name, bytes, reasonCode] of [...BOTH, ...ONLY_3_1_1]) {
		test(`${name} closes the connection, which comes back [3.1.1 MQTT-4.8.0-1]`, () => {
			const pair = new Pair({ version: V3_1_1 });
			pair.said();
			pair.sends(bytes);
			expect(pair.open).toBe(false);
			expect(pair.reasons).toMatchObject([{ code: "BROKEN_FORMAT", reasonCode }]);
			expect([pair.messages, pair.said()]).toEqual([[], []]);
			pair.advance(1000);
			expect(pair.client.connected).toBe(true);
		});
	}
});

describe("what breaks the protocol, 5.0", () => {
	for (const [name, bytes, reasonCode] of [...BOTH, ...ONLY_5]) {
		test(`${name} is told by a DISCONNECT, and closes the connection, which comes back [MQTT-4.13.1-1] [MQTT-4.13.2-1] [MQTT-3.14.4-1] [MQTT-3.14.4-2]`, () => {
			const pair = new Pair({ version: V5 });
			pair.said();
			pair.sends(bytes);
			expect(pair.open).toBe(false);
			expect(pair.said()).toEqual([`DISCONNECT 0x${reasonCode.toString(16)}`]);
			expect(pair.reasons).toMatchObject([{ code: "BROKEN_FORMAT", reasonCode }]);
			expect(pair.messages).toEqual([]);
			pair.advance(1000);
			expect(pair.client.connected).toBe(true);
		});
	}
});

inBothVersions("after what breaks the protocol", (version) => {
	test("nothing is looked at", () => {
		const pair = new Pair({ version });
		const after = writePacket(publish("a", "1"), version);
		pair.deliver(Uint8Array.from([0x36, 5, 0, 1, 0x61, 0, 1, ...after]));
		expect([pair.messages, pair.events.length]).toEqual([[], 2]);
	});

	test("the connection is closed although the socket takes no DISCONNECT [MQTT-4.13.2-1]", () => {
		const pair = new Pair({ version, closeTimeout: 500, random: () => 1 });
		pair.writable = false;
		pair.sends("00 00");
		pair.advance(500);
		expect(pair.open).toBe(false);
		expect(pair.said()).toEqual([`CONNECT test clean`]);
	});

	test("what the application publishes waits for the next connection", () => {
		const pair = new Pair({ version, closeTimeout: 500 });
		pair.writable = false;
		pair.sends("00 00");
		expect(pair.client.publish("a", "0")).toBe(false);
		expect(pair.client.publish("a", "1", { qos: 1 })).toBe(true);
		pair.writable = true;
		pair.said();
		pair.settle();
		pair.advance(1500);
		const lines = pair.said();
		expect(lines.filter((line) => !line.startsWith("DISCONNECT"))).toEqual(["CONNECT test clean", "PUBLISH 1 a=1"]);
	});

	test("an answer that a message at QoS 1 or 2 does not have is a Protocol Error", () => {
		for (const [qos, type] of [
			[1, Type.PUBREC],
			[1, Type.PUBCOMP],
			[2, Type.PUBACK],
		] as const) {
			const pair = new Pair({ version, answers: false });
			pair.sends(connack());
			pair.client.publish("a", "1", { qos });
			pair.sends(puback(1, type));
			expect(pair.reasons).toMatchObject([{ code: "BROKEN_FORMAT", reasonCode: PROTOCOL }]);
		}
	});

	test("more unacknowledged messages than receiveMaximum, or in 3.1.1 than 1,024, close the connection [MQTT-3.3.4-9]", () => {
		const pair = new Pair({ version, receiveMaximum: 2, answers: false });
		pair.sends(connack());
		const most = version === V5 ? 2 : 1024;
		for (let id = 1; id <= most; id++) pair.sends(publish("a", "1", id, { qos: 2 }));
		expect(pair.open).toBe(true);
		pair.sends(publish("a", "3", most + 1, { qos: 2 }));
		expect(pair.reasons).toMatchObject([{ reasonCode: 0x93 }]);
		expect(pair.messages).toHaveLength(most);
	});

	test("a resumed session may have as many more as PUBRELs of the last connection come again (5.0 §4.9)", () => {
		const pair = new Pair({ version, receiveMaximum: 2, answers: false, cleanStart: false });
		pair.sends(connack());
		pair.sends(publish("a", "1", 1, { qos: 2 }), publish("a", "2", 2, { qos: 2 }));
		pair.breaks();
		pair.advance(1000);
		pair.sends(connack(true));
		pair.sends(publish("a", "3", 3, { qos: 2 }), { type: Type.PUBREL, packetIdentifier: 1 });
		pair.sends({ type: Type.PUBREL, packetIdentifier: 2 });
		pair.sends(publish("a", "4", 4, { qos: 2 }), publish("a", "5", 5, { qos: 2 }));
		expect([pair.open, pair.messages.length]).toEqual([true, 5]);
	});

	test("a message that the store does not take is neither delivered nor acknowledged: the connection closes [3.1.1 MQTT-4.8.0-2]", () => {
		const store = new MemoryStore();
		const pair = new Pair({ version, cleanStart: false, store });
		pair.said();
		store.put = () => {
			throw new Error("flash is full");
		};
		pair.sends(publish("a", "1", 7, { qos: 2 }));
		expect([pair.open, pair.messages]).toEqual([false, []]);
		expect(pair.said()).toEqual(version === V5 ? ["DISCONNECT 0x80"] : []);
		expect(pair.reasons).toMatchObject([{ code: "STORE_FAILED" }]);
	});
});

describe("a broker's DISCONNECT", () => {
	const rows: [name: string, reasonCode: number, least: number, most: number][] = [
		["Server shutting down", 0x8b, 0, 1000],
		["Administrative action", 0x98, 0, 1000],
		// Two clients with one identifier would throw each other out for ever.
		["Session taken over", 0x8e, 60_000, 300_000],
		["Not authorized", 0x87, 60_000, 300_000],
	];
	for (const [name, reasonCode, least, most] of rows) {
		test(`for "${name}" closes, says nothing, and waits for ${least / 1000} to ${most / 1000} s [MQTT-4.13.2-1]`, () => {
			for (const random of [0, 1]) {
				const pair = new Pair({ version: V5, random: () => random });
				pair.said();
				pair.sends({ type: Type.DISCONNECT, reasonCode });
				expect([pair.client.connected, pair.said()]).toEqual([false, []]);
				expect(pair.reasons).toMatchObject([{ code: "DISCONNECTED", reasonCode, message: name }]);
				if (random === 1) expect(pair.client.deadline - pair.now).toBe(most);
				else if (least > 0) expect(pair.client.deadline - pair.now).toBe(least);
			}
		});
	}

	test("may say why in its own words", () => {
		const pair = new Pair({ version: V5 });
		pair.sends({ type: Type.DISCONNECT, reasonCode: 0x8b, properties: { reasonString: "back at noon" } });
		expect(pair.reasons).toMatchObject([{ message: "back at noon" }]);
	});
});
