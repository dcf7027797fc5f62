// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from "node:fs";
import type { SimulatedBoardOptions } from "../boards/sim/board.ts";
import simulatedBoard from "../boards/sim/board.ts";
import type { Board, Need } from "../src/board.ts";
import type { Configuration } from "../src/configuration.ts";
import type { Thing } from "../src/thing/index.ts";
import { checkBoard } from "./board/check.ts";
import { CHIPS } from "./board/chips.ts";
import { fittingsOf } from "./board/fittings.ts";
import { boardFolder } from "./board/folders.ts";
import { lack } from "./board/parts.ts";
import { importModule } from "./import-module.js";
import { UsageError } from "./usage-error.ts";
import { virtualDevice } from "./virtual/board.ts";

/** An application's module. */
export interface App {
	/** Makes its thing. */
	default: (board: never) => Thing;
	/** What its board must have. */
	needs?: readonly Need[];
	/** What it says of what may be configured. */
	configuration?: Configuration;
}

/** A board whose world is virtual. */
export interface WorldlyBoard {
	board: Board;
	/** Presses and releases the board's button; false when it has none. */
	press(): boolean;
}

/** Where the app of that name is, beside this file: `main` is src/main.ts, others are files of src/apps. Throws UsageError. */
export function appFile(name: string): string {
	const found: Record<string, string> = { main: "./main.js", ...modules("./apps/") };
	const path = Object.hasOwn(found, name) ? found[name] : undefined;
	if (!path) throw new UsageError(`--app: expected ${Object.keys(found).join(" or ")}, got "${name}"`);
	return path;
}

/** Loads the app of that name. */
export function loadApp(name: string): Promise<App> {
	return importModule(new URL(appFile(name), import.meta.url));
}

/** What the app of that name needs, without running it: it may import what only a device has. Throws UsageError. */
export function needsOf(name: string): Need[] {
	const source = readFileSync(new URL(appFile(name), import.meta.url), "utf8");
	const list = /\bneeds = (\[[^\]]*\])/.exec(source)?.[1];
	try {
		return list === undefined ? [] : JSON.parse(list.replace(/,\s*\]$/, "]"));
	} catch {
		throw new UsageError(`the app ${name}: expected needs to be a list of texts, got ${list}`);
	}
}

/** Loads what is needed to make the board `name` in a virtual world, for an app. Throws UsageError when the board has mistakes, or not what the app needs. */
export async function loadBoard(
	name: string,
	app: string,
	needs: readonly Need[] = [],
): Promise<(options: SimulatedBoardOptions) => WorldlyBoard> {
	const { description, errors } = checkBoard(boardFolder(name, "--board: "));
	if (!description) throw new UsageError(`--board: ${name} has mistakes\n${errors.join("\n")}`);
	const lacking = lack(app, needs, name, description);
	if (lacking) throw new UsageError(lacking);
	if (!CHIPS[description.chip]!.subclass) return worldly;
	const { assemble } = await part("assemble");
	const fittings = await Promise.all(
		fittingsOf(description).map(async ({ places, module, part: name, options }) => [
			places,
			(await part(module))[name],
			options,
		]),
	);
	return (options) => {
		const { device, clock, press } = virtualDevice(description, options);
		return { board: assemble(fittings, device, clock), press };
	};
}

function worldly(options: SimulatedBoardOptions): WorldlyBoard {
	const board = simulatedBoard(options);
	return {
		board,
		press() {
			board.button.press();
			board.button.release();
			return true;
		},
	};
}

/** A module of src/parts. */
function part(name: string) {
	return importModule(new URL(`./parts/${name}.js`, import.meta.url));
}

/** The built modules in a folder beside this file, by name. */
function modules(folder: string): Record<string, string> {
	const files = readdirSync(new URL(folder, import.meta.url)).filter((file) => file.endsWith(".js"));
	return Object.fromEntries(files.map((file) => [file.slice(0, -".js".length), folder + file]));
}
