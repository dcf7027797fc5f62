// SPDX-License-Identifier: MIT
// Runs TypeScript on Node 20, which cannot by itself: node --import ./bench/typescript.js file.ts
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";
import ts from "typescript";

const OPTIONS = { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };

// Node loads this file once more, in the thread of its loaders.
if (isMainThread) register(import.meta.url);

export async function load(url, context, next) {
	if (!url.endsWith(".ts")) return next(url, context);
	const source = ts.transpile(await readFile(new URL(url), "utf8"), OPTIONS);
	return { format: "module", source, shortCircuit: true };
}
