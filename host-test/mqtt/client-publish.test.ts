// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { PacketIdentifiers } from "../../src/mqtt/packet-identifiers.ts";
import { V5 } from "../../src/mqtt/version.ts";
import { connack, Pair, puback, publish } from "../support/mqtt-pair.ts";
import { inBothVersions } from "../support/versions.ts";

inBothVersions("publishing", (version) => {
	test("QoS 0 has no identifier and no DUP [MQTT-2.2.1-2] [MQTT-3.3.1-2] [MQTT-4.3.1-1] [3.1.1 MQTT-4.3.1-1] [3.1.1 MQTT-2.3.1-5] [3.1.1 MQTT-3.3.1-2]", () => {
		const pair = new Pair({ version });
		pair.client.publish("a", "1", { retain: true });
		expect(pair.packets.at(-1)).toMatchObject({ qos: 0, packetIdentifier: 0, duplicate: false, retain: true });
		expect(pair.client.idle).toBe(true);
	});

	test("QoS 1 has a new identifier, no DUP, and is unacknowledged until its PUBACK [MQTT-4.3.2-1] [MQTT-4.3.2-2] [MQTT-4.3.2-3] [3.1.1 MQTT-4.3.2-1]", () => {
		const pair = new Pair({ version, answers: false });
		pair.sends(connack());
		pair.client.publish("a", "1", { qos: 1 });
		expect(pair.packets.at(-1)).toMatchObject({ qos: 1, packetIdentifier: 1, duplicate: false });
		expect(pair.client.idle).toBe(false);
		pair.sends(puback(2));
		expect(pair.client.idle).toBe(false);
		pair.sends(puback(1));
		expect(pair.client.idle).toBe(true);
	});

	test("identifiers are never 0 nor one in use, and come round [MQTT-2.2.1-3] [3.1.1 MQTT-2.3.1-1]", () => {
		const used = new Set<number>();
		const identifiers = new PacketIdentifiers(used);
		const take = () => {
			const packetIdentifier = identifiers.take();
			used.add(packetIdentifier);
			return packetIdentifier;
		};
		const release = (packetIdentifier: number) => {
			used.delete(packetIdentifier);
			identifiers.release();
		};
		expect([take(), take(), take()]).toEqual([1, 2, 3]);
		release(2);
		for (let next = 4; next <= 0xffff; next++) release(take());
		expect([take(), take()]).toEqual([2, 4]);
	});

	test("PUBLISH and SUBSCRIBE take identifiers from the same [MQTT-2.2.1-3] [3.1.1 MQTT-2.3.1-2]", () => {
		const pair = new Pair({ version, answers: false });
		pair.sends(connack());
		pair.said();
		pair.client.publish("a", "1", { qos: 1 });
		pair.client.subscribe("b", 0);
		pair.client.publish("a", "2", { qos: 1 });
		expect(pair.said()).toEqual(["PUBLISH 1 a=1", "SUBSCRIBE 2 b at 0", "PUBLISH 3 a=2"]);
	});

	test("the latest of a topic takes the place of one that was not sent; one that was stays", () => {
		const pair = new Pair({ version, answers: false, maximumInFlight: 1 });
		pair.sends(connack());
		pair.said();
		const latest = { qos: 1, policy: "latest" } as const;
		for (let i = 0; i < 1000; i++) {
			expect(pair.client.publish("a", `${i}`, latest)).toBe(true);
			expect(pair.client.publish("b", `${i}`, latest)).toBe(true);
		}
		pair.client.publish("a", "all of these", { qos: 1 });
		pair.sends(puback(1), puback(2), puback(3), puback(4));
		expect(pair.said()).toEqual(["PUBLISH 1 a=0", "PUBLISH 2 a=999", "PUBLISH 3 b=999", "PUBLISH 4 a=all of these"]);
		expect(pair.client.idle).toBe(true);
	});

	test("of what is the latest of its topic a new session gets the last alone", () => {
		const pair = new Pair({ version, answers: false });
		pair.sends(connack());
		for (const payload of ["1", "2", "3"]) {
			pair.client.publish("a", payload, { qos: 1, policy: "latest" });
			pair.client.publish("b", payload, { qos: 1 });
		}
		pair.said();
		pair.answers = true;
		pair.breaks();
		pair.advance(2000);
		expect(pair.said().slice(1)).toEqual(["PUBLISH 2 b=1", "PUBLISH 4 b=2", "PUBLISH 5 a=3", "PUBLISH 6 b=3"]);
	});

	test("a message that could never be queued is an error, not a full queue", () => {
		const pair = new Pair({ version, maximumQueuedBytes: 20 });
		expect(() => pair.client.publish("a", "x".repeat(20), { qos: 1 })).toThrow(/at most 20 bytes to queue, got 21/);
	});

	test("publish never calls back from inside itself", () => {
		const pair = new Pair({
			version,
			answers: false,
			maximumQueuedBytes: 20,
			onWritable: () => expect(inside).toBe(false),
		});
		let inside = false;
		pair.sends(connack());
		pair.client.publish("a", "x".repeat(15), { qos: 1 });
		expect(pair.client.publish("a", "x".repeat(15), { qos: 1 })).toBe(false);
		inside = true;
		pair.client.publish("a", "1", { qos: 1 });
		inside = false;
		pair.advance(0);
		expect(pair.errors).toEqual([]);
		expect(pair.events).toContain("writable");
	});

	test("an empty payload is published, such as clears a retained message", () => {
		const pair = new Pair({ version });
		pair.said();
		pair.client.publish("a", "", { qos: 1, retain: true });
		expect(pair.said()).toEqual(["PUBLISH 1 a= retained"]);
	});

	test("the payload is copied: the caller may use its bytes again at once", () => {
		const pair = new Pair({ version, answers: false });
		const bytes = Uint8Array.from([0x31]);
		pair.client.publish("a", bytes, { qos: 1 });
		bytes[0] = 0x32;
		pair.sends(connack());
		pair.client.publish("b", bytes);
		bytes[0] = 0x33;
		expect(pair.said()).toEqual(["CONNECT test clean", "PUBLISH 1 a=1", "PUBLISH b=2"]);
	});

	test("QoS 1 is queued while offline, and sent in order", () => {
		const pair = new Pair({ version, connect: false });
		for (const payload of ["1", "2", "3"]) expect(pair.client.publish("a", payload, { qos: 1 })).toBe(true);
		pair.client.connect(pair.now);
		expect(pair.said()).toEqual(["CONNECT test clean", "PUBLISH 1 a=1", "PUBLISH 2 a=2", "PUBLISH 3 a=3"]);
	});

	test("QoS 0 is not taken while offline; onWritable tells when it would be", () => {
		const pair = new Pair({ version, connect: false });
		expect(pair.client.publish("a", "1")).toBe(false);
		pair.client.connect(pair.now);
		pair.advance(0);
		expect(pair.events).toEqual(["connected", "writable"]);
		expect(pair.said()).toEqual(["CONNECT test clean"]);
	});

	test("no more messages are in flight than maximumInFlight", () => {
		const pair = new Pair({ version, answers: false, maximumInFlight: 2 });
		pair.sends(connack());
		pair.said();
		for (const payload of ["1", "2", "3", "4"]) pair.client.publish("a", payload, { qos: 1 });
		expect(pair.said()).toEqual(["PUBLISH 1 a=1", "PUBLISH 2 a=2"]);
		pair.sends(puback(1));
		expect(pair.said()).toEqual(["PUBLISH 3 a=3"]);
	});

	test("a queue full of messages takes none, and says when there is room", () => {
		const pair = new Pair({ version, answers: false, maximumQueuedMessages: 2 });
		pair.sends(connack());
		expect(["1", "2", "3"].map((payload) => pair.client.publish("a", payload, { qos: 1 }))).toEqual([
			true,
			true,
			false,
		]);
		pair.sends(publish("b", "no room follows from this"));
		expect(pair.events).toEqual(["connected"]);
		pair.sends(puback(1), puback(2));
		pair.advance(0);
		expect(pair.events).toEqual(["connected", "writable"]);
	});

	test("a queue full of bytes takes none", () => {
		const pair = new Pair({ version, connect: false, maximumQueuedBytes: 10 });
		expect(pair.client.publish("ab", "12345", { qos: 1 })).toBe(true);
		expect(pair.client.publish("ab", "12", { qos: 1 })).toBe(false);
		expect(pair.client.publish("ab", "1", { qos: 1 })).toBe(true);
	});

	test("QoS 0 is refused while the socket takes nothing, and what is lost with the connection is counted and told", () => {
		const pair = new Pair({ version, maximumPacketSize: 64 });
		pair.writable = false;
		let accepted = 0;
		while (pair.client.publish("a", "x".repeat(10))) accepted++;
		expect(accepted).toBeGreaterThan(2);
		pair.breaks();
		expect(pair.client.dropped).toBe(accepted);
		expect(pair.errors[0]).toMatchObject({ code: "DROPPED" });
	});

	test("the largest PUBLISH is as large as maximumPacketSize", () => {
		const pair = new Pair({ version, maximumPacketSize: 200 });
		// In 5.0 four bytes are for a Topic Alias.
		const most = version === V5 ? 188 : 192;
		expect(() => pair.client.publish("a", "x".repeat(most + 1), { qos: 1 })).toThrow(/at most 200 bytes, got 201/);
		expect(pair.client.publish("a", "x".repeat(most), { qos: 1 })).toBe(true);
		expect(pair.packets.at(-1)!.payload).toHaveLength(most);
	});

	test("a socket that takes a byte at a time gets the same bytes", () => {
		const whole = new Pair({ version });
		const pieces = new Pair({ version, chunks: 1 });
		for (const pair of [whole, pieces]) {
			for (let i = 0; i < 50; i++) pair.client.publish("topic", "x".repeat(i * 5), { qos: i % 2 ? 1 : 0 });
		}
		const payloads = (pair: Pair) => pair.packets.map(({ payload }) => payload?.length);
		expect(payloads(pieces)).toEqual(payloads(whole));
		expect(pieces.client.idle).toBe(true);
	});

	test("a topic name over 65,535 bytes leaves nothing behind, where packets may be larger [MQTT-4.7.3-3]", () => {
		const pair = new Pair({ version, maximumPacketSize: 100_000 });
		pair.said();
		for (const qos of [0, 1] as const) {
			expect(() => pair.client.publish("é".repeat(32768), "1", { qos })).toThrow(/65535 bytes/);
		}
		pair.client.publish("a", "1");
		expect(pair.said()).toEqual(["PUBLISH a=1"]);
		expect(pair.client.idle).toBe(true);
	});

	test("what is published in onWritable is sent at once", () => {
		const pair = new Pair({ version, maximumPacketSize: 64, onWritable: () => pair.client.publish("b", "2") });
		pair.said();
		pair.writable = false;
		while (pair.client.publish("a", "x".repeat(40)));
		pair.writable = true;
		pair.settle();
		pair.advance(0);
		expect(pair.said().at(-1)).toBe("PUBLISH b=2");
		expect(pair.client.idle).toBe(true);
	});
});

describe("a mistake", () => {
	const mistakes: [string, () => unknown, RegExp][] = [
		["an empty topic name [MQTT-4.7.3-1] [3.1.1 MQTT-4.7.3-1]", () => new Pair().client.publish("", "1"), /topic name/],
		[
			"a topic name with + [MQTT-3.3.2-2] [3.1.1 MQTT-3.3.2-2]",
			() => new Pair().client.publish("a/+", "1"),
			/topic name/,
		],
		["a topic name with # [MQTT-3.3.2-2]", () => new Pair().client.publish("#", "1"), /topic name/],
		[
			"a topic name with U+0000 [MQTT-4.7.3-2] [3.1.1 MQTT-4.7.3-2]",
			() => new Pair().client.publish("a\0", "1"),
			/U\+0000/,
		],
		[
			"a topic name with a lone surrogate [MQTT-3.3.2-1] [3.1.1 MQTT-3.3.2-1]",
			() => new Pair().client.publish("\udc00", "1", { qos: 1 }),
			/surrogate/,
		],
		[
			"a topic name over 65,535 bytes [MQTT-4.7.3-3] [3.1.1 MQTT-4.7.3-3]",
			() => new Pair().client.publish("é".repeat(32768), "1"),
			/bytes/,
		],
		[
			"a topic name over 65,535 bytes, where packets may be larger [MQTT-4.7.3-3]",
			() => new Pair({ maximumPacketSize: 100_000 }).client.publish("é".repeat(32768), "1"),
			/bytes/,
		],
		["a payload with a lone surrogate", () => new Pair().client.publish("a", "\ud800"), /surrogate/],
		["a payload that is a number", () => new Pair().client.publish("a", 1 as never), /payload/],
		["QoS 3 [MQTT-3.3.1-4]", () => new Pair().client.publish("a", "1", { qos: 3 as never }), /QoS/],
		[
			"a topic filter with # before its end [MQTT-4.7.1-1] [3.1.1 MQTT-4.7.1-2]",
			() => new Pair().client.subscribe("#/a", 0),
			/topic filter/,
		],
		[
			"a topic filter with + in a level [MQTT-4.7.1-2] [3.1.1 MQTT-4.7.1-3]",
			() => new Pair().client.subscribe("a+", 0),
			/topic filter/,
		],
		["an empty topic filter", () => new Pair().client.subscribe("", 0), /topic filter/],
		["a topic filter that fits no packet", () => new Pair().client.subscribe("a".repeat(3000), 0), /SUBSCRIBE/],
		["a subscription at QoS 3", () => new Pair().client.subscribe("a", 3 as never), /QoS/],
	];
	for (const [name, mistake, message] of mistakes) {
		test(`${name} is refused before anything changes`, () => expect(mistake).toThrow(message));
	}
});
