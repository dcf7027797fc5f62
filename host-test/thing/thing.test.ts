// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { type Property, Thing } from "../../src/thing/index.ts";

/** A thing whose sensor reads what is in `readings`, one after the other, and whose actuators write into `driven`. */
function setUp(readings: (number | Error)[] = []) {
	const driven: unknown[] = [];
	const changes: string[] = [];
	const errors: string[] = [];
	const thing = new Thing({
		id: "thermostat-123",
		topic: "home/livingroom/thermostat",
		properties: {
			temperature: {
				type: "number",
				multipleOf: 0.1,
				deadband: 0.2,
				maximum: 85,
				interval: 500,
				sample: () => {
					const reading = readings.shift()!;
					if (reading instanceof Error) throw reading;
					return reading;
				},
			},
			light: { type: "boolean", value: false, write: (on) => driven.push(on) },
			state: {
				type: "string",
				enum: ["off", "on"],
				write: (state) => {
					if (state === "on") throw new Error("relay stuck");
				},
			},
		},
	});
	thing.observe((property: Property) => changes.push(`${property.name}=${property.text}`));
	thing.onError = (error, where) => errors.push(`${where}: ${(error as Error).message}`);
	return { thing, driven, changes, errors };
}

test("a write drives the actuator, then is announced once", () => {
	const { thing, driven, changes } = setUp();
	thing.observe(() => expect(driven).toEqual([true]));
	expect(thing.write("light", true)).toBe(true);
	expect(changes).toEqual(["light=true"]);
	expect(thing.read("light")).toBe(true);
});

test("an equal value is driven again and not announced", () => {
	const { thing, driven, changes } = setUp();
	thing.write("light", false);
	expect(driven).toEqual([false]);
	expect(changes).toEqual([]);
});

test("the actuators are driven to their initial values at the start", () => {
	const { thing, driven, changes } = setUp();
	thing.start();
	expect(driven).toEqual([false]);
	expect(changes).toEqual([]);
});

test("an actuator that throws changes nothing and is reported with its name", () => {
	const { thing, changes, errors } = setUp();
	thing.write("state", "off");
	expect(thing.write("state", "on")).toBe(false);
	expect(thing.read("state")).toBe("off");
	expect(changes).toEqual(["state=off"]);
	expect(errors).toEqual(["state.write: relay stuck"]);
});

test("a value that is not allowed throws before anything moves", () => {
	const { thing, driven, changes } = setUp();
	expect(() => thing.write("light", 3 as never)).toThrow("light: expected true or false, got 3");
	expect(() => thing.write("temperature" as never, 20 as never)).toThrow("temperature has no write");
	expect(() => thing.update("light" as never, true as never)).toThrow("light has an actuator");
	expect(() => thing.write("humidity" as never, 3 as never)).toThrow(
		"expected a property of thermostat-123 (temperature, light, state), got humidity",
	);
	expect(driven).toEqual([]);
	expect(changes).toEqual([]);
});

test("sensors are sampled at their interval, and a change within the deadband is none", () => {
	const { thing, changes } = setUp([21.3, 21.44, 21.5, 21.31]);
	expect(thing.deadline).toBe(0);
	thing.expire(1000);
	expect(thing.deadline).toBe(1500);
	thing.expire(1200);
	for (const now of [1500, 2000, 2500]) thing.expire(now);
	expect(changes).toEqual(["temperature=21.3", "temperature=21.5", "temperature=21.3"]);
});

test("a sensor that fails or is out of range is reported once, and announced again when it works", () => {
	const { thing, changes, errors } = setUp([21, new Error("bus"), new Error("bus"), 22, Number.NaN, 99, 23]);
	for (let now = 0; now < 3500; now += 500) thing.expire(now);
	expect(errors).toEqual([
		"temperature.sample: bus",
		"temperature.sample: temperature: expected a number up to 85, got NaN",
	]);
	expect(changes).toEqual(["temperature=21", "temperature=22", "temperature=23"]);
});

test("an observer that throws is reported, and the others hear", () => {
	const { thing, errors } = setUp();
	thing.observe(() => {
		throw new Error("page gone");
	});
	const heard: string[] = [];
	thing.observe((property) => heard.push(property.name));
	thing.write("light", true);
	expect(heard).toEqual(["light"]);
	expect(errors).toEqual(["observer of light: page gone"]);
});

test("an observer that writes back announces the last value last, and each once", () => {
	const { thing } = setUp();
	const heard: string[] = [];
	thing.observe(({ name, value }) => {
		if (name === "light" && value) thing.write("light", false);
	});
	thing.observe(({ text }) => heard.push(text));
	thing.write("light", true);
	expect(heard).toEqual(["false"]);
	expect(thing.read("light")).toBe(false);
});

test("an onError that throws stops nothing", () => {
	const { thing } = setUp();
	thing.onError = () => {
		throw new Error("no console");
	};
	expect(thing.write("state", "on")).toBe(false);
	thing.expire(0);
});

test("a value that the app computes is announced when it changes", () => {
	const { thing, changes } = setUp();
	thing.update("temperature", 20);
	thing.update("temperature", 20);
	expect(changes).toEqual(["temperature=20"]);
	expect(() => thing.update("temperature", 100)).toThrow(RangeError);
});

test("the types of properties are inferred", () => {
	const { thing } = setUp();
	const light: boolean | undefined = thing.read("light");
	const temperature: number | undefined = thing.read("temperature");
	const state: "off" | "on" | undefined = thing.read("state");
	expect([light, temperature, state]).toEqual([false, undefined, undefined]);
	const wrong = [
		// @ts-expect-error: a boolean takes no number
		() => thing.write("light", 3),
		// @ts-expect-error: not among the allowed values
		() => thing.write("state", "blue"),
		// @ts-expect-error: a sensor is not written
		() => thing.write("temperature", 20),
		// @ts-expect-error: an actuator is not updated
		() => thing.update("light", true),
		// @ts-expect-error: no such property
		() => thing.write("lamp", true),
	];
	for (const write of wrong) expect(write).toThrow();
});

test("names that MQTT or CoAP could not carry are refused", () => {
	const make = (id: string, topic: string, name: string) => () =>
		new Thing({ id, topic, properties: { [name]: { type: "boolean" } } });
	expect(make("", "home", "light")).toThrow("id: expected");
	expect(make("thing", "home/#", "light")).toThrow("topic: expected");
	expect(make("thing", "home", "a/b")).toThrow("property: expected");
	expect(make("thing", "home", "status")).toThrow("property: expected");
	for (const topic of ["home/", "/home", " home", "$SYS/x", "", "ho\ud800me"])
		expect(make("thing", topic, "light")).toThrow("topic: expected");
	expect(make("thing", "home/lamp", "light")).not.toThrow();
});
