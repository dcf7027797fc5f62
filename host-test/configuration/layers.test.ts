// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { configured, hostNameOf } from "../../src/configuration.ts";

test("a later one wins, key by key; intervals are put together", () => {
	const board = { keepAlive: 10, intervals: { temperature: 1, humidity: 2 } };
	const app = { topic: "app", keepAlive: 20 };
	const file = { intervals: { temperature: 3 } };
	expect(configured(board, app, file, undefined)).toEqual({
		coapPort: 5683,
		protocol: "auto",
		timeServers: ["pool.ntp.org"],
		topic: "app",
		keepAlive: 20,
		intervals: { temperature: 3, humidity: 2 },
	});
});

test("nothing said is the defaults, and layers stay as they were", () => {
	const layer = { intervals: { a: 1 } };
	configured(layer, { intervals: { b: 2 } });
	expect(layer).toEqual({ intervals: { a: 1 } });
	expect(configured()).toEqual({
		coapPort: 5683,
		keepAlive: 30,
		protocol: "auto",
		timeServers: ["pool.ntp.org"],
		intervals: {},
	});
});

for (const [id, name] of [
	["thermostat-123", "thermostat-123"],
	["a.b:c_d", "a-b-c-d"],
	["-a-", "a"],
	["...", "katydid"],
	["a".repeat(40), "a".repeat(32)],
	[`${"a".repeat(31)}-b`, "a".repeat(31)],
] as const) {
	test(`the host name of ${id} is ${name}`, () => {
		expect(hostNameOf({}, id)).toBe(name);
		expect(hostNameOf({ hostName: "other" }, id)).toBe("other");
	});
}
