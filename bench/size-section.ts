// SPDX-License-Identifier: MIT
import { table } from "./costs.ts";
import type { Figures } from "./figures.ts";
import type { Sizes } from "./size.ts";

/** The section of the document; `bytecode` is undefined without the Moddable SDK. */
export function sizeSection({ minified, gzipped }: Sizes, bytecode: Figures | undefined): string {
	const rows = Object.entries(minified).map(([name, bytes]) => [name, bytes, gzipped[name]!]);
	const modules = bytecode
		? table(["module", "bytes of XS bytecode"], Object.entries(bytecode))
		: "XS bytecode: not measured; it takes the Moddable SDK (`MODDABLE`).";
	return `Bytes of JavaScript for each entry alone, with all that it needs: bundled by rollup, minified by terser, names of properties kept.

${table(["entry", "minified", "gzipped"], rows)}
${modules}`;
}
