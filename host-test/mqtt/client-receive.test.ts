// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import * as Type from "../../src/mqtt/packet-type.ts";
import { V3_1_1 } from "../../src/mqtt/version.ts";
import { writePacket } from "../support/mqtt-codec.ts";
import { connack, Pair, publish } from "../support/mqtt-pair.ts";

describe("receiving", () => {
	test("messages are delivered, and those at QoS 1 acknowledged in their order [MQTT-4.3.2-4] [MQTT-4.6.0-2]", () => {
		const pair = new Pair();
		pair.said();
		pair.sends(publish("a", "0"), publish("b", "1", 7, { retain: true }), publish("c", "2", 5, { duplicate: true }));
		expect(pair.messages).toEqual([
			{ topicName: "a", payload: "0", qos: 0, retain: false, duplicate: false },
			{ topicName: "b", payload: "1", qos: 1, retain: true, duplicate: false },
			{ topicName: "c", payload: "2", qos: 1, retain: false, duplicate: true },
		]);
		expect(pair.said()).toEqual(["PUBACK 7", "PUBACK 5"]);
	});

	test("a PUBLISH without payload does not stop those after it", () => {
		const pair = new Pair();
		pair.sends("30 03 0001 61  30 04 0001 62 78");
		expect(pair.messages.map(({ payload }) => payload)).toEqual(["", "x"]);
	});

	test("packets may come in pieces of any size", () => {
		for (let seed = 0; seed < 20; seed++) {
			const pair = new Pair({ chunks: seed });
			for (let i = 0; i < 10; i++) pair.sends(publish("topic", "x".repeat(i * 20), i));
			expect(pair.messages.map(({ payload }) => payload.length)).toEqual([0, 20, 40, 60, 80, 100, 120, 140, 160, 180]);
			expect(pair.said().filter((line) => line.startsWith("PUBACK"))).toHaveLength(9);
		}
	});

	test("a PUBLISH as large as maximumPacketSize is taken; a larger one is dropped, told and acknowledged", () => {
		for (const chunks of [undefined, 1, 2, 3]) {
			const pair = new Pair({ chunks, maximumPacketSize: 100 });
			pair.said();
			pair.sends(publish("a", "x".repeat(95)));
			expect(pair.messages).toHaveLength(1);
			for (const size of [96, 97, 1000, 20_000]) pair.sends(publish("big", "x".repeat(size), 7));
			pair.sends(publish("a", "x".repeat(96)), publish("a", "after"));
			expect(pair.messages.map(({ payload }) => payload.length)).toEqual([95, 5]);
			expect(pair.said()).toEqual(["PUBACK 7", "PUBACK 7", "PUBACK 7", "PUBACK 7"]);
			expect(pair.errors).toHaveLength(5);
			expect(pair.errors[0]).toMatchObject({ code: "DROPPED", message: 'a message to "big" is over 100 bytes' });
			expect(pair.events).toEqual(["connected"]);
		}
	});

	test("a larger one of which the connection ends in the middle leaves nothing behind", () => {
		const pair = new Pair({ maximumPacketSize: 100 });
		pair.deliver(writePacket(publish("a", "x".repeat(1000)), V3_1_1, 0x10000).subarray(0, 500));
		pair.breaks();
		pair.advance(60_000);
		pair.sends(publish("a", "after"));
		expect(pair.messages.map(({ payload }) => payload)).toEqual(["after"]);
	});

	test("any other packet too large is refused when its length is known, not when it is there", () => {
		const pair = new Pair();
		pair.sends("90 ffffff7f");
		expect(pair.events).toEqual(["connected", "disconnected: BROKEN_FORMAT"]);
		expect(pair.reasons[0]).toMatchObject({ reasonCode: 0x95 });
	});

	const broken: [string, string, number][] = [
		["QoS 3 [MQTT-3.3.1-4]", "36 05 0001 61 0001", 0x81],
		["Packet Identifier 0 [MQTT-2.2.1-4]", "32 05 0001 61 0000", 0x82],
		["a topic longer than the packet", "30 03 0005 61", 0x81],
		["a wildcard topic [MQTT-3.3.2-2]", "30 03 0001 23", 0x81],
		["an empty topic [MQTT-4.7.3-1]", "30 02 0000", 0x82],
		["reserved flags [MQTT-2.1.3-1]", "41 02 0001", 0x81],
		["packet type 0", "00 00", 0x81],
		["AUTH, which 3.1.1 does not know", "f0 00", 0x81],
		["CONNECT from a broker", "10 0c 0004 4d515454 04 02 0000 0000", 0x82],
		["SUBSCRIBE from a broker", "82 06 0001 0001 61 00", 0x82],
		["UNSUBSCRIBE from a broker", "a2 05 0001 0001 61", 0x82],
		["PINGREQ from a broker", "c0 00", 0x82],
		["DISCONNECT from a broker of 3.1.1", "e0 00", 0x82],
		["CONNACK, a second time", "20 02 0000", 0x82],
	];
	for (const [name, bytes, reasonCode] of broken) {
		test(`${name} closes the connection, which comes back [MQTT-4.13.1-1]`, () => {
			const pair = new Pair();
			pair.said();
			pair.sends(bytes);
			expect(pair.client.target).toBeUndefined();
			expect(pair.reasons[0]).toMatchObject({ code: "BROKEN_FORMAT", reasonCode });
			expect([pair.messages, pair.said()]).toEqual([[], []]);
			pair.advance(1000);
			expect(pair.client.connected).toBe(true);
		});
	}

	test("what follows a broken packet is not looked at", () => {
		const pair = new Pair();
		pair.sends("36 05 0001 61 0001  30 03 0001 61");
		expect([pair.messages, pair.events.length]).toEqual([[], 2]);
	});

	test("half a packet is forgotten with its connection", () => {
		const pair = new Pair();
		pair.sends("30 0a 0001 61");
		pair.breaks();
		pair.advance(1000);
		pair.sends(publish("b", "1"));
		expect(pair.messages.map(({ topicName }) => topicName)).toEqual(["b"]);
	});

	test("more unacknowledged messages than receiveMaximum close the connection", () => {
		const pair = new Pair({ receiveMaximum: 2, answers: false });
		pair.sends(connack());
		pair.sends(publish("a", "1", 1, { qos: 2 }), publish("a", "2", 2, { qos: 2 }));
		expect(pair.open).toBe(true);
		pair.sends(publish("a", "3", 3, { qos: 2 }));
		expect(pair.reasons[0]!.reasonCode).toBe(0x93);
		expect(pair.messages).toHaveLength(2);
	});

	test("acknowledgements do not wait behind data", () => {
		const pair = new Pair({ maximumPacketSize: 64, maximumInFlight: 50 });
		pair.said();
		pair.writable = false;
		for (let i = 0; i < 20; i++) pair.client.publish("a", "x".repeat(40), { qos: 1 });
		pair.client.transmit(0, pair.now);
		for (let i = 1; i <= 40; i++) pair.sends(publish("b", "", i));
		pair.writable = true;
		pair.settle();
		// One PUBLISH was on its way to the socket already.
		const lines = pair.said();
		expect(lines.slice(1, 41).filter((line) => line.startsWith("PUBACK"))).toHaveLength(40);
		expect(lines).toHaveLength(60);
		expect(pair.client.idle).toBe(true);
	});
});

describe("subscribing", () => {
	test("a refused subscription is told [MQTT-3.9.3-2]", () => {
		const pair = new Pair({ answers: false });
		pair.sends(connack());
		pair.client.subscribe("secret/#", 1);
		pair.sends({ type: Type.SUBACK, packetIdentifier: 1, reasonCodes: [0x80] });
		expect(pair.errors[0]).toMatchObject({ code: "SUBSCRIPTION_REFUSED", reasonCode: 0x80 });
		expect(pair.errors[0]!.message).toMatch(/secret\/#/);
		expect(pair.client.idle).toBe(true);
	});

	test("a SUBACK may grant less, but not more", () => {
		const pair = new Pair({ answers: false });
		pair.sends(connack());
		pair.client.subscribe("a", 1);
		pair.sends({ type: Type.SUBACK, packetIdentifier: 1, reasonCodes: [0] });
		pair.client.subscribe("b", 0);
		expect(pair.open).toBe(true);
		pair.sends({ type: Type.SUBACK, packetIdentifier: 2, reasonCodes: [1] });
		expect(pair.events.at(-1)).toBe("disconnected: BROKEN_FORMAT");
	});

	test("a SUBACK with more codes than filters closes the connection [MQTT-3.8.4-6]", () => {
		const pair = new Pair({ answers: false });
		pair.sends(connack());
		pair.client.subscribe("a", 1);
		pair.sends({ type: Type.SUBACK, packetIdentifier: 1, reasonCodes: [0, 0] });
		expect(pair.events.at(-1)).toBe("disconnected: BROKEN_FORMAT");
	});

	test("answers to questions that were not asked change nothing", () => {
		const pair = new Pair({ answers: false });
		pair.sends(connack());
		pair.client.subscribe("a", 1);
		pair.sends(
			{ type: Type.UNSUBACK, packetIdentifier: 1 },
			{ type: Type.SUBACK, packetIdentifier: 9, reasonCodes: [0] },
		);
		expect([pair.open, pair.client.idle]).toEqual([true, false]);
	});

	test("what changes while an answer is awaited is asked after it", () => {
		const pair = new Pair({ answers: false });
		pair.sends(connack());
		pair.said();
		pair.client.subscribe("a", 0);
		pair.client.subscribe("a", 1);
		pair.client.unsubscribe("a");
		expect(pair.said()).toEqual(["SUBSCRIBE 1 a at 0"]);
		pair.sends({ type: Type.SUBACK, packetIdentifier: 1, reasonCodes: [0] });
		expect(pair.said()).toEqual(["UNSUBSCRIBE 2 a"]);
		pair.sends({ type: Type.UNSUBACK, packetIdentifier: 2 });
		expect([pair.said(), pair.client.idle]).toEqual([[], true]);
	});

	test("unsubscribing from what was not subscribed to sends nothing", () => {
		const pair = new Pair();
		pair.said();
		pair.client.unsubscribe("a");
		expect(pair.said()).toEqual([]);
	});
});

describe("callbacks", () => {
	for (const name of ["onConnected", "onDisconnected", "onMessage", "onWritable"] as const) {
		test(`${name} may throw: it is told to onError, and nothing breaks`, () => {
			const pair = new Pair({
				connect: false,
				[name]() {
					throw new Error("mistake");
				},
			});
			pair.client.publish("a", "1");
			pair.client.connect(pair.now);
			pair.sends(publish("a", "1", 1));
			pair.breaks();
			pair.advance(1000);
			expect(pair.client.connected).toBe(true);
			expect(pair.said()).toContain("PUBACK 1");
			expect(pair.errors[0]).toMatchObject({ code: "CALLBACK", message: `${name} threw Error: mistake` });
		});
	}

	test("onError may throw too", () => {
		const pair: Pair = new Pair({
			onMessage: () => {
				throw new Error("mistake");
			},
			onError: () => {
				throw new Error("another");
			},
		});
		pair.sends(publish("a", "1", 1));
		expect(pair.said()).toContain("PUBACK 1");
	});

	test("publish, subscribe and unsubscribe are legal inside onMessage, and never call back from inside themselves", () => {
		let inside = false;
		const pair: Pair = new Pair({
			onMessage({ topicName }) {
				expect(inside).toBe(false);
				inside = true;
				pair.client.subscribe("new", 1);
				pair.client.unsubscribe("new");
				pair.client.publish("answer", topicName);
				pair.client.publish("answer", topicName, { qos: 1 });
				inside = false;
			},
		});
		pair.said();
		pair.sends(publish("a", "1", 7), publish("b", "2"));
		const lines = pair.said();
		for (const line of ["PUBACK 7", "PUBLISH answer=a", "PUBLISH answer=b"]) expect(lines).toContain(line);
		expect(pair.errors).toEqual([]);
		expect(pair.client.idle).toBe(true);
	});

	test("close inside onMessage acknowledges that message, delivers no other, and then says DISCONNECT", () => {
		const pair: Pair = new Pair({ onMessage: () => pair.client.close(pair.now) });
		pair.said();
		pair.sends("32 05 0001 61 0007  32 05 0001 62 0008");
		expect(pair.messages).toHaveLength(1);
		expect(pair.said().at(-1)).toBe("DISCONNECT");
	});

	test("publish inside onWritable fills the room, and onWritable comes again for the next", () => {
		let left = 10;
		const pair: Pair = new Pair({
			maximumQueuedMessages: 2,
			onWritable() {
				while (left > 0 && pair.client.publish("a", String(left), { qos: 1 })) left--;
			},
		});
		while (left > 0 && pair.client.publish("a", String(left), { qos: 1 })) left--;
		expect(left).toBe(0);
		expect(pair.packets.filter(({ type }) => type === Type.PUBLISH)).toHaveLength(10);
	});
});
