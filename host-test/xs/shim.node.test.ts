// SPDX-License-Identifier: MIT
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { FormatError } from "../../src/wire/index.ts";
import { runTests } from "./run-tests.ts";
import { expect as shim } from "./vitest-shim.ts";

const local = (path: string) => fileURLToPath(new URL(path, import.meta.url));

type Matchers = Record<string, (...expected: unknown[]) => void>;
type Expect = (actual: unknown) => Matchers & { not: Matchers };

const bytes = (...values: number[]) => new Uint8Array(values);
const fails = (error: unknown) => () => {
	throw error;
};
const primitives = [undefined, null, 0, -0, 1, "1", NaN, true, "", "ab"];
const arrays = [[], [1], [1, 2], [undefined], [[1], [2]]];
const buffers = [bytes(), bytes(1), bytes(1, 2), new Int8Array([1])];
const plain = [{}, { a: 1 }, { a: undefined }, { a: 1, b: 2 }, { a: { b: [1] } }, { a: { b: [1], c: 1 } }, { at: 1 }];
const errors = [new Error("a"), new Error("b"), new TypeError("a"), new FormatError("a", 1), new FormatError("a", 2)];
const values = [...primitives, ...arrays, ...buffers, ...plain, ...errors];
const numbers = [-1, -0, 0, 0.3, 0.1 + 0.2, 1, 1.004, 1.006, 1.04];

type Rows = [actual: unknown, ...expected: unknown[]][];

const each = (actuals: unknown[], expecteds: unknown[]): Rows =>
	actuals.flatMap((actual) => expecteds.map((expected): Rows[number] => [actual, expected]));

const tables: [matcher: string, rows: Rows][] = [
	["toBe", each(values, values)],
	["toEqual", each(values, values)],
	["toMatchObject", [...each([...plain, ...errors], plain), ...each(errors, errors), ...each(arrays, arrays)]],
	["toBeUndefined", values.map((value) => [value])],
	["toBeDefined", values.map((value) => [value])],
	["toHaveLength", each([[], [1], "ab", bytes(1)], [0, 1, 2])],
	["toContain", [...each([[1, "a", NaN], [[1]], bytes(1)], [1, 2, "a", NaN]), ...each(["abc"], ["bc", "d"])]],
	["toMatch", each(["abc"], ["bc", "x", /b/, /x/])],
	["toBeCloseTo", [...each(numbers, numbers), [1.04, 1, 1], [1.06, 1, 1]]],
	["toBeInstanceOf", each([[], {}, new TypeError(), 1], [Array, Object, Error, TypeError, Number])],
	["toBeGreaterThan", each(numbers, numbers)],
	["toBeGreaterThanOrEqual", each(numbers, numbers)],
	["toBeLessThan", each(numbers, numbers)],
	["toBeLessThanOrEqual", each(numbers, numbers)],
	["toThrow", each([() => {}, ...errors.map(fails)], [undefined, "a", "x", /b/, /x/, Error, TypeError, FormatError])],
];

describe("the shim passes and fails as vitest does:", () => {
	for (const [matcher, rows] of tables) {
		test(matcher, () => {
			const differences = rows.filter(
				(row) =>
					outcome(shim as unknown as Expect, matcher, row) !== outcome(expect as unknown as Expect, matcher, row),
			);
			expect(differences).toEqual([]);
		});
	}
});

function outcome(expect: Expect, matcher: string, [actual, ...expected]: [unknown, ...unknown[]]): string {
	return [expect(actual), expect(actual).not].map((matchers) => passes(() => matchers[matcher]!(...expected))).join();
}

function passes(run: () => void): boolean {
	try {
		run();
		return true;
	} catch {
		return false;
	}
}

test("a test that fails on XS is told by name, with what differs", async () => {
	const [passing, failing, throwing] = await runTests(local("failing.ts"));
	expect(passing).toEqual({ name: "passes" });
	expect(failing).toMatchObject({
		name: "a group > fails",
		error: expect.stringContaining("expected bytes <01 02> to equal bytes <01 03>"),
	});
	expect(throwing).toMatchObject({ name: "throws", error: expect.stringContaining("RangeError: too far") });
});

test("a file without tests fails", async () => {
	expect(await runTests(local("newer.ts"))).toMatchObject([{ error: expect.any(String) }]);
});

test("a file that is not there fails", async () => {
	expect(await runTests(local("nothing.ts"))).toMatchObject([
		{ name: "runs", error: expect.stringContaining("nothing.ts") },
	]);
});
