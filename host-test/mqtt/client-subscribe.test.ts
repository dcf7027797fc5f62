// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import * as Type from "../../src/mqtt/packet-type.ts";
import { connack, Pair } from "../support/mqtt-pair.ts";
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
