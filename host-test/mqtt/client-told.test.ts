// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import type { ClientOptions, MqttError } from "../../src/mqtt/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { V3_1_1, V5 } from "../../src/mqtt/version.ts";
import { connack, Pair, type PairOptions, puback } from "../support/mqtt-pair.ts";

/** A connected pair whose broker says only what it is made to, and what callbacks were told. */
function silent(options: PairOptions = {}) {
	const pair = new Pair({ version: V5, answers: false, ...options });
	pair.sends(connack());
	const told: string[] = [];
	const tell = (name: string) => (error?: MqttError, reasonCode?: number) => {
		told.push(`${name} ${error?.code ?? "done"} ${reasonCode}`);
	};
	return { pair, told, tell };
}

const suback = (packetIdentifier: number, reasonCode: number) => ({
	type: Type.SUBACK,
	packetIdentifier,
	reasonCodes: [reasonCode],
});
const unsuback = (packetIdentifier: number, reasonCode: number) => ({
	...suback(packetIdentifier, reasonCode),
	type: Type.UNSUBACK,
});

describe("what a broker said is told to who asked", () => {
	test("of a subscription: the QoS granted", () => {
		const { pair, told, tell } = silent();
		pair.client.subscribe("a", 2, { onComplete: tell("a") });
		expect(told).toEqual([]);
		pair.sends(suback(1, 1));
		expect(told).toEqual(["a done 1"]);
	});

	test("of a subscription: why it was refused, and then it is no error of the client", () => {
		const { pair, told, tell } = silent();
		pair.client.subscribe("a", 2, { onComplete: tell("a") });
		pair.sends(suback(1, 0x87));
		expect(told).toEqual(["a SUBSCRIPTION_REFUSED 135"]);
		expect(pair.errors).toEqual([]);
	});

	test("of the end of a subscription", () => {
		const { pair, told, tell } = silent();
		expect(pair.client.unsubscribe("a", tell("nothing"))).toBe(false);
		pair.client.subscribe("a", 0);
		pair.sends(suback(1, 0));
		expect(pair.client.unsubscribe("a", tell("a"))).toBe(true);
		pair.sends(unsuback(2, 0x11));
		expect(told).toEqual(["a done 17"]);
	});

	test("once, and of the packet that was sent after it was asked", () => {
		const { pair, told, tell } = silent();
		pair.client.subscribe("a", 0, { onComplete: tell("first") });
		pair.client.subscribe("a", 1, { onComplete: tell("second") });
		pair.sends(suback(1, 0));
		expect(told).toEqual(["first done 0"]);
		pair.sends(suback(2, 1));
		expect(told).toEqual(["first done 0", "second done 1"]);
		pair.breaks();
		pair.advance(2000);
		pair.sends(connack(), suback(1, 1));
		expect(told).toHaveLength(2);
	});

	test("or that the opposite was asked meanwhile", () => {
		const { pair, told, tell } = silent();
		pair.client.subscribe("b", 0);
		pair.client.subscribe("a", 0, { onComplete: tell("first") });
		pair.client.subscribe("a", 1, { onComplete: tell("subscribed") });
		pair.client.unsubscribe("a", tell("unsubscribed"));
		pair.sends(suback(1, 0), suback(2, 0), unsuback(3, 0));
		expect(told).toEqual(["first done 0", "subscribed REPLACED 0", "unsubscribed done 0"]);
	});

	test("also when the connection broke before, and the broker forgot", () => {
		const { pair, told, tell } = silent();
		pair.client.subscribe("a", 1, { onComplete: tell("subscribed") });
		pair.client.subscribe("b", 1);
		pair.sends(suback(2, 1));
		pair.client.unsubscribe("b", tell("unsubscribed"));
		pair.breaks();
		pair.advance(2000);
		pair.said();
		pair.sends(connack());
		expect(pair.said()).toEqual(["SUBSCRIBE 4 a at 1", "UNSUBSCRIBE 5 b"]);
		pair.sends(unsuback(5, 0x11), suback(4, 1));
		expect(told.sort()).toEqual(["subscribed done 1", "unsubscribed done 17"]);
	});

	for (const [version, type, reasonCode, expected] of [
		[V3_1_1, Type.PUBACK, 0, "done undefined"],
		[V5, Type.PUBACK, 0, "done undefined"],
		[V5, Type.PUBACK, 0x10, "done 16"],
		[V5, Type.PUBACK, 0x97, "PUBLISH_REFUSED 151"],
		[V5, Type.PUBREC, 0x99, "PUBLISH_REFUSED 153"],
	] as const)
		test(`of a message: ${Type.PUBACK === type ? "PUBACK" : "PUBREC"} ${reasonCode} in version ${version}`, () => {
			const { pair, told, tell } = silent({ version });
			pair.client.publish("a", "x", { qos: type === Type.PUBACK ? 1 : 2, onComplete: tell("message") });
			pair.sends(puback(1, type, reasonCode));
			expect(told).toEqual([`message ${expected}`]);
		});
});

describe("the end of a connection is told", () => {
	function ended(options: Partial<ClientOptions>, act: (pair: Pair) => void) {
		const ends: [MqttError, number | undefined][] = [];
		const onDisconnected = (reason: MqttError, retry?: number) => void ends.push([reason, retry]);
		act(new Pair({ version: V5, answers: false, random: () => 0.5, onDisconnected, ...options }));
		return ends;
	}

	test("with the time until the next one, and without when there is none", () => {
		const broken = (pair: Pair) => {
			pair.sends(connack());
			pair.breaks();
		};
		expect(ended({}, broken).map(([, retry]) => retry)).toEqual([500]);
		expect(ended({ reconnect: false }, broken).map(([, retry]) => retry)).toEqual([undefined]);
		const closed = (pair: Pair) => {
			pair.sends(connack());
			pair.client.close(pair.now);
		};
		expect(ended({}, closed).map(([, retry]) => retry)).toEqual([undefined]);
	});

	test("with what the broker's DISCONNECT or CONNACK says beside its code", () => {
		const properties = { serverReference: "other", reasonString: "go" };
		const [moved] = ended({ reconnect: false }, (pair) =>
			pair.sends(connack(), { type: Type.DISCONNECT, reasonCode: 0x9d, properties }),
		);
		expect(moved![0]).toMatchObject({ code: "DISCONNECTED", reasonCode: 0x9d, properties, message: "go" });
		const [refused] = ended({ reconnect: false }, (pair) => pair.sends({ ...connack(false, 0x87), properties }));
		expect(refused![0]).toMatchObject({ code: "CONNECTION_REFUSED", reasonCode: 0x87, properties });
	});

	test("after the timeout that close was given", () => {
		const { pair } = silent();
		pair.client.publish("a", "x", { qos: 1 });
		pair.client.close(pair.now, 10);
		pair.advance(9);
		expect(pair.open).toBe(true);
		pair.advance(1);
		expect(pair.open).toBe(false);
	});
});

describe("without reconnection, a broker that may know 3.1.1 alone is tried in it", () => {
	const options = { version: V3_1_1, protocol: "auto", reconnect: false, answers: false } as const;

	test("when it refuses 5.0", () => {
		const pair = new Pair(options);
		pair.sends("20 02 00 01");
		expect(pair.attempts).toBe(1);
		pair.advance(0);
		pair.sends(connack());
		expect([pair.attempts, pair.client.connected]).toEqual([2, true]);
	});

	test("when it closes without an answer, and only once", () => {
		const pair = new Pair(options);
		pair.breaks();
		pair.advance(0);
		expect(pair.attempts).toBe(2);
		pair.breaks();
		pair.advance(100_000);
		expect([pair.attempts, pair.events]).toEqual([
			2,
			["disconnected: CONNECTION_LOST", "disconnected: CONNECTION_LOST"],
		]);
	});

	test("a connection that was accepted and lost is not made again", () => {
		const pair = new Pair(options);
		pair.breaks();
		pair.advance(0);
		pair.sends(connack());
		pair.breaks();
		pair.advance(100_000);
		expect(pair.attempts).toBe(2);
	});
});
