// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { assessAs } from "../statements/assess.ts";
import { mentions, mentionsIn } from "../statements/scan.ts";
import { MARKS, parseRules, RULES, rules } from "./catalogue.ts";

describe("the rules for CoAP servers", () => {
	const { all, mistakes } = assessAs(RULES, rules(), mentions("host-test", MARKS));

	test("each have a test, or a reason to have none", () => {
		expect(all.filter(({ state }) => state === "gap").map(({ statement }) => RULES.idOf(statement))).toEqual([]);
	});

	test("are named by tests as they are listed, and no reason is refuted by a test", () => {
		expect(mistakes).toEqual([]);
	});

	test("are in thirteen chapters", () => {
		expect(new Set(all.map(({ statement }) => statement.number.split(".")[0])).size).toBe(13);
	});
});

describe("the list of rules", () => {
	test("takes number, source, words and a reason", () => {
		expect(parseRules("# about\n\n1.1 RFC7252§3 words of ours\n1.2 draft more | why not\n2.1 x y\n")).toEqual([
			{ number: "1.1", source: "RFC 7252 §3", words: "words of ours", reason: "" },
			{ number: "1.2", source: "draft", words: "more", reason: "why not" },
			{ number: "2.1", source: "x", words: "y", reason: "" },
		]);
	});

	test("refuses gaps and other lines", () => {
		expect(() => parseRules("1.1 x y\n1.3 x y")).toThrow("expected 1.2 or 2.1, got 1.3");
		expect(() => parseRules("1.1 x y\n1.1 x y")).toThrow("got 1.1");
		expect(() => parseRules("1.1 x")).toThrow('got "1.1 x"');
	});

	test("finds its ids in the names of tests, and refuses what is none", () => {
		expect(mentionsIn("a.ts", 'test("x [CoAP-1.1] [CoAP-2.10]", f)', MARKS).map(({ id }) => id)).toEqual([
			"CoAP-1.1",
			"CoAP-2.10",
		]);
		expect(() => mentionsIn("a.ts", 'test("x CoAP-1.1", f)', MARKS)).toThrow("expected an id as in [CoAP-1.1]");
	});
});
