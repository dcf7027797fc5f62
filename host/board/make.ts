// SPDX-License-Identifier: MIT
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { katydidFolder } from "../places.ts";
import { UsageError } from "../usage-error.ts";
import { checkBoard } from "./check.ts";
import { CHIPS } from "./chips.ts";
import type { Description } from "./description.ts";
import { generate } from "./generate.ts";

/** Writes what the Moddable SDK needs into a board's folder; files that are right already are left alone, for `make`. Throws UsageError when the board has mistakes. */
export function makeBoard(folder: string): Description {
	const { description, errors } = checkBoard(folder);
	if (!description) throw new UsageError(errors.join("\n"));
	if (!CHIPS[description.chip]!.subclass) return description;
	const parts = relative(folder, fileURLToPath(new URL("dist/parts", katydidFolder))).replaceAll("\\", "/");
	const files = generate(description, parts);
	if (!("sdkconfig/partitions.csv" in files)) rmSync(join(folder, "sdkconfig"), { recursive: true, force: true });
	for (const [name, text] of Object.entries(files)) {
		const file = join(folder, name);
		mkdirSync(dirname(file), { recursive: true });
		if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
	}
	return description;
}
