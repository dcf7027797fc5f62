// SPDX-License-Identifier: MIT
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { applyEdits, modify } from "jsonc-parser";
import { boardsOfKatydid } from "../places.ts";
import { UsageError } from "../usage-error.ts";
import { checkBoard } from "./check.ts";
import { CHIPS } from "./chips.ts";
import { boardFolder, newBoardFolder } from "./folders.ts";

/** Copies the description of the board `from` to a new folder boards/<name>; returns the file to edit. Throws UsageError. */
export function newBoard(name: string, from: string): string {
	const folder = newBoardFolder(name);
	const model = boardFolder(from, "--from: ");
	const { description } = checkBoard(model);
	if (!description) throw new UsageError(`--from: ${from} has mistakes: katydid board check ${from}`);
	if (!CHIPS[description.chip]!.subclass)
		throw new UsageError(`--from: ${from} has no pins to change: choose a board with a chip`);
	const text = readFileSync(join(model, "board.json"), "utf8");
	const schema = relative(folder, fileURLToPath(new URL("board.schema.json", boardsOfKatydid))).replaceAll("\\", "/");
	mkdirSync(folder, { recursive: true });
	const file = join(folder, "board.json");
	const title = `${description.title}, as ${name}`;
	writeFileSync(file, edit(edit(text, "$schema", schema), "title", title));
	return file;
}

function edit(text: string, key: string, value: string): string {
	return applyEdits(text, modify(text, [key], value, { formattingOptions: { insertSpaces: false, tabSize: 1 } }));
}
