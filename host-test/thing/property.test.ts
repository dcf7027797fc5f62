// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { Property, type PropertyDefinition } from "../../src/thing/index.ts";

const setpoint: PropertyDefinition = { type: "number", minimum: 5, maximum: 30, multipleOf: 0.1 };
const level: PropertyDefinition = { type: "number", minimum: 0 };
const light: PropertyDefinition = { type: "boolean" };
const state: PropertyDefinition = { type: "string", enum: ["off", "on"] };
const label: PropertyDefinition = { type: "string" };

const taken: [definition: PropertyDefinition, payload: string, value: unknown][] = [
	[setpoint, "22.5", 22.5],
	[setpoint, " 22.5\n", 22.5],
	[setpoint, '{"p": 22.5}', 22.5],
	[setpoint, "1e1", 10],
	[setpoint, "21.349999", 21.3],
	[light, "true", true],
	[light, '{"p":false}', false],
	[state, "on", "on"],
	[state, '{"p": "on"}', "on"],
	[label, " spaces stay ", " spaces stay "],
	[label, "", ""],
	[label, '{"p":"{"}', "{"],
	[label, '{"p":"\\"[{\\\\"}', '"[{\\'],
];

const refused: [definition: PropertyDefinition, payload: string, message: string][] = [
	[setpoint, "4.9", "p: expected a number from 5 to 30, got 4.9"],
	[setpoint, "warm", 'p: expected a number from 5 to 30, got "warm"'],
	[setpoint, "", 'p: expected a number from 5 to 30, got ""'],
	[setpoint, "0x10", 'p: expected a number from 5 to 30, got "0x10"'],
	[setpoint, "1e999", "p: expected a number from 5 to 30, got Infinity"],
	[setpoint, "null", 'p: expected a number from 5 to 30, got "null"'],
	[setpoint, '{"p":"22"}', 'p: expected a number from 5 to 30, got "22"'],
	[level, "-1", "p: expected a number from 0, got -1"],
	[light, "on", 'p: expected true or false, got "on"'],
	[light, "1", "p: expected true or false, got 1"],
	[light, "[true]", 'p: expected true or false, got "[true]"'],
	[state, "blue", 'p: expected off or on, got "blue"'],
	[state, '{"p":"blue"}', 'p: expected off or on, got "blue"'],
	[state, '{"p":1}', "p: expected off or on, got 1"],
	[state, '{"q":"on"}', 'p: expected {"p": off or on}, got {"q":"on"}'],
	[state, '{"p":"on","q":1}', 'p: expected {"p": off or on}, got {"p":"on","q":1}'],
	[state, '{"p":', 'p: expected JSON of one value, got "{\\"p\\":"'],
	[state, '{"p":["on"]}', "p: expected JSON of one value"],
	[state, `{"p":${"[".repeat(2000)}`, "p: expected JSON of one value"],
	[state, `{"p":${'{"p":'.repeat(2000)}`, "p: expected JSON of one value"],
	[label, '{"p":"\\ud800"}', "p: expected a text, got"],
	[state, `${"x".repeat(38)}😀`, `p: expected off or on, got "${"x".repeat(38)}…`],
	[state, "x".repeat(1000), `p: expected off or on, got "${"x".repeat(39)}…`],
];

describe("a command", () => {
	for (const [definition, payload, value] of taken)
		test(`${definition.type} takes ${JSON.stringify(payload)}`, () => {
			expect(new Property("p", definition).parse(payload)).toBe(value);
		});

	for (const [definition, payload, message] of refused)
		test(`${definition.type} refuses ${JSON.stringify(payload.slice(0, 20))}`, () => {
			expect(() => new Property("p", definition).parse(payload)).toThrow(message);
		});
});

describe("a value", () => {
	test("is rounded to a multiple, without binary dust", () => {
		const tenths = new Property("p", { type: "number", multipleOf: 0.1 });
		expect(tenths.check(0.1 + 0.2)).toBe(0.3);
		expect(tenths.check(22.449)).toBe(22.4);
		expect(new Property("p", { type: "number", multipleOf: 5 }).check(12.6)).toBe(15);
		expect(new Property("p", { type: "number", multipleOf: 0.25 }).check(1.13)).toBe(1.25);
		expect(new Property("p", { type: "number", multipleOf: 0.3 }).check(0.9)).toBe(0.9);
		expect(new Property("p", { type: "number", multipleOf: 1.1 }).check(3.2)).toBe(3.3);
	});

	test("never is minus zero, which text would hide", () => {
		expect(Object.is(new Property("p", { type: "number", multipleOf: 0.1 }).check(-0.01), 0)).toBe(true);
	});

	test("is shown as text and as JSON", () => {
		const property = new Property("temperature", { type: "number", value: 22.5 });
		expect(property.text).toBe("22.5");
		expect(property.json).toBe('{"temperature":22.5}');
	});

	test("that is not allowed cannot be the initial one", () => {
		expect(() => new Property("p", { ...state, value: "blue" } as PropertyDefinition)).toThrow(RangeError);
	});
});

describe("a definition that no value could have is refused", () => {
	const definitions: [definition: unknown, message: string][] = [
		[{ type: "nmber" }, 'p: expected type "number", "boolean" or "string", got "nmber"'],
		[{ type: "number", multipleOf: 0 }, "p: expected multipleOf above 0, got 0"],
		[{ type: "number", minimum: 2, maximum: 1 }, "p: expected minimum ≤ maximum, got 2 and 1"],
		[{ type: "number", deadband: -1 }, "p: expected deadband of 0 or more, got -1"],
		[{ type: "boolean", interval: 0 }, "p: expected an interval of 1 ms or more, got 0"],
		[{ type: "boolean", interval: Number.NaN }, "p: expected an interval of 1 ms or more, got NaN"],
		[{ type: "string", enum: [] }, "p: expected values in enum, got none"],
	];
	for (const [definition, message] of definitions)
		test(message, () => {
			expect(() => new Property("p", definition as PropertyDefinition)).toThrow(message);
		});
});
