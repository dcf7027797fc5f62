// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

/** A test's name, or the row of a table that becomes one, that carries an id. */
export interface Mention {
	/** As in `MQTT-4.3.3-10` or `3.1.1 MQTT-4.3.3-2`. */
	readonly id: string;
	readonly file: string;
	readonly line: number;
	/** The name without its ids. */
	readonly name: string;
}

/** How ids are written in the names of tests. */
export interface Marks {
	/** What every id begins with; where a digit follows it, it must be an id. */
	readonly prefix: string;
	readonly id: RegExp;
	/** The id that a match of `id` stands for. */
	idOf(match: RegExpMatchArray): string;
	readonly example: string;
}

/** [MQTT-4.3.3-10] is 5.0's; [3.1.1 MQTT-4.3.3-2] and (3) [MQTT-4.3.3-2] are 3.1.1's. */
const MQTT: Marks = {
	prefix: "MQTT-",
	id: /(\(3\) )?\[(3\.1\.1 )?(MQTT-\d+(?:\.\d+)+-\d+)\]/g,
	idOf: ([, three, older, id]) => (three || older ? `3.1.1 ${id}` : id!),
	example: "[MQTT-1.5.4-1]",
};

/** The ids in the names of all tests under `folder`. Throws Error on an id that is not written as ids are. */
export function mentions(folder: string, marks = MQTT): Mention[] {
	const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
		.filter((file) => file.endsWith(".ts") && !/(^|\/)(node_modules|statements|rules)\//.test(file))
		.sort();
	return files.flatMap((file) => {
		const path = `${folder}/${file}`;
		return mentionsIn(path, readFileSync(path, "utf8"), marks);
	});
}

/** The ids in the strings of one file, comments and skipped tests aside. Throws Error on an id that is not written as ids are. */
export function mentionsIn(file: string, source: string, marks = MQTT): Mention[] {
	if (!source.includes(marks.prefix)) return [];
	const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
	const found: Mention[] = [];
	const visit = (node: ts.Node): void => {
		if (isSkipped(node, tree)) return;
		if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node)) {
			const line = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
			found.push(...mentionsOf(node.getText(tree).slice(1, -1), file, line, rowOf(node), marks));
		} else node.forEachChild(visit);
	};
	visit(tree);
	return found;
}

/** The first element of the row that `node` is in, for a row that has its ids apart from its name. */
function rowOf(node: ts.Node): string {
	return ts.isArrayLiteralExpression(node.parent) ? node.parent.elements[0]!.getText() : "";
}

function mentionsOf(text: string, file: string, line: number, row: string, marks: Marks): Mention[] {
	const rest = text.replace(marks.id, "");
	if (new RegExp(`${marks.prefix}\\d`).test(rest))
		throw new Error(`${file}:${line}: expected an id as in ${marks.example}, got "${text}"`);
	const name = rest.replace(/ +/g, " ").trim() || row;
	return [...text.matchAll(marks.id)].map((match) => ({ id: marks.idOf(match), file, line, name }));
}

/** Whether `node` is a test, or a group of them, that does not run. */
function isSkipped(node: ts.Node, tree: ts.SourceFile): boolean {
	if (!ts.isCallExpression(node)) return false;
	return /^(test|it|describe)\.(skip|todo)\b/.test(node.expression.getText(tree));
}
