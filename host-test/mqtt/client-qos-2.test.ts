// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../src/mqtt/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { V5 } from "../../src/mqtt/version.ts";
import { connack, Pair, type PairOptions, puback, publish } from "../support/mqtt-pair.ts";
import { inBothVersions } from "../support/versions.ts";

/** A pair whose broker answers nothing by itself, in a session that is kept. */
function opened(options: PairOptions): Pair {
	const pair = new Pair({ answers: false, cleanStart: false, ...options });
	pair.sends(connack());
	pair.said();
	return pair;
}

/** The connection breaks, and the next one resumes the session. */
function resume(pair: Pair): void {
	pair.breaks();
	pair.advance(1000);
	pair.sends(connack(true));
	expect(pair.said().shift()).toBe("CONNECT test kept");
}

const exactlyOnce = (packetIdentifier: number, payload: string, duplicate = false) =>
	publish("a", payload, packetIdentifier, { qos: 2, duplicate });

const payloads = (pair: Pair) => pair.messages.map(({ payload }) => payload);

inBothVersions("a sender at QoS 2", (version) => {
	test("takes a new identifier for each message, and sends it without DUP [MQTT-4.3.3-1] [MQTT-4.3.3-2]", () => {
		const pair = opened({ version });
		pair.client.publish("a", "1", { qos: 2 });
		pair.client.publish("a", "2", { qos: 2 });
		expect(pair.packets.slice(1)).toMatchObject([
			{ type: Type.PUBLISH, qos: 2, packetIdentifier: 1, duplicate: false },
			{ type: Type.PUBLISH, qos: 2, packetIdentifier: 2, duplicate: false },
		]);
	});

	test("is done at PUBCOMP, not at PUBREC nor before it [MQTT-4.3.3-3] [MQTT-4.3.3-4] [MQTT-4.3.3-5] [3.1.1 MQTT-4.3.3-1]", () => {
		let done = 0;
		const pair = opened({ version });
		pair.client.publish("a", "1", { qos: 2, onComplete: () => done++ });
		pair.advance(10_000);
		expect([pair.client.idle, done, pair.said()]).toEqual([false, 0, ["PUBLISH 1 a=1"]]);
		pair.sends(puback(1, Type.PUBREC));
		expect([pair.client.idle, done, pair.said()]).toEqual([false, 0, ["PUBREL 1"]]);
		pair.sends(puback(1, Type.PUBCOMP));
		pair.advance(0);
		expect([pair.client.idle, done, pair.said()]).toEqual([true, 1, []]);
	});

	test("sends PUBRELs in the order of their PUBRECs, each with its own identifier [MQTT-4.6.0-4] [MQTT-2.2.1-5] [3.1.1 MQTT-4.6.0-4] [3.1.1 MQTT-2.3.1-6]", () => {
		const pair = opened({ version });
		for (const payload of ["1", "2", "3"]) pair.client.publish("a", payload, { qos: 2 });
		pair.said();
		pair.sends(puback(3, Type.PUBREC), puback(1, Type.PUBREC), puback(2, Type.PUBREC));
		expect(pair.said()).toEqual(["PUBREL 3", "PUBREL 1", "PUBREL 2"]);
	});

	test("answers a PUBREC that comes twice twice", () => {
		const pair = opened({ version });
		pair.client.publish("a", "1", { qos: 2 });
		pair.said();
		pair.sends(puback(1, Type.PUBREC), puback(1, Type.PUBREC));
		expect(pair.said()).toEqual(["PUBREL 1", "PUBREL 1"]);
	});

	test("sends what got no PUBREC again with DUP in a resumed session, and of what did only the PUBREL [MQTT-4.3.3-6] [MQTT-4.4.0-1] [3.1.1 MQTT-4.3.3-1] [3.1.1 MQTT-4.4.0-1]", () => {
		const pair = opened({ version });
		pair.client.publish("a", "1", { qos: 2 });
		pair.client.publish("a", "2", { qos: 2 });
		pair.sends(puback(1, Type.PUBREC));
		pair.breaks();
		pair.said();
		pair.advance(1000);
		pair.sends(connack(true));
		expect(pair.said()).toEqual(["CONNECT test kept", "PUBREL 1", "PUBLISH 2 a=2 DUP"]);
		pair.sends(puback(1, Type.PUBCOMP), puback(2, Type.PUBREC), puback(2, Type.PUBCOMP));
		expect(pair.said()).toEqual(["PUBREL 2"]);
		expect(pair.client.idle).toBe(true);
	});

	test("does the same after a reboot, from its store [MQTT-4.3.3-6] [MQTT-3.3.1-1] [3.1.1 MQTT-4.1.0-1]", () => {
		const store = new MemoryStore();
		const before = opened({ version, store });
		before.client.publish("a", "1", { qos: 2 });
		before.client.publish("a", "2", { qos: 2 });
		before.client.publish("a", "3", { qos: 1, retain: true });
		before.sends(puback(1, Type.PUBREC));
		const pair = new Pair({ version, store, answers: false, cleanStart: false });
		pair.sends(connack(true));
		expect(pair.said()).toEqual(["CONNECT test kept", "PUBREL 1", "PUBLISH 2 a=2 DUP", "PUBLISH 3 a=3 DUP retained"]);
		pair.sends(puback(1, Type.PUBCOMP), puback(2, Type.PUBREC), puback(2, Type.PUBCOMP), puback(3));
		expect(pair.client.idle).toBe(true);
		expect(store.entries().map(([key]) => key)).toEqual([0]);
	});

	test("of a message that may have arrived in a session that is lost tells that it is dropped, and sends it no more", () => {
		const pair = opened({ version });
		const outcomes: (string | undefined)[] = [];
		const onComplete = (error?: { code: string }) => outcomes.push(error?.code);
		pair.client.publish("a", "1", { qos: 2, onComplete });
		pair.client.publish("a", "2", { qos: 2, onComplete });
		pair.sends(puback(1, Type.PUBREC));
		pair.breaks();
		pair.said();
		pair.advance(1000);
		pair.sends(connack(false));
		expect(pair.said()).toEqual(["CONNECT test kept"]);
		expect([outcomes.sort(), pair.client.dropped, pair.client.idle]).toEqual([["DROPPED", undefined], 1, true]);
	});
});

inBothVersions("a receiver at QoS 2", (version) => {
	test("answers with PUBRECs in the order of the messages [MQTT-4.3.3-8] [MQTT-4.6.0-3] [MQTT-2.2.1-5] [3.1.1 MQTT-4.6.0-3] [3.1.1 MQTT-2.3.1-6]", () => {
		const pair = opened({ version });
		pair.sends(exactlyOnce(7, "1"), exactlyOnce(5, "2"), exactlyOnce(6, "3"));
		expect([pair.said(), payloads(pair)]).toEqual([
			["PUBREC 7", "PUBREC 5", "PUBREC 6"],
			["1", "2", "3"],
		]);
	});

	test("delivers a message that comes again before its PUBREL once [MQTT-4.3.3-10] [3.1.1 MQTT-4.3.3-2]", () => {
		const pair = opened({ version });
		pair.sends(exactlyOnce(7, "1"), exactlyOnce(7, "1", true));
		expect(pair.said()).toEqual(["PUBREC 7", "PUBREC 7"]);
		resume(pair);
		pair.sends(exactlyOnce(7, "1", true));
		expect([pair.said(), payloads(pair)]).toEqual([["PUBREC 7"], ["1"]]);
	});

	test("delivers it once across a reboot, too [MQTT-4.3.3-10] [3.1.1 MQTT-4.3.3-2]", () => {
		const store = new MemoryStore();
		const before = opened({ version, store });
		before.sends(exactlyOnce(7, "1"), exactlyOnce(8, "2"), puback(8, Type.PUBREL));
		const pair = new Pair({ version, store, answers: false, cleanStart: false });
		pair.sends(connack(true));
		pair.said();
		pair.sends(exactlyOnce(7, "1", true), exactlyOnce(8, "3"));
		expect([pair.said(), payloads(pair)]).toEqual([["PUBREC 7", "PUBREC 8"], ["3"]]);
	});

	test("answers PUBREL with PUBCOMP, and then takes the identifier for a new message [MQTT-4.3.3-11] [MQTT-4.3.3-12] [3.1.1 MQTT-4.3.3-2]", () => {
		const pair = opened({ version });
		pair.sends(exactlyOnce(7, "1"), puback(7, Type.PUBREL), exactlyOnce(7, "2"));
		expect([pair.said(), payloads(pair)]).toEqual([
			["PUBREC 7", "PUBCOMP 7", "PUBREC 7"],
			["1", "2"],
		]);
	});

	test("answers a PUBREL that it does not know, so that the broker can end it [MQTT-4.3.3-11]", () => {
		const pair = opened({ version });
		pair.sends(puback(9, Type.PUBREL));
		expect(pair.said()).toEqual([version === V5 ? "PUBCOMP 9 0x92" : "PUBCOMP 9"]);
		expect(pair.open).toBe(true);
	});

	test("forgets identifiers with a session that is lost", () => {
		const store = new MemoryStore();
		const pair = opened({ version, store });
		pair.sends(exactlyOnce(7, "1"));
		pair.breaks();
		pair.advance(1000);
		pair.sends(connack(false), exactlyOnce(7, "2"));
		expect(payloads(pair)).toEqual(["1", "2"]);
	});

	test("acknowledges what no callback takes, and what one throws over [MQTT-4.5.0-2] [3.1.1 MQTT-4.5.0-2]", () => {
		const pair = opened({
			version,
			onMessage() {
				throw new Error("mistake");
			},
		});
		pair.sends(publish("nobody/asked", "1", 3), exactlyOnce(7, "2"), puback(7, Type.PUBREL));
		expect(pair.said()).toEqual(["PUBACK 3", "PUBREC 7", "PUBCOMP 7"]);
		expect(pair.errors).toMatchObject([{ code: "CALLBACK" }, { code: "CALLBACK" }]);
	});

	test("at QoS 1 takes a message anew that comes again after its PUBACK [MQTT-4.3.2-5] [3.1.1 MQTT-4.3.2-2]", () => {
		const pair = opened({ version });
		pair.sends(publish("a", "1", 7), publish("a", "1", 7, { duplicate: true }));
		expect([pair.said(), payloads(pair)]).toEqual([
			["PUBACK 7", "PUBACK 7"],
			["1", "1"],
		]);
	});

	test("makes acknowledgements wait for the socket in their order", () => {
		const pair = opened({ version, maximumPacketSize: 64 });
		pair.writable = false;
		for (let next = 1; next <= 30; next++) pair.sends(exactlyOnce(next, ""));
		for (let next = 30; next > 0; next--) pair.sends(puback(next, Type.PUBREL));
		pair.writable = true;
		pair.settle();
		const upwards = Array.from({ length: 30 }, (_, i) => i + 1);
		const expected = [...upwards.map((id) => `PUBREC ${id}`), ...upwards.reverse().map((id) => `PUBCOMP ${id}`)];
		expect(pair.said()).toEqual(expected);
	});
});

describe("in 5.0", () => {
	test("a message that the broker refuses is told with its code, and neither sent again nor kept [MQTT-4.4.0-2]", () => {
		const store = new MemoryStore();
		const pair = opened({ version: V5, store });
		const codes: (number | undefined)[] = [];
		const onComplete = (error?: { reasonCode: number | undefined }) => codes.push(error?.reasonCode);
		pair.client.publish("a", "1", { qos: 2, onComplete });
		pair.client.publish("a", "2", { qos: 1, onComplete });
		pair.said();
		pair.sends(puback(1, Type.PUBREC, 0x87), puback(2, Type.PUBACK, 0x97));
		expect([codes, pair.client.idle, pair.said()]).toEqual([[0x87, 0x97], true, []]);
		expect(store.entries().map(([key]) => key)).toEqual([0]);
		pair.breaks();
		pair.advance(1000);
		pair.sends(connack(true));
		expect(pair.said()).toEqual(["CONNECT test kept"]);
	});

	test("a PUBREC that nobody waits for is answered by 0x92", () => {
		const pair = opened({ version: V5 });
		pair.sends(puback(9, Type.PUBREC));
		expect(pair.said()).toEqual(["PUBREL 9 0x92"]);
	});

	test("PUBCOMP 0x92 ends a message all the same", () => {
		const pair = opened({ version: V5 });
		pair.client.publish("a", "1", { qos: 2 });
		pair.sends(puback(1, Type.PUBREC), puback(1, Type.PUBCOMP, 0x92));
		expect([pair.client.idle, pair.errors]).toEqual([true, []]);
	});

	test("the Message Expiry Interval of a message that was sent ends nothing: PUBLISH and PUBREL are sent again [MQTT-4.3.3-7]", () => {
		const pair = opened({ version: V5 });
		const properties = { messageExpiryInterval: 1 };
		pair.client.publish("a", "1", { qos: 2, properties });
		pair.client.publish("a", "2", { qos: 2, properties });
		pair.sends(puback(1, Type.PUBREC));
		pair.said();
		pair.advance(5000);
		pair.breaks();
		pair.advance(1000);
		pair.sends(connack(true));
		expect(pair.said()).toEqual(["CONNECT test kept", "PUBREL 1", "PUBLISH 2 a=2 DUP"]);
		expect(pair.errors).toEqual([]);
	});

	test("the Message Expiry Interval of a message that came changes no answer [MQTT-4.3.3-13]", () => {
		const pair = opened({ version: V5 });
		pair.sends(publish("a", "1", 7, { qos: 2, properties: { messageExpiryInterval: 1 } }));
		pair.advance(5000);
		pair.sends(puback(7, Type.PUBREL));
		expect([pair.said(), payloads(pair)]).toEqual([["PUBREC 7", "PUBCOMP 7"], ["1"]]);
	});
});
