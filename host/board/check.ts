// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Description } from "./description.ts";
import { error, type Finding } from "./finding.ts";
import { isBoardName, shown } from "./folders.ts";
import { checkPins } from "./rules.ts";
import { checkShape, describe } from "./schema.ts";
import { checkSensors } from "./sensor-rules.ts";
import { SourceText } from "./source-text.ts";

/** What the doctor says of a board. */
export interface Checkup {
	/** Absent when it has errors. */
	description?: Description;
	/** A line each: file:line:column, what is wrong, what to do. Errors come first. */
	errors: string[];
	warnings: string[];
}

/** Looks at the description in a board's folder. */
export function checkBoard(folder: string): Checkup {
	const file = join(folder, "board.json");
	return checkText(readFileSync(file, "utf8"), shown(file), basename(folder));
}

/** Looks at a description, which is in `file`, of the board `name`. */
export function checkText(text: string, file: string, name: string): Checkup {
	const source = new SourceText(text);
	if (source.mistake) return { errors: linesOf(source, file, []), warnings: [] };
	const findings = examine(source, name);
	const lines = (severity: Finding["severity"]) =>
		linesOf(
			source,
			file,
			findings.filter((finding) => finding.severity === severity),
		);
	const errors = lines("error");
	return {
		...(errors.length === 0 && { description: source.value as Description }),
		errors,
		warnings: lines("warning"),
	};
}

/** Findings as lines: file:line:column, what is wrong, what to do. When `file` is no JSON that is all there is to say. */
export function linesOf(source: SourceText, file: string, findings: readonly Finding[]): string[] {
	const { mistake } = source;
	if (mistake) return [`${file}:${mistake.line}:${mistake.column}: error: not JSON: ${mistake.message}`];
	return findings.map(({ path, key, severity, message }) => {
		const { line, column } = source.locate(path, key);
		return `${file}:${line}:${column}: ${severity}: ${message}`;
	});
}

/** A key that is there twice, and what `check` finds. */
export function shapeOf(source: SourceText, check: (value: unknown) => Finding[]): Finding[] {
	const repeated = source.repeated();
	if (repeated) return [{ ...error(repeated, `"${describe(repeated)}" is there twice: keep one`), key: true }];
	return check(source.value);
}

/** Everything that is to be said: of pins only when the shape is right. */
function examine(source: SourceText, name: string): Finding[] {
	const shape = shapeOf(source, checkShape);
	if (shape.length > 0) return shape;
	const description = source.value as Description;
	const folder = isBoardName(name)
		? []
		: [
				error(
					[],
					`the folder is called "${name}": use lower-case letters, digits, _ and - alone, which is all that mcconfig takes`,
				),
			];
	return [...folder, ...checkPins(description), ...checkSensors(description)];
}
