// SPDX-License-Identifier: MIT
import { existsSync, readFileSync } from "node:fs";
import type { Configuration } from "../../src/configuration.ts";
import { linesOf, shapeOf } from "../board/check.ts";
import { shown } from "../board/folders.ts";
import { checkConfiguration } from "../board/schema.ts";
import { SourceText } from "../board/source-text.ts";
import { UsageError } from "../usage-error.ts";

/** Where a configuration is looked for, in the folder that the command runs in. */
const FILE = "katydid.config.json";

/** What `file` configures; without a name, katydid.config.json, which need not be there. Throws UsageError, a line for each mistake. */
export function readConfiguration(file?: string): Configuration {
	if (file === undefined && !existsSync(FILE)) return {};
	const path = file ?? FILE;
	let text: string;
	try {
		text = readFileSync(path, "utf8");
	} catch (error) {
		throw new UsageError(`--config: ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
	}
	return parseConfiguration(text, shown(path));
}

/** What `text`, which is in `file`, configures. Throws UsageError, a line for each mistake: file:line:column, what is wrong, what to do. */
export function parseConfiguration(text: string, file: string): Configuration {
	const source = new SourceText(text);
	const mistakes = linesOf(source, file, source.mistake ? [] : shapeOf(source, checkConfiguration));
	if (mistakes.length > 0) throw new UsageError(mistakes.join("\n"));
	const { $schema: _, ...configuration } = source.value as Configuration & { $schema?: string };
	return configuration;
}

/** Looks at what an application exports as `configuration`. Throws UsageError. */
export function checkedConfiguration(value: Configuration | undefined, where: string): Configuration | undefined {
	const [first] = value === undefined ? [] : checkConfiguration(value);
	if (first) throw new UsageError(`${where}: ${first.message}`);
	return value;
}
