// SPDX-License-Identifier: MIT
// Runs TypeScript on Node 20, which cannot by itself: node --import ./bench/typescript.js file.ts
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

// Node loads this file once more, in the thread of its loaders: only there is the compiler's memory.
if (isMainThread) register(import.meta.url);

export async function load(url, context, next) {
	if (!url.endsWith(".ts")) return next(url, context);
	const { default: ts } = await import("typescript");
	const options = { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
	const source = ts.transpile(await readFile(new URL(url), "utf8"), options);
	return { format: "module", source, shortCircuit: true };
}
