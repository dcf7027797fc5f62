// SPDX-License-Identifier: MIT
import { fileURLToPath } from "node:url";
import { type Plugin, rollup } from "rollup";
import ts from "typescript";

const local = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const MODULES: Record<string, string> = {
	vitest: local("vitest-shim.ts"),
	katydid: local("../../src/thing/index.ts"),
	"katydid/mqtt": local("../../src/mqtt/index.ts"),
	"katydid/coap": local("../../src/coap/index.ts"),
	"katydid/drive": local("../../src/drive/index.ts"),
	"katydid/websocket": local("../../src/websocket/index.ts"),
	"katydid/run": local("../../src/run.ts"),
};

const OPTIONS = { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };

/** JavaScript by its TypeScript: most modules are in many bundles. */
const transpiled = new Map<string, string>();

/** Types are erased file by file; `npm run check` is what looks at them. */
export const typescript: Plugin = {
	name: "typescript",
	resolveId: (specifier) => MODULES[specifier],
	transform(source) {
		const script = transpiled.get(source) ?? ts.transpile(source, OPTIONS);
		transpiled.set(source, script);
		return script;
	},
};

/** The TypeScript module at path `input`, with all that it imports, as one script for an engine without modules. */
export async function bundle(input: string, ...plugins: Plugin[]): Promise<string> {
	const build = await rollup({
		input,
		plugins: [...plugins, typescript],
		treeshake: false,
		onwarn(warning) {
			throw new Error(`${input}: ${warning.message}`);
		},
	});
	const { output } = await build.generate({ format: "iife" });
	return output[0].code;
}
