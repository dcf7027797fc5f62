// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { type Assessment, assess } from "./assess.ts";
import { catalogue, idOf, lines, parseCatalogue } from "./catalogue.ts";
import { countLines, reportLines } from "./report.ts";
import { mentions, mentionsIn } from "./scan.ts";

/** The ids whose tests are not written yet. This list only becomes shorter. */
const PENDING = lines(readFileSync(new URL("pending.txt", import.meta.url), "utf8"));

const gaps = ({ all }: Assessment) =>
	all.filter(({ state }) => state === "gap").map(({ statement }) => idOf(statement));

describe("the statements of MQTT", () => {
	const assessment = assess(catalogue(), mentions("host-test"));

	test("all of both versions are listed", () => {
		const count = (version: string) =>
			assessment.all.filter(({ statement }) => statement.version === version && statement.binds !== "none").length;
		expect([count("5.0"), count("3.1.1")]).toEqual([251, 141]);
	});

	test("tests name no id that is none, and no reason is refuted by a test", () => {
		expect(assessment.mistakes).toEqual([]);
	});

	test("each that binds a client has a test or a reason, or is pending", () => {
		expect(gaps(assessment).filter((id) => !PENDING.includes(id))).toEqual([]);
	});

	test("none is pending that has a test or a reason: take it off the list", () => {
		expect(PENDING.filter((id) => !gaps(assessment).includes(id))).toEqual([]);
	});
});

describe("the list", () => {
	const refused = (source: string) => () => parseCatalogue("5.0", source);

	test("takes a number, whom it binds, words, and a reason", () => {
		const source = "# about\n\n1.5.4-1 both words of ours\n4.2-1 client more | why not\n4.2-2 none skipped\n";
		expect(parseCatalogue("5.0", source)).toEqual([
			{ version: "5.0", number: "1.5.4-1", binds: "both", words: "words of ours", reason: "" },
			{ version: "5.0", number: "4.2-1", binds: "client", words: "more", reason: "why not" },
			{ version: "5.0", number: "4.2-2", binds: "none", words: "skipped", reason: "" },
		]);
	});

	test("refuses gaps, repetitions and other lines", () => {
		expect(refused("1.5.4-2 both words")).toThrow("expected 1.5.4-1, got 1.5.4-2");
		expect(refused("1.5.4-1 both words\n1.5.4-3 both words")).toThrow("expected 1.5.4-2, got 1.5.4-3");
		expect(refused("1.5.4-1 both words\n1.5.4-1 both words")).toThrow("expected 1.5.4-2, got 1.5.4-1");
		expect(refused("1.5.4-1 both words\n2.1.3-1 both words\n1.5.4-1 both words")).toThrow("got one twice");
		expect(refused("1.5.4-1 broker words")).toThrow('got "1.5.4-1 broker words"');
		expect(refused("1.5.4-1 both")).toThrow('got "1.5.4-1 both"');
		expect(refused("MQTT-1.5.4-1 both words")).toThrow('got "MQTT-1.5.4-1 both words"');
	});
});

describe("the names of tests", () => {
	const ids = (source: string) => mentionsIn("a.test.ts", source).map(({ id, line, name }) => `${line} ${id}: ${name}`);

	test("are found in calls, templates and rows, both versions", () => {
		expect(ids('test("first [MQTT-1.5.4-1] [3.1.1 MQTT-1.5.3-1]", () => {});')).toEqual([
			"1 MQTT-1.5.4-1: first",
			"1 3.1.1 MQTT-1.5.3-1: first",
		]);
		expect(ids("\ntest(`its $" + "{name} [MQTT-4.2-1]`, () => {});")).toEqual(["2 MQTT-4.2-1: its $" + "{name}"]);
		expect(ids('const ROWS = [\n["row (3) [MQTT-2.3.1-1]", "00"]];')).toEqual(["2 3.1.1 MQTT-2.3.1-1: row"]);
		expect(ids('const ROWS = [["a+", false, "[MQTT-4.7.1-2]"]];')).toEqual(['1 MQTT-4.7.1-2: "a+"']);
	});

	test("do not count in comments and skipped tests", () => {
		expect(ids('// [MQTT-1.5.4-1]\ntest.skip("[MQTT-1.5.4-2]", () => {});\ntest.todo("[MQTT-1.5.4-3]");')).toEqual([]);
		expect(ids('describe.skip("a", () => { test("[MQTT-1.5.4-2]", () => {}); });')).toEqual([]);
	});

	test("are refused when an id is not written as ids are", () => {
		for (const id of ["MQTT-1.5.4-1", "[MQTT-1.5.4]", "[MQTT-1.5.4-1, MQTT-1.5.4-2]", "[3 MQTT-1.5.3-1]"])
			expect(() => ids(`test("a ${id}", () => {});`)).toThrow(`a.test.ts:1: expected an id as in`);
	});
});

describe("the report", () => {
	const statements = parseCatalogue(
		"5.0",
		"1.1-1 client with a test\n1.1-2 both without\n1.1-3 both with a reason | because\n1.1-4 server theirs\n1.1-5 none skipped",
	);
	const named = (id: string) => ({ id, file: "a.test.ts", line: 3, name: "a test" });

	test("has a line for each test, reason and gap, and counts them", () => {
		const assessment = assess(statements, [named("MQTT-1.1-1"), named("MQTT-1.1-1")]);
		expect(assessment.mistakes).toEqual([]);
		expect(gaps(assessment)).toEqual(["MQTT-1.1-2"]);
		const report = reportLines(assessment).map((line) => stripVTControlCharacters(line).replace(/\s+/g, " "));
		expect(report).toEqual([
			"MQTT-1.1-1 with a test test a.test.ts:3 a test",
			"MQTT-1.1-1 test a.test.ts:3 a test",
			"MQTT-1.1-2 without GAP no test, and no reason",
			"MQTT-1.1-3 with a reason reason because",
			"MQTT-1.1-4 theirs server binds the server only",
			"MQTT-1.1-5 skipped none no such number",
		]);
		expect(countLines(assessment)[0]).toContain("3 bind a client: 1 covered, 1 not covered with a reason, 1 gaps");
		expect(reportLines(assessment, "1.1-2")).toHaveLength(1);
	});

	test("calls mistakes ids that are none, and reasons beside a test", () => {
		const { mistakes } = assess(statements, [named("MQTT-1.1-3"), named("MQTT-1.1-5"), named("3.1.1 MQTT-1.1-1")]);
		expect(mistakes).toEqual([
			'a.test.ts:3: expected the id of a statement, got MQTT-1.1-5 ("a test")',
			'a.test.ts:3: expected the id of a statement, got 3.1.1 MQTT-1.1-1 ("a test")',
			"MQTT-1.1-3 has a reason to have no test, and a test",
		]);
	});
});
