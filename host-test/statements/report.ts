// SPDX-License-Identifier: MIT
import colours from "picocolors";
import type { Assessed, Assessment, Entry } from "./assess.ts";
import { bindsClient, idOf, type Statement, VERSIONS } from "./catalogue.ts";

// Also where CI is set: only a terminal gets colours, so that what is piped can be searched.
const { bold, dim, green, red, yellow } = colours.createColors(
	colours.isColorSupported && process.stdout.isTTY === true,
);

/** One line for each test of each statement; every line begins with the id, so that grep finds all of it. `filter` is a part of what the lines must say. */
export function reportLines(assessment: Assessment, filter = ""): string[] {
	return reportAs<Statement>(idOf, assessment, filter);
}

/** The same for any list. */
export function reportAs<E extends Entry>(idOf: (entry: E) => string, { all }: Assessment<E>, filter = ""): string[] {
	const idWidth = Math.max(...all.map(({ statement }) => idOf(statement).length));
	const wordsWidth = Math.max(...all.map(({ statement }) => statement.words.length));
	return all.flatMap((each) => {
		const id = idOf(each.statement).padEnd(idWidth);
		const tests = testsOf(each).map((text, i) => {
			const words = i === 0 ? each.statement.words : "";
			return `${bold(id)}  ${words.padEnd(wordsWidth)}  ${text}`;
		});
		return tests.filter((line) => line.includes(filter) || each.statement.words.includes(filter));
	});
}

function testsOf({ state, tests, statement }: Assessed<Entry>): string[] {
	switch (state) {
		case "covered":
			return tests.map(({ file, line, name }) => `${green("test")}    ${dim(`${file}:${line}`)} ${name}`);
		case "reason":
			return [`${yellow("reason")}  ${statement.reason}`];
		case "gap":
			return [`${red("GAP")}     no test, and no reason`];
		case "server":
			return [dim("server  binds the server only")];
		case "none":
			return [dim("none    no such number")];
	}
}

/** How much is covered, a line for each version. */
export function countLines({ all }: Assessment): string[] {
	return VERSIONS.map((version) => {
		const those = all.filter(({ statement }) => statement.version === version);
		const ours = those.filter(({ statement }) => bindsClient(statement));
		const theirs = those.filter(({ statement }) => statement.binds === "server");
		const count = (list: readonly Assessed[], state: string) => list.filter((each) => each.state === state).length;
		return [
			`MQTT ${version.padEnd(5)}  ${ours.length} bind a client:`,
			`${count(ours, "covered")} covered,`,
			`${count(ours, "reason")} not covered with a reason,`,
			`${count(ours, "gap")} gaps;`,
			`${theirs.length} bind the server only, ${count(theirs, "covered")} of them with a test of what the client does`,
		].join(" ");
	});
}
