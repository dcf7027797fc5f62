// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { MemoryStore, type MqttError } from "../../src/mqtt/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import type { Properties } from "../../src/mqtt/property.ts";
import { V5 } from "../../src/mqtt/version.ts";
import { connack, Pair, type PairOptions, puback, publish } from "../support/mqtt-pair.ts";
import { inBothVersions } from "../support/versions.ts";

/** A pair of 5.0 whose broker says what it can in CONNACK, and then nothing by itself. */
function told(properties: Properties, options: PairOptions = {}): Pair {
	const pair = new Pair({ version: V5, answers: false, ...options });
	pair.sends({ ...connack(), properties });
	pair.said();
	return pair;
}

/** A pair that has taken messages before its broker says what it can. */
function queued(properties: Properties, publishing: (pair: Pair) => void): { pair: Pair; errors: MqttError[] } {
	const pair = new Pair({ version: V5, answers: false });
	publishing(pair);
	pair.sends({ ...connack(), properties });
	pair.advance(0);
	return { pair, errors: pair.errors };
}

describe("Server Keep Alive", () => {
	test("takes the place of ours [MQTT-3.1.2-21] [MQTT-3.2.2-21]", () => {
		const pair = told({ serverKeepAlive: 5 }, { keepAlive: 60 });
		pair.advance(5000);
		expect(pair.said()).toEqual(["PINGREQ"]);
		expect(pair.client.broker).toMatchObject({ keepAlive: 5 });
	});

	test("of 0 turns both watches off [MQTT-3.1.2-21] [MQTT-3.2.2-21]", () => {
		const pair = told({ serverKeepAlive: 0 }, { keepAlive: 60 });
		pair.advance(3_600_000);
		expect([pair.said(), pair.events]).toEqual([[], ["connected"]]);
	});

	test("turns on what we turned off, and lasts as long as its connection [MQTT-3.2.2-21]", () => {
		const pair = told({ serverKeepAlive: 5 }, { keepAlive: 0 });
		pair.advance(4999);
		expect(pair.said()).toEqual(["PINGREQ"]);
		pair.breaks();
		pair.advance(1000);
		pair.sends(connack());
		pair.said();
		pair.advance(100_000);
		expect(pair.said()).toEqual([]);
	});
});

describe("Maximum QoS", () => {
	for (const maximumQoS of [0, 1]) {
		test(`of ${maximumQoS}: what is over it fails at once, and nothing is sent [MQTT-3.2.2-11]`, () => {
			const pair = told({ maximumQoS });
			const qos = (maximumQoS + 1) as 1 | 2;
			expect(() => pair.client.publish("a", "1", { qos })).toThrow(/Maximum QoS is \d, got \d/);
			expect(() => pair.client.publish("a", "1", { qos: 2 })).toThrow(/Maximum QoS/);
			expect([pair.said(), pair.client.idle]).toEqual([[], true]);
			pair.client.publish("a", "1", { qos: maximumQoS as 0 | 1 });
			expect(pair.packets.at(-1)).toMatchObject({ type: Type.PUBLISH, qos: maximumQoS });
		});

		test(`of ${maximumQoS}: what was queued is dropped and told, and what may be sent is sent [MQTT-3.2.2-11]`, () => {
			const { pair, errors } = queued({ maximumQoS }, ({ client }) => {
				client.publish("a", "1", { qos: 2 });
				client.publish("b", "2", { queue: true });
			});
			expect(pair.said().slice(1)).toEqual(["PUBLISH b=2"]);
			expect(errors).toMatchObject([{ code: "DROPPED" }]);
			expect([pair.client.dropped, pair.client.idle]).toEqual([1, true]);
		});
	}

	test("leaves subscriptions as they are: the broker grants less", () => {
		const pair = told({ maximumQoS: 0 });
		pair.client.subscribe("a", 2);
		expect(pair.said()).toEqual(["SUBSCRIBE 1 a at 2"]);
		pair.sends({ type: Type.SUBACK, packetIdentifier: 1, reasonCodes: [0] });
		expect(pair.errors).toEqual([]);
	});
});

describe("Retain Available 0", () => {
	test("lets what is retained fail at once, and nothing is sent [MQTT-3.2.2-14]", () => {
		const pair = told({ retainAvailable: 0 });
		for (const qos of [0, 1, 2] as const) {
			expect(() => pair.client.publish("a", "1", { qos, retain: true })).toThrow(/no retained messages/);
		}
		expect([pair.said(), pair.client.idle]).toEqual([[], true]);
	});

	test("lets what was queued be dropped and told [MQTT-3.2.2-14]", () => {
		const { pair, errors } = queued({ retainAvailable: 0 }, ({ client }) => {
			client.publish("a", "1", { qos: 1, retain: true });
			client.publish("b", "2", { qos: 1 });
		});
		expect(pair.said().slice(1)).toEqual(["PUBLISH 1 b=2"]);
		expect(errors).toMatchObject([{ code: "DROPPED" }]);
	});
});

describe("Maximum Packet Size", () => {
	// Fixed Header 2, topic 3, identifier 2, properties 1; with the room for a Topic Alias that each is measured with.
	const most = 64 - 2 - 3 - 2 - 4;

	test("lets a PUBLISH that is over it fail at once; one as large is sent [MQTT-3.2.2-15]", () => {
		for (const qos of [0, 1, 2] as const) {
			const pair = told({ maximumPacketSize: 64 });
			const room = most + (qos === 0 ? 2 : 0);
			expect(() => pair.client.publish("a", "x".repeat(room + 1), { qos })).toThrow(/at most 64 bytes, got 65/);
			expect([pair.said(), pair.client.idle]).toEqual([[], true]);
			expect(pair.client.publish("a", "x".repeat(room), { qos })).toBe(true);
			expect(pair.packets.at(-1)!.payload).toHaveLength(room);
		}
	});

	test("lets a PUBLISH that was queued be dropped and told [MQTT-3.2.2-15]", () => {
		const { pair, errors } = queued({ maximumPacketSize: 64 }, ({ client }) => {
			client.publish("a", "x".repeat(100), { qos: 1 });
			client.publish("b", "2", { qos: 1 });
		});
		expect(pair.said().slice(1)).toEqual(["PUBLISH 1 b=2"]);
		expect(errors).toMatchObject([{ code: "DROPPED" }]);
	});

	test("holds for what is sent again in a resumed session, too [MQTT-3.2.2-15]", () => {
		const pair = told({}, { cleanStart: false, store: new MemoryStore() });
		pair.client.publish("a", "x".repeat(100), { qos: 2 });
		pair.breaks();
		pair.said();
		pair.advance(1000);
		pair.sends({ ...connack(true), properties: { maximumPacketSize: 64 } });
		pair.advance(0);
		expect(pair.said()).toEqual(["CONNECT test kept"]);
		expect([pair.errors.length, pair.client.idle]).toEqual([1, true]);
	});

	test("holds for SUBSCRIBE and UNSUBSCRIBE, and what cannot be said is told [MQTT-3.2.2-15]", () => {
		const pair = told({ maximumPacketSize: 64 });
		expect(() => pair.client.subscribe("a".repeat(80), 1)).toThrow(/SUBSCRIBE of at most 64 bytes/);
		pair.client.subscribe("a", 1);
		expect(pair.said()).toEqual(["SUBSCRIBE 1 a at 1"]);
	});

	test("lets a SUBSCRIBE from before be told as refused [MQTT-3.2.2-15]", () => {
		const { pair, errors } = queued({ maximumPacketSize: 64 }, ({ client }) => {
			client.subscribe("a".repeat(80), 1);
			client.subscribe("b", 1);
		});
		expect(pair.said().slice(1)).toEqual(["SUBSCRIBE 1 b at 1"]);
		expect(errors).toMatchObject([{ code: "SUBSCRIPTION_REFUSED" }]);
	});

	test("leaves room for every acknowledgement: none has a Reason String or User Properties [MQTT-3.4.2-2] [MQTT-3.4.2-3] [MQTT-3.5.2-2] [MQTT-3.5.2-3] [MQTT-3.6.2-2] [MQTT-3.6.2-3] [MQTT-3.7.2-2] [MQTT-3.7.2-3] [MQTT-3.14.2-3] [MQTT-3.14.2-4]", () => {
		const pair = told({ maximumPacketSize: 6 });
		pair.sends(publish("a", "1", 7), publish("a", "2", 8, { qos: 2 }), puback(8, Type.PUBREL), puback(9, Type.PUBREL));
		pair.sends(puback(9, Type.PUBREC), "00 00");
		expect(pair.said()).toEqual([
			"PUBACK 7",
			"PUBREC 8",
			"PUBCOMP 8",
			"PUBCOMP 9 0x92",
			"PUBREL 9 0x92",
			"DISCONNECT 0x81",
		]);
		expect(pair.packets.slice(1).filter(({ properties }) => properties !== undefined)).toEqual([]);
	});
});

describe("Receive Maximum", () => {
	test("of 2: a third message waits until PUBACK, PUBCOMP or a refusal; PUBREC makes no room [MQTT-3.3.4-7] [MQTT-4.9.0-1] [MQTT-4.9.0-2]", () => {
		const pair = told({ receiveMaximum: 2 });
		for (const payload of ["1", "2", "3", "4", "5"]) {
			pair.client.publish("a", payload, { qos: payload === "2" ? 1 : 2 });
		}
		expect(pair.said()).toEqual(["PUBLISH 1 a=1", "PUBLISH 2 a=2"]);
		pair.sends(puback(1, Type.PUBREC));
		expect(pair.said()).toEqual(["PUBREL 1"]);
		pair.sends(puback(2));
		expect(pair.said()).toEqual(["PUBLISH 3 a=3"]);
		pair.sends(puback(3, Type.PUBREC, 0x80));
		expect(pair.said()).toEqual(["PUBLISH 4 a=4"]);
		pair.sends(puback(1, Type.PUBCOMP));
		expect(pair.said()).toEqual(["PUBLISH 5 a=5"]);
	});

	test("delays no other packet [MQTT-3.3.4-8] [MQTT-4.9.0-3]", () => {
		const pair = told({ receiveMaximum: 1 }, { keepAlive: 10 });
		pair.client.publish("a", "1", { qos: 2 });
		pair.client.publish("a", "2", { qos: 1 });
		expect(pair.client.publish("a", "3")).toBe(true);
		pair.client.subscribe("b", 1);
		pair.sends(publish("c", "4", 7), publish("c", "5", 8, { qos: 2 }), puback(8, Type.PUBREL));
		pair.sends(puback(1, Type.PUBREC));
		expect(pair.said()).toEqual([
			"PUBLISH 1 a=1",
			"PUBLISH a=3",
			"SUBSCRIBE 2 b at 1",
			"PUBACK 7",
			"PUBREC 8",
			"PUBCOMP 8",
			"PUBREL 1",
		]);
		pair.advance(9000);
		expect(pair.said()).toEqual(["PINGREQ"]);
		expect(pair.messages).toHaveLength(2);
	});

	test("begins anew with each connection [MQTT-4.9.0-1]", () => {
		const pair = told({ receiveMaximum: 1 }, { cleanStart: false });
		for (const payload of ["1", "2"]) pair.client.publish("a", payload, { qos: 1 });
		pair.breaks();
		pair.said();
		pair.advance(1000);
		pair.sends({ ...connack(true), properties: { receiveMaximum: 1 } });
		expect(pair.said()).toEqual(["CONNECT test kept", "PUBLISH 1 a=1 DUP"]);
		pair.sends(puback(1));
		expect(pair.said()).toEqual(["PUBLISH 2 a=2"]);
	});

	test("that is absent is 65,535: maximumInFlight alone counts", () => {
		const pair = told({}, { maximumInFlight: 5 });
		for (let i = 0; i < 9; i++) pair.client.publish("a", "", { qos: 1 });
		expect(pair.said()).toHaveLength(5);
		expect(pair.client.broker!.receiveMaximum).toBe(0xffff);
	});
});

inBothVersions("what a client says of itself", (version) => {
	test("is what was given, and what the broker can do is to be seen while connected", () => {
		const pair = new Pair({ version, receiveMaximum: 5, maximumPacketSize: 500, topicAliasMaximum: 3 });
		const [{ properties }] = pair.packets as unknown as [{ properties?: Properties }];
		if (version === V5) expect(properties).toEqual({ receiveMaximum: 5, maximumPacketSize: 500, topicAliasMaximum: 3 });
		else expect(properties).toBeUndefined();
		expect(pair.client.broker).toMatchObject({ version, clientId: "test", maximumQoS: 2, retainAvailable: true });
		pair.breaks();
		expect(pair.client.broker).toBeUndefined();
	});
});
