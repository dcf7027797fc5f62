// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { V5 } from "../../src/mqtt/version.ts";
import { Pair } from "../support/mqtt-pair.ts";

describe("publishing with", () => {
	const properties: [name: string, properties: object, message: RegExp][] = [
		["a Subscription Identifier [MQTT-3.3.4-6]", { subscriptionIdentifier: [1] }, /property of a message/],
		["a Topic Alias, which the client chooses", { topicAlias: 1 }, /property of a message/],
		["a property of another packet", { reasonString: "x" }, /property of a message/],
		["a property that there is not", { contentTipe: "x" }, /property of a message/],
		["a Response Topic with a wildcard [MQTT-3.3.2-14]", { responseTopic: "a/+" }, /topic name/],
		["a Content Type with a lone surrogate [MQTT-3.3.2-19]", { contentType: "\ud800" }, /surrogate/],
		["a Response Topic with a lone surrogate [MQTT-3.3.2-13]", { responseTopic: "\ud800" }, /surrogate/],
		["Correlation Data that are text", { correlationData: "1" }, /bytes/],
		["a Message Expiry Interval of half a second", { messageExpiryInterval: 0.5 }, /integer/],
		["a Payload Format Indicator of 2", { payloadFormatIndicator: 2 }, /0 to 1/],
		["a User Property with U+0000 [MQTT-1.5.7-1]", { userProperty: [["a", "\0"]] }, /U\+0000/],
		["a User Property without value", { userProperty: [["a"]] }, /text/],
	];
	for (const [name, more, message] of properties) {
		test(`${name} is refused before anything changes, at any QoS`, () => {
			const pair = new Pair({ version: V5 });
			pair.said();
			for (const qos of [0, 1, 2] as const) {
				expect(() => pair.client.publish("a", "1", { qos, properties: more })).toThrow(message);
			}
			pair.client.publish("a", "2");
			expect([pair.said(), pair.client.idle]).toEqual([["PUBLISH a=2"], true]);
		});
	}
});
