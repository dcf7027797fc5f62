// SPDX-License-Identifier: MIT
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** How many bytes of bytecode a module takes in flash. */
export interface ModuleSize {
	name: string;
	bytes: number;
}

/** The size of each module that was compiled into a folder, the largest first. */
export function moduleSizes(folder: string): ModuleSize[] {
	return readdirSync(folder, { recursive: true, encoding: "utf8" })
		.filter((file) => file.endsWith(".xsb"))
		.map((file) => ({ name: nameOf(file), bytes: statSync(join(folder, file)).size }))
		.sort((one, two) => two.bytes - one.bytes || one.name.localeCompare(two.name));
}

/** `embedded:io/i2c` is kept as ~.embedded/… in files. */
function nameOf(file: string): string {
	return file
		.replaceAll("\\", "/")
		.replace(/\.xsb$/, "")
		.replace(/^~\.embedded\//, "embedded:");
}

/** A line for each module, and their sum. */
export function sizeLines(sizes: readonly ModuleSize[]): string[] {
	const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
	const rows = [...sizes, { name: `${sizes.length} modules, bytes of bytecode`, bytes: total }];
	const width = Math.max(...rows.map(({ bytes }) => bytes.toLocaleString("en").length));
	return rows.map(({ name, bytes }) => `${bytes.toLocaleString("en").padStart(width)}  ${name}`);
}
