// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";
import type { Kind } from "../statements/assess.ts";
import { lines } from "../statements/catalogue.ts";
import type { Marks } from "../statements/scan.ts";

/** A rule for CoAP servers. */
export interface Rule {
	/** As in `9.4`. */
	readonly number: string;
	/** The document and the section that it is from. */
	readonly source: string;
	readonly words: string;
	/** Why no test shows it; empty when one does. */
	readonly reason: string;
}

export const RULES: Kind<Rule> = { idOf: ({ number }) => `CoAP-${number}`, dutyOf: () => "ours" };

export const MARKS: Marks = {
	prefix: "CoAP-",
	id: /\[(CoAP-\d+\.\d+)\]/g,
	idOf: ([, id]) => id!,
	example: "[CoAP-1.1]",
};

/** The rules, in order. */
export function rules(): Rule[] {
	return parseRules(readFileSync(new URL("coap.txt", import.meta.url), "utf8"));
}

/** Parses lines of `number source words | reason`. Throws Error on another line, and where a number is missing or not in order. */
export function parseRules(source: string): Rule[] {
	const rules = lines(source).map(parseRule);
	let [chapter, item] = [0, 0];
	for (const { number } of rules) {
		const [expected, other] = [`${chapter}.${item + 1}`, `${chapter + 1}.1`];
		if (number !== expected && number !== other) throw new Error(`expected ${expected} or ${other}, got ${number}`);
		[chapter, item] = number.split(".").map(Number) as [number, number];
	}
	return rules;
}

function parseRule(line: string): Rule {
	const [, number, source, words, reason = ""] = /^(\d+\.\d+) (\S+) ([^|]+?)(?: \| (.+))?$/.exec(line) ?? [];
	if (number === undefined || source === undefined || words === undefined)
		throw new Error(`expected "number source words | reason", got "${line}"`);
	return { number, source: source.replace("§", " §").replace("RFC", "RFC "), words, reason };
}
