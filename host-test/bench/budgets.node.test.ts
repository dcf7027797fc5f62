// SPDX-License-Identifier: MIT
// What is exact costs no more than its budget. `npm run bench -- budgets` makes what is measured now the budgets.
import { describe, expect, test } from "vitest";
import { culprits, excess, readBudgets, spare } from "../../bench/budgets.ts";
import type { Figures } from "../../bench/figures.ts";
import { sizes } from "../../bench/size.ts";
import { countInstructions, profiles } from "../../bench/xs/instructions.ts";
import { measuresMemory } from "../../bench/xs/lab.ts";
import { weigh } from "../../bench/xs/memory.ts";

/** Fewer than `npm run bench` takes, which is enough to see growth. */
const OPERATIONS = 14_000;

const budgets = readBudgets();

hold("XS meter units of", await countInstructions(), budgets.instructions);
hold("bytes of minified", (await sizes()).minified, budgets.minified);
if (measuresMemory) {
	const memory = await weigh(OPERATIONS);
	hold("bytes held by", memory.held, budgets.held);
	hold("bytes allocated by", memory.allocated, budgets.allocated);
	hold("bytes more on the heap after", memory.growth, budgets.growth);
} else test.skip("memory: the 32-bit engine is built on Debian amd64", () => {});

function hold(what: string, figures: Figures, budgets: Figures): void {
	describe(`${what}:`, () => {
		for (const name of Object.keys({ ...budgets, ...figures })) {
			test(name, async () => {
				const problem = excess(name, figures[name], budgets[name]);
				if (problem) expect.fail([`${what} ${problem}`, ...(await hint(name))].join("\n"));
				const lower = spare(name, figures[name]!, budgets[name]!);
				if (lower) console.log(`${what} ${lower}`);
			});
		}
	});
}

/** Where the units of an operation went. */
async function hint(name: string): Promise<string[]> {
	const spent = (await profiles(name))[name];
	if (!spent) return [];
	return ["Since its budget was made these functions take more (units, about):", ...culprits(name, spent)];
}
