// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { isSharedOrTopicFilter, isTopicFilter, isTopicName } from "../../src/mqtt/topic.ts";

// [text, may be published to, may be subscribed to in 3.1.1, and in 5.0, by which statements]
const ROWS: [text: string, name: boolean, filter: boolean, shared: boolean, statements?: string][] = [
	["a", true, true, true],
	["a/b/c", true, true, true],
	["/", true, true, true],
	["//", true, true, true],
	[" ", true, true, true],
	["$SYS/broker", true, true, true],
	["", false, false, false, "[MQTT-4.7.3-1] [3.1.1 MQTT-4.7.3-1]"],
	["a\0", false, false, false, "[MQTT-4.7.3-2] [3.1.1 MQTT-4.7.3-2]"],
	["#", false, true, true],
	["a/#", false, true, true, "[MQTT-4.7.0-1] [3.1.1 MQTT-4.7.1-1]"],
	["/#", false, true, true],
	["a#", false, false, false, "[MQTT-4.7.1-1] [3.1.1 MQTT-4.7.1-2]"],
	["#/a", false, false, false],
	["a/#/b", false, false, false, "[MQTT-4.7.1-1] [3.1.1 MQTT-4.7.1-2]"],
	["##", false, false, false],
	["+", false, true, true],
	["+/+/#", false, true, true],
	["/+", false, true, true],
	["a/+/b", false, true, true, "[MQTT-4.7.0-1] [3.1.1 MQTT-4.7.1-1]"],
	["a+", false, false, false, "[MQTT-4.7.1-2] [3.1.1 MQTT-4.7.1-3]"],
	["+a/b", false, false, false, "[MQTT-4.7.1-2] [3.1.1 MQTT-4.7.1-3]"],
	["++", false, false, false],
	["+#", false, false, false],
	["$share/g/a", true, true, true],
	["$share/g/#", false, true, true],
	["$share/g//", true, true, true],
	["$share/g/", true, true, false, "[MQTT-4.8.2-2]"],
	["$share/g", true, true, false, "[MQTT-4.8.2-2]"],
	["$share//a", true, true, false, "[MQTT-4.8.2-1]"],
	["$share/+/a", false, true, false, "[MQTT-4.8.2-2]"],
	["$share/g/a#", false, false, false],
	["$shared/g", true, true, true],
];

for (const [text, name, filter, shared, statements = ""] of ROWS) {
	test(`"${text}" is ${name ? "a" : "no"} topic name, ${filter ? "a" : "no"} topic filter, in 5.0 ${shared ? "a" : "none"} ${statements}`, () => {
		expect([isTopicName(text), isTopicFilter(text), isSharedOrTopicFilter(text)]).toEqual([name, filter, shared]);
	});
}
