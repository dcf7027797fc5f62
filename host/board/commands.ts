// SPDX-License-Identifier: MIT
import type { Command } from "commander";
import { checkBoard } from "./check.ts";
import { boardFolder, boardNames, shown } from "./folders.ts";
import { makeBoard } from "./make.ts";
import { newBoard } from "./new.ts";
import { pinout } from "./pinout.ts";

/** `katydid board …`. `print` is given lines. */
export function addBoardCommands(program: Command, print: (line: string) => void): void {
	const board = program.command("board").description("look at the boards, or make one");
	board
		.command("check")
		.description("look for mistakes in a board's description before anything is flashed, and print its pins")
		.argument("[name]", "the board; all of them when left out")
		.allowExcessArguments(false)
		.action((name: string | undefined) => {
			const fine = name === undefined ? checkAll(print) : checkOne(name, print);
			if (!fine) process.exitCode = 1;
		});
	board
		.command("make")
		.description("write the files that the Moddable SDK needs of a board, for mcconfig -p esp32:./boards/<name>")
		.argument("[name]", "the board; all of them when left out")
		.allowExcessArguments(false)
		.action((name: string | undefined) => {
			if (name === undefined) makeAll();
			else makeBoard(boardFolder(name));
		});
	board
		.command("new")
		.description("make a board of your own in boards/<name>, from one that is like it")
		.argument("<name>", "of the new board")
		.requiredOption("--from <board>", "the board to copy")
		.allowExcessArguments(false)
		.action((name: string, { from }: { from: string }) => {
			print(`${shown(newBoard(name, from))} is made: change it, then katydid board check ${name}`);
		});
}

/** A board with mistakes, which somebody may be at work on, keeps no other from being made. */
function makeAll(): void {
	for (const name of boardNames()) {
		const folder = boardFolder(name);
		if (checkBoard(folder).description) makeBoard(folder);
		else process.stderr.write(`${name} has mistakes, and is not made: katydid board check ${name}\n`);
	}
}

function checkOne(name: string, print: (line: string) => void): boolean {
	const { description, errors, warnings } = checkBoard(boardFolder(name));
	for (const line of [...errors, ...warnings]) print(line);
	if (description) for (const line of pinout(description)) print(line);
	return errors.length === 0;
}

function checkAll(print: (line: string) => void): boolean {
	let fine = true;
	for (const name of boardNames()) {
		const { description, errors, warnings } = checkBoard(boardFolder(name));
		for (const line of [...errors, ...warnings]) print(line);
		if (description) print(`${name}: ${description.title}`);
		else fine = false;
	}
	return fine;
}
