// SPDX-License-Identifier: MIT
import { existsSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { boardsOfKatydid } from "../places.ts";
import { UsageError } from "../usage-error.ts";

/** What mcconfig can be given: it lowercases what follows `-p`. */
const NAME = /^[a-z0-9_-]+$/;

/** Where boards are looked for: in the project's own folder boards/, then among those that come with Katydid. */
function shelves(): string[] {
	return [...new Set([resolve("boards"), fileURLToPath(boardsOfKatydid).replace(/[/\\]$/, "")])];
}

/** The names of all boards, in order. */
export function boardNames(): string[] {
	const found = shelves().flatMap((shelf) => {
		const folders = existsSync(shelf) ? readdirSync(shelf) : [];
		return folders.filter((name) => existsSync(join(shelf, name, "board.json")));
	});
	return [...new Set(found)].sort();
}

/** The folder of the board `name`. Throws UsageError, with the boards that there are, when there is none. */
export function boardFolder(name: string, flag = ""): string {
	const folder = shelves()
		.map((shelf) => join(shelf, name))
		.find((candidate) => existsSync(join(candidate, "board.json")));
	if (folder && boardNames().includes(name)) return folder;
	throw new UsageError(`${flag}expected ${boardNames().join(", ")}, got "${name}"`);
}

/** Where a new board is put. Throws UsageError when its name cannot be, or there is one. */
export function newBoardFolder(name: string): string {
	if (!NAME.test(name))
		throw new UsageError(
			`expected a name of lower-case letters, digits, _ and -, which is all that mcconfig takes, got "${name}"`,
		);
	if (boardNames().includes(name)) throw new UsageError(`there is a board ${name} already: choose another name`);
	return resolve("boards", name);
}

/** A path as a person in this folder would write it. */
export function shown(path: string): string {
	const short = relative("", path);
	return short.startsWith("..") ? path : short;
}

/** Whether a board's folder has a name that mcconfig can be given. */
export function isBoardName(name: string): boolean {
	return NAME.test(name);
}
