// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import * as Type from "../../src/mqtt/packet-type.ts";
import type { Properties } from "../../src/mqtt/property.ts";
import { V5 } from "../../src/mqtt/version.ts";
import { connack, Pair, type PairOptions, publish } from "../support/mqtt-pair.ts";
import { inBothVersions } from "../support/versions.ts";

inBothVersions("subscribing", (version) => {
	test("a refused subscription is told [MQTT-3.9.3-2]", () => {
		const pair = new Pair({ version, answers: false });
		pair.sends(connack());
		pair.client.subscribe("secret/#", 1);
		pair.sends({ type: Type.SUBACK, packetIdentifier: 1, reasonCodes: [0x80] });
		expect(pair.errors[0]).toMatchObject({ code: "SUBSCRIPTION_REFUSED", reasonCode: 0x80 });
		expect(pair.errors[0]!.message).toMatch(/secret\/#/);
		expect(pair.client.idle).toBe(true);
	});

	test("a SUBACK may grant less, but not more", () => {
		const pair = new Pair({ version, answers: false });
		pair.sends(connack());
		pair.client.subscribe("a", 1);
		pair.sends({ type: Type.SUBACK, packetIdentifier: 1, reasonCodes: [0] });
		pair.client.subscribe("b", 0);
		expect(pair.open).toBe(true);
		pair.sends({ type: Type.SUBACK, packetIdentifier: 2, reasonCodes: [1] });
		expect(pair.events.at(-1)).toBe("disconnected: BROKEN_FORMAT");
	});

	test("a SUBACK with more codes than filters closes the connection [MQTT-3.8.4-6]", () => {
		const pair = new Pair({ version, answers: false });
		pair.sends(connack());
		pair.client.subscribe("a", 1);
		pair.sends({ type: Type.SUBACK, packetIdentifier: 1, reasonCodes: [0, 0] });
		expect(pair.events.at(-1)).toBe("disconnected: BROKEN_FORMAT");
	});

	test("answers to questions that were not asked change nothing", () => {
		const pair = new Pair({ version, answers: false });
		pair.sends(connack());
		pair.client.subscribe("a", 1);
		pair.sends(
			{ type: Type.UNSUBACK, packetIdentifier: 1, reasonCodes: [0] },
			{ type: Type.SUBACK, packetIdentifier: 9, reasonCodes: [0] },
		);
		expect([pair.open, pair.client.idle]).toEqual([true, false]);
	});

	test("what changes while an answer is awaited is asked after it", () => {
		const pair = new Pair({ version, answers: false });
		pair.sends(connack());
		pair.said();
		pair.client.subscribe("a", 0);
		pair.client.subscribe("a", 1);
		pair.client.unsubscribe("a");
		expect(pair.said()).toEqual(["SUBSCRIBE 1 a at 0"]);
		pair.sends({ type: Type.SUBACK, packetIdentifier: 1, reasonCodes: [0] });
		expect(pair.said()).toEqual(["UNSUBSCRIBE 2 a"]);
		pair.sends({ type: Type.UNSUBACK, packetIdentifier: 2, reasonCodes: [0] });
		expect([pair.said(), pair.client.idle]).toEqual([[], true]);
	});

	test("unsubscribing from what was not subscribed to sends nothing", () => {
		const pair = new Pair({ version });
		pair.said();
		pair.client.unsubscribe("a");
		expect(pair.said()).toEqual([]);
	});
});

/** A pair of 5.0 whose broker says `properties` in CONNACK. */
function told(properties: Properties = {}, options: PairOptions = {}): Pair {
	const pair = new Pair({ version: V5, answers: false, ...options });
	pair.sends({ ...connack(), properties });
	pair.said();
	return pair;
}

const granted = (packetIdentifier: number, reasonCode = 0) => ({
	type: Type.SUBACK,
	packetIdentifier,
	reasonCodes: [reasonCode],
});

inBothVersions("subscription options", (version) => {
	test("are sent in 5.0, and left out in 3.1.1", () => {
		const pair = new Pair({ version });
		pair.client.subscribe("a", 1, { noLocal: true, retainAsPublished: true, retainHandling: 2 });
		const expected =
			version === V5
				? { noLocal: true, retainAsPublished: true, retainHandling: 2 }
				: { noLocal: false, retainAsPublished: false, retainHandling: 0 };
		expect(pair.packets.at(-1)!.subscriptions).toEqual([{ topicFilter: "a", qos: 1, ...expected }]);
	});

	test("have No Local refused with a shared subscription before anything is sent [MQTT-3.8.3-4]", () => {
		const pair = new Pair({ version });
		pair.said();
		expect(() => pair.client.subscribe("$share/g/a", 1, { noLocal: true })).toThrow(/noLocal/);
		expect(pair.said()).toEqual([]);
	});
});

inBothVersions("handlers", (version) => {
	test("take the messages of their topic filters, and the client's callback takes the others", () => {
		const pair = new Pair({ version });
		const got: string[] = [];
		pair.client.subscribe("a/+", 1, { onMessage: ({ topicName }) => void got.push(`+ ${topicName}`) });
		pair.client.subscribe("a/b", 1, { onMessage: ({ topicName }) => void got.push(`b ${topicName}`) });
		pair.client.subscribe("c", 1);
		pair.sends(publish("a/b", "1"), publish("a/x", "2"), publish("c", "3"));
		expect(got).toEqual(["+ a/b", "b a/b", "+ a/x"]);
		expect(pair.messages.map(({ topicName }) => topicName)).toEqual(["c"]);
		pair.client.unsubscribe("a/+");
		pair.sends(publish("a/x", "4"));
		expect(got).toHaveLength(3);
	});

	test("may throw: that is told, and the message is acknowledged", () => {
		const pair = new Pair({ version });
		pair.client.subscribe("a", 1, {
			onMessage() {
				throw new Error("mistake");
			},
		});
		pair.said();
		pair.sends(publish("a", "1", 7));
		expect([pair.said(), pair.errors.map(({ code }) => code)]).toEqual([["PUBACK 7"], ["CALLBACK"]]);
	});
});

describe("Subscription Identifiers", () => {
	const withIdentifier = (topicName: string, ...subscriptionIdentifier: number[]) =>
		publish(topicName, "1", 0, { properties: { subscriptionIdentifier } });

	test("say for which handlers a message came, all of them", () => {
		const pair = told();
		const got: string[] = [];
		for (const [topicFilter, name] of [
			["a/#", "one"],
			["a/+", "two"],
		] as const) {
			pair.client.subscribe(topicFilter, 0, { onMessage: () => void got.push(name) });
		}
		expect(pair.packets.slice(1).map(({ properties }) => properties?.subscriptionIdentifier)).toEqual([[1], [2]]);
		pair.sends(granted(1), granted(2), withIdentifier("a/b", 2), withIdentifier("a/b", 1, 2));
		expect(got).toEqual(["two", "one", "two"]);
	});

	test("are not sent where there is no handler, nor to a broker without them, whose messages go by their topics", () => {
		const pair = told({ subscriptionIdentifierAvailable: 0 });
		const got: string[] = [];
		pair.client.subscribe("a", 0, { onMessage: ({ topicName }) => void got.push(topicName) });
		pair.client.subscribe("b", 0);
		expect(pair.packets.slice(1).map(({ properties }) => properties)).toEqual([undefined, undefined]);
		pair.sends(granted(1), granted(2), publish("a", "1"), publish("b", "2"));
		expect([got, pair.messages.map(({ topicName }) => topicName)]).toEqual([["a"], ["b"]]);
	});

	test("that nobody knows go to the client's callback", () => {
		const pair = told();
		pair.client.subscribe("a", 0, { onMessage: () => {} });
		pair.sends(granted(1), withIdentifier("x", 77));
		expect(pair.messages).toHaveLength(1);
	});
});

describe("what a broker does not do", () => {
	const rows: [name: string, properties: Properties, topicFilter: string, reasonCode: number][] = [
		["shared subscriptions", { sharedSubscriptionAvailable: 0 }, "$share/g/a", 0x9e],
		["wildcards", { wildcardSubscriptionAvailable: 0 }, "a/#", 0xa2],
		["packets so large", { maximumPacketSize: 64 }, "a".repeat(80), 0x95],
	];
	for (const [name, properties, topicFilter, reasonCode] of rows) {
		test(`${name}: fails at once while connected, and is told when it was asked before`, () => {
			const pair = told(properties);
			expect(() => pair.client.subscribe(topicFilter, 1)).toThrow(/what the broker supports/);
			expect(pair.said()).toEqual([]);
			const codes: number[] = [];
			const early = new Pair({ version: V5, answers: false });
			early.client.subscribe(topicFilter, 1, { onComplete: (_, code) => codes.push(code) });
			early.client.subscribe("b", 1);
			early.sends({ ...connack(), properties });
			expect([early.said().slice(1), codes]).toEqual([["SUBSCRIBE 1 b at 1"], [reasonCode]]);
		});

		test(`${name}: is asked of another broker, that does`, () => {
			const pair = new Pair({ version: V5, answers: false, cleanStart: false });
			pair.client.subscribe(topicFilter, 1);
			pair.sends({ ...connack(), properties });
			expect(pair.errors).toMatchObject([{ code: "SUBSCRIPTION_REFUSED", reasonCode }]);
			for (const sessionPresent of [true, false]) {
				pair.breaks();
				pair.advance(1000);
				pair.said();
				pair.sends(connack(sessionPresent));
				expect(pair.said()).toHaveLength(1);
			}
		});
	}

	test("a subscription that no broker was asked for is given up without a packet", () => {
		const pair = new Pair({ version: V5, answers: false });
		pair.client.subscribe("a".repeat(80), 1);
		pair.sends({ ...connack(), properties: { maximumPacketSize: 64 } });
		pair.said();
		let done = 0;
		pair.client.unsubscribe("a".repeat(80), () => done++);
		pair.advance(0);
		expect([pair.said(), pair.client.idle, done]).toEqual([[], true, 1]);
	});
});
