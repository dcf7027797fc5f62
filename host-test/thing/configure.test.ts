// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { Thing } from "../../src/thing/index.ts";

const thermostat = (title?: string) => {
	let samples = 0;
	const thing = new Thing({
		id: "thermostat",
		topic: "home/thermostat",
		...(title !== undefined && { title }),
		properties: {
			temperature: { type: "number", interval: 1000, sample: () => ++samples },
			light: { type: "boolean", value: false, write() {} },
		},
	});
	return { thing, samples: () => samples };
};

test("names and topics may be configured; what is not stays", () => {
	const { thing } = thermostat("Living room");
	thing.configure({ id: "attic", topic: "home/attic" });
	expect([thing.id, thing.topic, thing.title]).toEqual(["attic", "home/attic", "Living room"]);
	thing.configure({ title: "Attic" });
	expect([thing.id, thing.topic, thing.title]).toEqual(["attic", "home/attic", "Attic"]);
});

test("without a title the id is it, the configured one too", () => {
	const { thing } = thermostat();
	thing.configure({ id: "attic" });
	expect(thing.title).toBe("attic");
});

test("a sensor is sampled as often as is configured", () => {
	const { thing, samples } = thermostat();
	thing.configure({ intervals: { temperature: 5000 } });
	for (let now = 0; now <= 10_000; now += 1000) thing.expire(now);
	expect(samples()).toBe(3);
});

test("what is not allowed is refused, and changes nothing", () => {
	const { thing } = thermostat();
	const refused = (configuration: Parameters<typeof thing.configure>[0], message: string) => {
		expect(() => thing.configure({ id: "other", ...configuration })).toThrow(message);
		expect([thing.id, thing.topic]).toEqual(["thermostat", "home/thermostat"]);
		expect(thing.property("temperature").interval).toBe(1000);
	};
	refused({ id: "a b" }, "id: expected");
	refused({ topic: "a/#", intervals: { temperature: 1 } }, "topic: expected");
	refused({ intervals: { temperature: 5, humidity: 5 } }, "expected a property of thermostat");
	refused({ intervals: { temperature: 5, light: 5 } }, "intervals: light has no sensor");
	refused({ intervals: { temperature: 0 } }, "intervals: temperature: expected milliseconds, got 0");
});
