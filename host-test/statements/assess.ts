// SPDX-License-Identifier: MIT
import { bindsClient, idOf, type Statement } from "./catalogue.ts";
import type { Mention } from "./scan.ts";

/** A statement, the tests whose names carry its id, and what follows. */
export interface Assessed {
	readonly statement: Statement;
	readonly tests: readonly Mention[];
	/** `gap`: the client must keep it, and there is neither a test nor a reason. */
	readonly state: "covered" | "reason" | "gap" | "server" | "none";
}

/** What tests and statements say of each other. */
export interface Assessment {
	readonly all: readonly Assessed[];
	/** What is wrong with the names or the list, a sentence each. */
	readonly mistakes: readonly string[];
}

/** Brings `statements` and `tests` together. */
export function assess(statements: readonly Statement[], tests: readonly Mention[]): Assessment {
	const all = statements.map((statement) => {
		const id = idOf(statement);
		return assessed(
			statement,
			tests.filter((test) => test.id === id),
		);
	});
	const known = new Set(statements.filter(({ binds }) => binds !== "none").map(idOf));
	const strangers = tests
		.filter(({ id }) => !known.has(id))
		.map(({ id, file, line, name }) => `${file}:${line}: expected the id of a statement, got ${id} ("${name}")`);
	const refuted = all
		.filter(({ statement, tests }) => statement.reason !== "" && tests.length > 0)
		.map(({ statement }) => `${idOf(statement)} has a reason to have no test, and a test`);
	return { all, mistakes: [...strangers, ...refuted] };
}

function assessed(statement: Statement, tests: readonly Mention[]): Assessed {
	return { statement, tests, state: stateOf(statement, tests) };
}

function stateOf(statement: Statement, tests: readonly Mention[]): Assessed["state"] {
	if (statement.binds === "none") return "none";
	if (tests.length > 0) return "covered";
	if (!bindsClient(statement)) return "server";
	return statement.reason === "" ? "gap" : "reason";
}
