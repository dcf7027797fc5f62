// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkText } from "../../host/board/check.ts";
import { boardNames } from "../../host/board/folders.ts";
import { missing } from "../../host/board/parts.ts";
import { hex } from "../../host/board/sensor-rules.ts";
import { SENSORS } from "../../host/board/sensors.ts";

const docs = readFileSync("docs/boards.md", "utf8");
const block = (language: string) => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(docs)![1]!;

test("the board in docs/boards.md is right, and has what the app there needs", () => {
	const { description, errors, warnings } = checkText(block("json"), "docs", "porch");
	expect([...errors, ...warnings]).toEqual([]);
	const needs = JSON.parse(/needs = (\[.*?\])/.exec(block("ts"))![1]!);
	expect(missing(needs, description!)).toEqual([]);
});

test("docs/boards.md lists every board", () => {
	const listed = [...docs.matchAll(/^\| \[(\w+)\]\(\.\.\/boards\/(\w+)\/board\.json\)/gm)].map(([, name, folder]) => {
		expect(folder).toBe(name);
		return name;
	});
	expect(listed.sort()).toEqual(boardNames());
});

test("docs/boards.md lists every sensor, with what it measures and where it may be", () => {
	const units: Record<string, string> = {
		thermometer: "°C",
		hygrometer: "%RH",
		barometer: "Pa",
		lightmeter: "lx",
		rangefinder: "m",
	};
	for (const [name, { gives, i2c }] of Object.entries(SENSORS)) {
		const row = new RegExp(`^\\| \`${name}\`[^|]*\\| ([^|]*) \\| ([^|]*)`, "m").exec(docs);
		expect([name, row?.[1]]).toEqual([name, gives.map((part) => units[part]).join(", ")]);
		if (!i2c) continue;
		const ends = [i2c.addresses[0]!, i2c.addresses.at(-1)!].map(hex);
		expect([name, row?.[2]?.trim()]).toEqual([name, `I2C ${ends.join(i2c.addresses.length > 2 ? " to " : ", ")}`]);
	}
});
