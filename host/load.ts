// SPDX-License-Identifier: MIT
import { readdirSync } from "node:fs";
import type { SimulatedBoard, SimulatedBoardOptions } from "../boards/sim/board.ts";
import type { Board } from "../src/board.ts";
import type { Thing } from "../src/thing/index.ts";
import { importModule } from "./import-module.js";
import { UsageError } from "./usage-error.ts";

/** Loads the app of that name: `main` is src/main.ts, others are files of src/apps. */
export function loadApp(name: string): Promise<(board: Board) => Thing> {
	return load("app", name, { main: "./main.js", ...modules("./apps/") });
}

/** Loads the virtual board of that name. */
export function loadBoard(name: string): Promise<(options: SimulatedBoardOptions) => SimulatedBoard> {
	return load("board", name, { sim: "./boards/sim.js" });
}

async function load<Module>(what: string, name: string, found: Record<string, string>): Promise<Module> {
	const path = Object.hasOwn(found, name) ? found[name]! : undefined;
	if (!path) throw new UsageError(`--${what}: expected ${Object.keys(found).join(" or ")}, got "${name}"`);
	return (await importModule(new URL(path, import.meta.url))).default;
}

/** The built modules in a folder beside this file, by name. */
function modules(folder: string): Record<string, string> {
	const files = readdirSync(new URL(folder, import.meta.url)).filter((file) => file.endsWith(".js"));
	return Object.fromEntries(files.map((file) => [file.slice(0, -".js".length), folder + file]));
}
