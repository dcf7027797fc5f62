// SPDX-License-Identifier: MIT
// docs/costs.md: a section for each part, replaced when that part is measured.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FILE = fileURLToPath(new URL("../docs/costs.md", import.meta.url));

const HEAD = `# What things cost

Measured and written by \`npm run bench\`; not typed by hand. \`npm run bench -- xs\`, \`host\` or \`size\` measures a part. What is exact has a budget in
[bench/budgets.json](../bench/budgets.json), which \`npm test\` holds; \`npm run bench -- budgets\` makes new ones.
`;

/** The parts, in their order. */
const TITLES = ["Instructions", "Memory", "Beside others", "Size"];

export type Cell = string | number;

/** A table: numbers are grouped by thousands and stand to the right. */
export function table(columns: string[], rows: Cell[][]): string {
	const right = columns.map((_, column) => rows.some((row) => typeof row[column] === "number"));
	const lines = [columns, right.map((at) => (at ? "--:" : "---")), ...rows.map((row) => row.map(text))];
	return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

function text(cell: Cell): string {
	return typeof cell === "number" ? cell.toLocaleString("en") : cell;
}

/** Replaces sections of the document, by their titles. */
export function writeCosts(sections: Record<string, string>): void {
	const present: Record<string, string> = {};
	const old = existsSync(FILE) ? readFileSync(FILE, "utf8") : "";
	for (const section of old.split(/^## /m).slice(1)) {
		const end = section.indexOf("\n");
		present[section.slice(0, end)] = section.slice(end).trim();
	}
	const all = { ...present, ...sections };
	const parts = TITLES.filter((title) => all[title]).map((title) => `\n## ${title}\n\n${all[title]!.trim()}\n`);
	writeFileSync(FILE, HEAD + parts.join(""));
}
