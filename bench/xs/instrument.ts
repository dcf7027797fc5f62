// SPDX-License-Identifier: MIT
import { relative } from "node:path";
import type { Plugin } from "rollup";
import ts from "typescript";

/** A function or a statement of src/, which the engine knows by its index. */
export interface Place {
	/** Such as `src/wire/reader.ts take`. */
	function: string;
	line: number;
	/** The first line of the statement; empty for the function itself. */
	text: string;
}

interface Edit {
	at: number;
	text: string;
}

/**
 * A rollup plugin that has each function of src/ call `enter(index)` and `leave()`, each statement `mark(index)`, and notes in `places`
 * what stands where.
 */
export function instrument(places: Place[]): Plugin {
	return {
		name: "instrument",
		transform(source, id) {
			if (!/\/src\/.*\.ts$/.test(id)) return undefined;
			const file = ts.createSourceFile(relative(process.cwd(), id), source, ts.ScriptTarget.ES2024, true);
			const edits: Edit[] = [];
			visit(file, "", (node, name) => {
				const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
				const text = ts.isFunctionLike(node) ? "" : node.getText().split("\n")[0]!;
				const index = places.push({ function: `${file.fileName} ${name}`, line, text }) - 1;
				edits.push(
					...(ts.isFunctionLike(node) ? wrapped(node, index) : [{ at: node.getStart(), text: `mark(${index}); ` }]),
				);
			});
			return edited(source, edits);
		},
	};
}

/** Finds functions with a body, and the statements in them, with the name of the function. */
function visit(node: ts.Node, name: string, found: (node: ts.Node, name: string) => void): void {
	let inside = name;
	if (bodyOf(node)) {
		inside = nameOf(node as ts.SignatureDeclaration);
		found(node, inside);
	} else if (name && ts.isStatement(node) && (ts.isBlock(node.parent) || ts.isCaseOrDefaultClause(node.parent))) {
		found(node, name);
	}
	ts.forEachChild(node, (child) => visit(child, inside, found));
}

function bodyOf(node: ts.Node): ts.Node | undefined {
	return ts.isFunctionLike(node) && "body" in node ? (node.body as ts.Node | undefined) : undefined;
}

/** Closings come first: where two edits meet, the later one stands before the earlier one. */
function wrapped(node: ts.Node, index: number): Edit[] {
	const body = bodyOf(node)!;
	if (ts.isBlock(body)) {
		return [
			{ at: body.getEnd() - 1, text: "} finally { leave(); }" },
			{ at: body.getStart() + 1, text: `enter(${index}); try {` },
		];
	}
	return [
		{ at: body.getEnd(), text: "); } finally { leave(); } }" },
		{ at: body.getStart(), text: `{ enter(${index}); try { return (` },
	];
}

function edited(source: string, edits: Edit[]): string {
	let text = source;
	for (const { at, text: more } of edits.sort((a, b) => b.at - a.at)) text = text.slice(0, at) + more + text.slice(at);
	return text;
}

function nameOf(node: ts.SignatureDeclaration): string {
	if (ts.isConstructorDeclaration(node)) return `new ${node.parent.name?.text}`;
	const parent = node.parent;
	if (node.name) return node.name.getText();
	const named = ts.isPropertyAssignment(parent) || ts.isVariableDeclaration(parent) || ts.isPropertyDeclaration(parent);
	return named ? parent.name.getText() : "(arrow)";
}
