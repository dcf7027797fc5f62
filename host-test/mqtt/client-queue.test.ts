// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { MemoryStore, type MqttError } from "../../src/mqtt/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { V5 } from "../../src/mqtt/version.ts";
import { connack, Pair, puback } from "../support/mqtt-pair.ts";
import { inBothVersions } from "../support/versions.ts";

inBothVersions("a queue that is full", (version) => {
	test("takes no more with the policy reject, which is the usual one, and tells when it does", () => {
		const pair = new Pair({ version, connect: false, maximumQueuedMessages: 2 });
		const taken = ["1", "2", "3"].map((payload) => pair.client.publish("a", payload, { qos: 1, policy: "reject" }));
		expect([taken, pair.client.publish("a", "4", { qos: 1 }), pair.client.dropped]).toEqual([
			[true, true, false],
			false,
			0,
		]);
		pair.client.connect(pair.now);
		pair.advance(0);
		expect(pair.events).toEqual(["connected", "writable"]);
	});

	test("drops the oldest that allows it for one that allows it, counts it and tells it at once, without a connection too", () => {
		const pair = new Pair({ version, connect: false, maximumQueuedMessages: 3 });
		const outcomes: string[] = [];
		const onComplete = (error?: MqttError) => outcomes.push(error?.code ?? "sent");
		pair.client.publish("a", "1", { qos: 1 });
		pair.client.publish("a", "2", { qos: 1, policy: "oldest", onComplete });
		pair.client.publish("a", "3", { qos: 1, policy: "oldest" });
		pair.client.publish("a", "4", { qos: 1, policy: "oldest" });
		pair.client.publish("a", "5", { qos: 1, policy: "oldest" });
		pair.advance(0);
		expect([pair.client.dropped, outcomes]).toEqual([2, ["DROPPED"]]);
		expect(pair.errors).toMatchObject([{ code: "DROPPED" }]);
		pair.client.connect(pair.now);
		expect(
			pair
				.said()
				.slice(1)
				.map((line) => line.slice(-3)),
		).toEqual(["a=1", "a=4", "a=5"]);
	});

	test("drops the newest itself, which is taken, counted and told", () => {
		const pair = new Pair({ version, connect: false, maximumQueuedMessages: 1 });
		expect(pair.client.publish("a", "1", { qos: 1, policy: "newest" })).toBe(true);
		expect(pair.client.publish("a", "2", { qos: 1, policy: "newest" })).toBe(true);
		pair.advance(0);
		expect([pair.client.dropped, pair.errors.length]).toEqual([1, 1]);
		pair.client.connect(pair.now);
		expect(pair.said().slice(1)).toEqual(["PUBLISH 1 a=1"]);
	});

	test("never drops what is in flight", () => {
		const pair = new Pair({ version, answers: false, maximumQueuedMessages: 2 });
		pair.sends(connack());
		for (const payload of ["1", "2"]) pair.client.publish("a", payload, { qos: 1, policy: "oldest" });
		expect(pair.client.publish("a", "3", { qos: 1, policy: "oldest" })).toBe(false);
		expect(pair.client.dropped).toBe(0);
	});

	test("of bytes makes as much room as a message takes", () => {
		const pair = new Pair({ version, connect: false, maximumQueuedBytes: 20 });
		for (const payload of ["1234", "5678", "9abc"]) pair.client.publish("a", payload, { qos: 1, policy: "oldest" });
		expect(pair.client.publish("a", "x".repeat(12), { qos: 1, policy: "oldest" })).toBe(true);
		expect(pair.client.dropped).toBe(2);
	});
});

inBothVersions("the latest of a topic", (version) => {
	test("takes the place of what waits; that is told as replaced, not as dropped", () => {
		const pair = new Pair({ version, connect: false, store: new MemoryStore(), cleanStart: false });
		const outcomes: string[] = [];
		const onComplete = (error?: MqttError) => outcomes.push(error?.code ?? "done");
		for (const payload of ["1", "2", "3"]) pair.client.publish("a", payload, { qos: 1, policy: "latest", onComplete });
		pair.client.publish("b", "4", { qos: 1, policy: "latest" });
		pair.client.connect(pair.now);
		pair.advance(0);
		expect(
			pair
				.said()
				.slice(1)
				.map((line) => line.slice(-3)),
		).toEqual(["a=3", "b=4"]);
		expect([outcomes.sort(), pair.client.dropped]).toEqual([["REPLACED", "REPLACED", "done"], 0]);
	});
});

inBothVersions("a message at QoS 0", (version) => {
	test("waits for a connection with queue, in its order among the others", () => {
		const pair = new Pair({ version, connect: false });
		expect(pair.client.publish("a", "1", { queue: true })).toBe(true);
		expect(pair.client.publish("a", "2", { qos: 1 })).toBe(true);
		expect(pair.client.publish("a", "3", { queue: true })).toBe(true);
		pair.client.connect(pair.now);
		expect(pair.said().slice(1)).toEqual(["PUBLISH a=1", "PUBLISH 1 a=2", "PUBLISH a=3"]);
		expect(pair.client.idle).toBe(true);
	});

	test("is done when it is sent", () => {
		const pair = new Pair({ version, connect: false });
		let done = 0;
		pair.client.publish("a", "1", { queue: true, onComplete: () => done++ });
		expect(done).toBe(0);
		pair.client.connect(pair.now);
		pair.advance(0);
		pair.client.publish("a", "2", { onComplete: () => done++ });
		pair.advance(0);
		expect(done).toBe(2);
	});
});

inBothVersions("a time to live", (version) => {
	test("ends a message that waits longer: dropped, counted and told, without a connection too", () => {
		const pair = new Pair({ version, connect: false });
		pair.client.publish("a", "1", { qos: 1, properties: { messageExpiryInterval: 5 } });
		pair.client.publish("a", "2", { qos: 1 });
		pair.advance(4999);
		expect(pair.client.dropped).toBe(0);
		pair.advance(1);
		expect([pair.client.dropped, pair.errors.map(({ code }) => code)]).toEqual([1, ["DROPPED"]]);
		pair.client.connect(pair.now);
		expect(pair.said().slice(1)).toEqual(["PUBLISH 1 a=2"]);
	});

	test("that remains is what the broker is told", () => {
		const pair = new Pair({ version, connect: false });
		pair.client.publish("a", "1", { qos: 1, properties: { messageExpiryInterval: 60 } });
		pair.advance(20_000);
		pair.client.connect(pair.now);
		const { properties } = pair.packets.at(-1)!;
		expect(properties).toEqual(version === V5 ? { messageExpiryInterval: 40 } : undefined);
	});
});

inBothVersions("what became of a message", (version) => {
	test("is told to onComplete when it is acknowledged, and never twice", () => {
		const pair = new Pair({ version, answers: false });
		const done: string[] = [];
		pair.sends(connack());
		pair.client.publish("a", "1", { qos: 1, onComplete: () => done.push("1") });
		pair.client.publish("a", "2", { qos: 2, onComplete: () => done.push("2") });
		pair.sends(puback(2, Type.PUBREC), puback(1), puback(1), puback(2, Type.PUBCOMP), puback(2, Type.PUBCOMP));
		expect(done).toEqual(["1", "2"]);
	});

	test("is told while close() drains", () => {
		const pair = new Pair({ version, answers: false });
		let done = 0;
		pair.sends(connack());
		pair.client.publish("a", "1", { qos: 1, onComplete: () => done++ });
		pair.client.close(pair.now);
		pair.sends(puback(1));
		pair.advance(0);
		expect([done, pair.events.at(-1)]).toEqual([1, "disconnected: CLOSED"]);
	});

	test("is a callback that may throw, and may publish", () => {
		const pair: Pair = new Pair({ version, answers: false });
		pair.sends(connack());
		pair.client.publish("a", "1", {
			qos: 1,
			onComplete() {
				pair.client.publish("b", "2", { qos: 1 });
				throw new Error("mistake");
			},
		});
		pair.sends(puback(1));
		expect(pair.said().at(-1)).toBe("PUBLISH 2 b=2");
		expect(pair.errors).toMatchObject([{ code: "CALLBACK" }]);
	});
});

inBothVersions("flush", (version) => {
	test("is done when all is acknowledged", () => {
		const pair = new Pair({ version, answers: false });
		const done: boolean[] = [];
		pair.sends(connack());
		pair.client.publish("a", "1", { qos: 2 });
		pair.client.publish("a", "2");
		pair.client.flush(1000, pair.now, (complete) => done.push(complete));
		pair.sends(puback(1, Type.PUBREC));
		expect(done).toEqual([]);
		pair.sends(puback(1, Type.PUBCOMP));
		pair.advance(0);
		expect(done).toEqual([true]);
	});

	test("is done at once when nothing is to be sent, and says false when time is over", () => {
		const pair = new Pair({ version, answers: false });
		const done: boolean[] = [];
		pair.sends(connack());
		pair.client.flush(1000, pair.now, (complete) => done.push(complete));
		pair.advance(0);
		expect(done).toEqual([true]);
		pair.client.publish("a", "1", { qos: 1 });
		pair.client.flush(1000, pair.now, (complete) => done.push(complete));
		pair.advance(999);
		expect(done).toEqual([true]);
		pair.advance(1);
		expect(done).toEqual([true, false]);
	});

	test("is over in time without a connection, too", () => {
		const pair = new Pair({ version, connect: false });
		const done: boolean[] = [];
		pair.client.publish("a", "1", { qos: 1 });
		pair.client.flush(1000, pair.now, (complete) => done.push(complete));
		pair.advance(1000);
		expect(done).toEqual([false]);
	});
});
