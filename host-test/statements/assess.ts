// SPDX-License-Identifier: MIT
import { bindsClient, idOf, type Statement } from "./catalogue.ts";
import type { Mention } from "./scan.ts";

/** What a list has to say. */
export interface Entry {
	readonly words: string;
	/** Why no test can show it; empty when one can. */
	readonly reason: string;
}

/** What is particular to a list. */
export interface Kind<E extends Entry> {
	idOf(entry: E): string;
	/** Whether it has to be kept here: `server` when only somebody else must, `none` when there is nothing to keep. */
	dutyOf(entry: E): "ours" | "server" | "none";
}

const STATEMENTS: Kind<Statement> = {
	idOf,
	dutyOf: (statement) => (statement.binds === "none" ? "none" : bindsClient(statement) ? "ours" : "server"),
};

/** An entry of a list, the tests whose names carry its id, and what follows. */
export interface Assessed<E extends Entry = Statement> {
	readonly statement: E;
	readonly tests: readonly Mention[];
	/** `gap`: it must be kept, and there is neither a test nor a reason. */
	readonly state: "covered" | "reason" | "gap" | "server" | "none";
}

/** What tests and a list say of each other. */
export interface Assessment<E extends Entry = Statement> {
	readonly all: readonly Assessed<E>[];
	/** What is wrong with the names or the list, a sentence each. */
	readonly mistakes: readonly string[];
}

/** Brings the statements of MQTT and `tests` together. */
export function assess(statements: readonly Statement[], tests: readonly Mention[]): Assessment {
	return assessAs(STATEMENTS, statements, tests);
}

/** Brings a list and `tests` together. */
export function assessAs<E extends Entry>(
	kind: Kind<E>,
	entries: readonly E[],
	tests: readonly Mention[],
): Assessment<E> {
	const all = entries.map((statement): Assessed<E> => {
		const id = kind.idOf(statement);
		const own = tests.filter((test) => test.id === id);
		return { statement, tests: own, state: stateOf(kind.dutyOf(statement), statement, own) };
	});
	const known = new Set(entries.filter((entry) => kind.dutyOf(entry) !== "none").map((entry) => kind.idOf(entry)));
	const strangers = tests
		.filter(({ id }) => !known.has(id))
		.map(({ id, file, line, name }) => `${file}:${line}: expected the id of a statement, got ${id} ("${name}")`);
	const refuted = all
		.filter(({ statement, tests }) => statement.reason !== "" && tests.length > 0)
		.map(({ statement }) => `${kind.idOf(statement)} has a reason to have no test, and a test`);
	return { all, mistakes: [...strangers, ...refuted] };
}

function stateOf(duty: "ours" | "server" | "none", { reason }: Entry, tests: readonly Mention[]): Assessed["state"] {
	if (duty === "none") return "none";
	if (tests.length > 0) return "covered";
	if (duty === "server") return "server";
	return reason === "" ? "gap" : "reason";
}
