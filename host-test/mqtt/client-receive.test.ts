// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import * as Type from "../../src/mqtt/packet-type.ts";
import { V3_1_1, V5 } from "../../src/mqtt/version.ts";
import { writePacket } from "../support/mqtt-codec.ts";
import { Pair, publish } from "../support/mqtt-pair.ts";
import { inBothVersions } from "../support/versions.ts";

inBothVersions("receiving", (version) => {
	test("messages are delivered, and those at QoS 1 acknowledged in their order [MQTT-4.3.2-4] [MQTT-4.6.0-2] [MQTT-3.3.4-1] [MQTT-2.2.1-5] [3.1.1 MQTT-3.3.4-1] [3.1.1 MQTT-2.3.1-6] [3.1.1 MQTT-4.6.0-2]", () => {
		const pair = new Pair({ version });
		pair.said();
		pair.sends(publish("a", "0"), publish("b", "1", 7, { retain: true }), publish("c", "2", 5, { duplicate: true }));
		expect(pair.messages).toEqual([
			{ topicName: "a", payload: "0", qos: 0, retain: false, duplicate: false },
			{ topicName: "b", payload: "1", qos: 1, retain: true, duplicate: false },
			{ topicName: "c", payload: "2", qos: 1, retain: false, duplicate: true },
		]);
		expect(pair.said()).toEqual(["PUBACK 7", "PUBACK 5"]);
	});

	test("an acknowledgement waits behind those that found no room, even when there is some by then [MQTT-4.6.0-2] [3.1.1 MQTT-4.6.0-2]", () => {
		const pair = new Pair({ version, maximumPacketSize: 64 });
		pair.said();
		pair.writable = false;
		const sent: number[] = [];
		const take = () => sent.push(...(pair.client.transmit(1000, pair.now) ?? []));
		for (let next = 1; next <= 50; next++) pair.sends(publish("a", "1", next));
		take();
		pair.sends(publish("a", "1", 51));
		for (let i = 0; i < 4; i++) take();
		const identifiers = sent.filter((_, i) => i % 4 === 3);
		expect(identifiers).toEqual(Array.from({ length: 51 }, (_, i) => i + 1));
	});

	test("what the application throws over one message keeps it from none that came with it", () => {
		const pair = new Pair({
			version,
			onMessage({ payload }) {
				if (payload[0] === 0x31) throw new Error("mistake");
			},
		});
		pair.said();
		pair.deliver(Uint8Array.of(...pair.encoded(publish("a", "1", 1)), ...pair.encoded(publish("a", "2", 2))));
		expect(pair.messages.map(({ payload }) => payload)).toEqual(["1", "2"]);
		expect([pair.said(), pair.errors.length]).toEqual([["PUBACK 1", "PUBACK 2"], 1]);
	});

	test("a PUBLISH without payload does not stop those after it", () => {
		const pair = new Pair({ version });
		pair.sends(version === V5 ? "30 04 0001 61 00  30 05 0001 62 00 78" : "30 03 0001 61  30 04 0001 62 78");
		expect(pair.messages.map(({ payload }) => payload)).toEqual(["", "x"]);
	});

	test("U+FFFD may be in a topic name, and stands for nothing else [MQTT-1.5.4-1] [3.1.1 MQTT-1.5.3-1]", () => {
		const pair = new Pair({ version });
		const end = version === V5 ? "00" : "";
		const named = (name: string) => `30 0${(name.length + end.length) / 2 + 2} 000${name.length / 2} ${name} ${end}`;
		for (const topicName of ["efbfbd", "efbfbd", "61", "efbfbd"]) pair.sends(named(topicName));
		expect(pair.messages.map(({ topicName }) => topicName)).toEqual(["\ufffd", "\ufffd", "a", "\ufffd"]);
		pair.sends(named("ff"));
		expect(pair.messages).toHaveLength(4);
		expect(pair.reasons.at(-1)).toMatchObject({ code: "BROKEN_FORMAT" });
	});

	test("packets may come in pieces of any size", () => {
		for (let seed = 0; seed < 20; seed++) {
			const pair = new Pair({ version, chunks: seed });
			for (let i = 0; i < 10; i++) pair.sends(publish("topic", "x".repeat(i * 20), i));
			expect(pair.messages.map(({ payload }) => payload.length)).toEqual([0, 20, 40, 60, 80, 100, 120, 140, 160, 180]);
			expect(pair.said().filter((line) => line.startsWith("PUBACK"))).toHaveLength(9);
		}
	});

	test("half a packet is forgotten with its connection", () => {
		const pair = new Pair({ version });
		pair.sends("30 0a 0001 61");
		pair.breaks();
		pair.advance(1000);
		pair.sends(publish("b", "1"));
		expect(pair.messages.map(({ topicName }) => topicName)).toEqual(["b"]);
	});

	test("acknowledgements do not wait behind data", () => {
		const pair = new Pair({ version, maximumPacketSize: 64, maximumInFlight: 50 });
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

describe("receiving in 3.1.1, which cannot tell a broker how much is taken", () => {
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
});

inBothVersions("callbacks", (version) => {
	for (const name of ["onConnected", "onDisconnected", "onMessage", "onWritable"] as const) {
		test(`${name} may throw: it is told to onError, and nothing breaks`, () => {
			const pair = new Pair({
				version,
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
			version,
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
			version,
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
		const pair: Pair = new Pair({ version, onMessage: () => pair.client.close(pair.now) });
		pair.said();
		const packet = (topicName: string, id: number) => writePacket(publish(topicName, "", id), version);
		pair.deliver(Uint8Array.from([...packet("a", 7), ...packet("b", 8)]));
		expect(pair.messages).toHaveLength(1);
		expect(pair.said().at(-1)).toBe("DISCONNECT");
	});

	test("publish inside onWritable fills the room, and onWritable comes again for the next", () => {
		let left = 10;
		const pair: Pair = new Pair({
			version,
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
