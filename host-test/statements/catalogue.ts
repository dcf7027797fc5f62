// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";

export const VERSIONS = ["5.0", "3.1.1"] as const;
/** A version of the specification. */
export type Version = (typeof VERSIONS)[number];

const WHOM = ["client", "server", "both", "none"] as const;

/** One numbered statement of the specification. */
export interface Statement {
	readonly version: Version;
	/** Its number, as in `4.3.3-10`. */
	readonly number: string;
	/** Whom it binds; `none` is a number that the specification skips. */
	readonly binds: (typeof WHOM)[number];
	readonly words: string;
	/** Why no test can show it; empty when one can. */
	readonly reason: string;
}

/** How a test's name says it: 5.0 is not named, 3.1.1 is. */
export function idOf({ version, number }: Pick<Statement, "version" | "number">): string {
	return version === "5.0" ? `MQTT-${number}` : `${version} MQTT-${number}`;
}

/** Whether the client has to keep it. */
export function bindsClient({ binds }: Statement): boolean {
	return binds === "client" || binds === "both";
}

/** The statements of both versions, in the specification's order. */
export function catalogue(): Statement[] {
	return VERSIONS.flatMap((version) => {
		const file = new URL(`mqtt-${version}.txt`, import.meta.url);
		return parseCatalogue(version, readFileSync(file, "utf8"));
	});
}

/** Parses lines of `number whom words | reason`. Throws Error on a line that is no such line, and where a number is missing or not in order. */
export function parseCatalogue(version: Version, source: string): Statement[] {
	const statements = lines(source).map((line) => parseStatement(version, line));
	for (let i = 0; i < statements.length; i++) {
		const [section, last] = split(statements[i]!.number);
		const [before, previous] = i > 0 ? split(statements[i - 1]!.number) : ["", 0];
		const expected = section === before ? previous + 1 : 1;
		if (last !== expected) throw new Error(`MQTT ${version}: expected ${section}-${expected}, got ${section}-${last}`);
	}
	const numbers = new Set(statements.map(({ number }) => number));
	if (numbers.size < statements.length) throw new Error(`MQTT ${version}: expected each section once, got one twice`);
	return statements;
}

/** The lines that are neither empty nor comments. */
export function lines(source: string): string[] {
	return source.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
}

function parseStatement(version: Version, line: string): Statement {
	const [, number, whom, words, reason = ""] = /^(\d+(?:\.\d+)+-\d+) (\w+) ([^|]+?)(?: \| (.+))?$/.exec(line) ?? [];
	const binds = WHOM.find((each) => each === whom);
	if (number === undefined || words === undefined || binds === undefined)
		throw new Error(`MQTT ${version}: expected "number whom words | reason", got "${line}"`);
	return { version, number, binds, words, reason };
}

function split(number: string): [section: string, last: number] {
	const at = number.lastIndexOf("-");
	return [number.slice(0, at), Number(number.slice(at + 1))];
}
