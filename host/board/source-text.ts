// SPDX-License-Identifier: MIT
import {
	findNodeAtLocation,
	getNodeValue,
	type Node,
	type ParseError,
	parseTree,
	printParseErrorCode,
} from "jsonc-parser";
import type { Path } from "./description.ts";

/** Where in a file: both count from 1. */
export interface Position {
	line: number;
	column: number;
}

/** JSON, as its author sees it. */
export class SourceText {
	/** Undefined when there is none at all. */
	readonly value: unknown;
	/** The first mistake against the syntax of JSON. */
	readonly mistake: (Position & { message: string }) | undefined;
	private text: string;
	private tree: Node | undefined;

	constructor(text: string) {
		const errors: ParseError[] = [];
		this.text = text;
		this.tree = parseTree(text, errors, { disallowComments: true });
		this.value = this.tree && getNodeValue(this.tree);
		const first = errors[0];
		if (first) this.mistake = { ...this.position(first.offset), message: sentence(printParseErrorCode(first.error)) };
	}

	/** Where the value at `path` begins, or its key; when there is none, where the nearest one around it begins. */
	locate(path: Path, key = false): Position {
		for (let length = path.length; length > 0 && this.tree; length--) {
			const node = findNodeAtLocation(this.tree, [...path.slice(0, length)]);
			if (!node) continue;
			const isProperty = key && length === path.length && node.parent?.type === "property";
			return this.position(isProperty ? node.parent!.offset : node.offset);
		}
		return this.position(this.tree?.offset ?? 0);
	}

	/** A key that is there twice: JSON keeps the last one silently. */
	repeated(): Path | undefined {
		return this.tree && repeatedKey(this.tree, []);
	}

	private position(offset: number): Position {
		const before = this.text.slice(0, offset).split("\n");
		return { line: before.length, column: before.at(-1)!.length + 1 };
	}
}

function repeatedKey(node: Node, path: Path): Path | undefined {
	const seen = new Set<string>();
	for (const [index, child] of (node.children ?? []).entries()) {
		const name = node.type === "object" ? (child.children![0]!.value as string) : index;
		if (seen.has(String(name))) return [...path, name];
		seen.add(String(name));
		const value = node.type === "object" ? child.children![1] : child;
		const found = value && repeatedKey(value, [...path, name]);
		if (found) return found;
	}
	return undefined;
}

/** `CommaExpected` as "comma expected". */
function sentence(code: string): string {
	return code.replaceAll(/(?<!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
