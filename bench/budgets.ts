// SPDX-License-Identifier: MIT
import { readFileSync, writeFileSync } from "node:fs";
import type { Figures } from "./figures.ts";
import type { Spent } from "./xs/instructions.ts";

const BUDGETS = new URL("budgets.json", import.meta.url);
const PROFILE = new URL("profile.json", import.meta.url);

/** A budget is said to be too high when less than this share of it is spent. */
const SPARE = 0.98;

/** What is exact, and what each of its rows may cost at most. */
export interface Exact {
	/** XS meter units of an operation. */
	instructions: Figures;
	/** Bytes that stay, on 32 bits. */
	held: Figures;
	/** Bytes that an operation allocates, on 32 bits. */
	allocated: Figures;
	/** Bytes that the heap has grown by after many operations, on 32 bits. */
	growth: Figures;
	/** Bytes of minified JavaScript. */
	minified: Figures;
}

export function readBudgets(): Exact {
	return JSON.parse(readFileSync(BUDGETS, "utf8"));
}

/** The units of each function at the time of the budgets, by operation. */
export function readProfile(): Record<string, Figures> {
	return JSON.parse(readFileSync(PROFILE, "utf8"));
}

/** Makes what is measured now the budgets; what is not measured here keeps the one that it has. */
export function writeBudgets(exact: Partial<Exact>, profiles: Record<string, Spent[]>): void {
	write(BUDGETS, { ...readBudgets(), ...exact });
	write(PROFILE, Object.fromEntries(Object.entries(profiles).map(([name, spent]) => [name, byFunction(spent)])));
}

/** Units by function. */
export function byFunction(spent: Spent[]): Figures {
	const figures: Figures = {};
	for (const place of spent) figures[place.function] = (figures[place.function] ?? 0) + place.units;
	return figures;
}

/** Says what is wrong with a figure: over its budget, or without one. */
export function excess(name: string, figure: number | undefined, budget: number | undefined): string | undefined {
	if (figure === undefined) return `${name} has a budget, and is not measured any more`;
	if (budget === undefined) return `${name} takes ${figure}, and has no budget`;
	return figure > budget ? `${name} takes ${figure}, its budget is ${budget}` : undefined;
}

/** Says which budget can fall. */
export function spare(name: string, figure: number, budget: number): string | undefined {
	return figure < budget * SPARE ? `${name} takes ${figure}: its budget of ${budget} can fall` : undefined;
}

/** Which functions of an operation take more than when its budget was made, and where they stand. */
export function culprits(name: string, spent: Spent[]): string[] {
	const before = readProfile()[name] ?? {};
	return Object.entries(byFunction(spent))
		.filter(([place, units]) => units > (before[place] ?? 0))
		.map(([place, units]) => {
			const [file, what] = place.split(" ");
			const line = spent.find((found) => found.function === place)!.line;
			return `${file}:${line} ${what} ${before[place] ?? 0} → ${units}`;
		});
}

function write(file: URL, value: unknown): void {
	writeFileSync(file, `${JSON.stringify(value, null, "\t")}\n`);
}
