// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { culprits, excess, spare } from "../../bench/budgets.ts";
import { table } from "../../bench/costs.ts";
import { ratio } from "../../bench/host/ratio.ts";
import { profiles } from "../../bench/xs/instructions.ts";

test("a figure over its budget is told with both", () => {
	expect(excess("a GET", 101, 100)).toBe("a GET takes 101, its budget is 100");
	expect(excess("a GET", 100, 100)).toBe(undefined);
});

test("a figure without a budget is told, and a budget without a figure", () => {
	expect(excess("a GET", 100, undefined)).toMatch(/no budget/);
	expect(excess("a GET", undefined, 100)).toMatch(/not measured/);
});

test("a budget that is well over its figure can fall", () => {
	expect(spare("a GET", 90, 100)).toBe("a GET takes 90: its budget of 100 can fall");
	expect(spare("a GET", 99, 100)).toBe(undefined);
});

test("what an operation takes is told by function and line, and those that take more are the culprits", async () => {
	const name = "MQTT PUBLISH received, QoS 0";
	const spent = (await profiles(name))[name]!;
	const place = spent.find(({ function: where }) => where === "src/mqtt/publish.ts parsePublish")!;
	place.units += 1000;
	expect(culprits(name, spent)).toContainEqual(
		expect.stringMatching(/^src\/mqtt\/publish\.ts:\d+ parsePublish \d+ → \d+$/),
	);
});

test("a ratio is the median of those within rounds", () => {
	expect(ratio([2, 9, 4], [1, 3, 1])).toEqual({ median: 3, least: 2, most: 4 });
});

test("a table has numbers to the right, grouped", () => {
	expect(table(["a", "b"], [["x", 1234]])).toBe("| a | b |\n| --- | --: |\n| x | 1,234 |\n");
});
