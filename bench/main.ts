// SPDX-License-Identifier: MIT
// npm run bench [-- xs | host | size | budgets | profile NAME]
import { writeBudgets } from "./budgets.ts";
import { writeCosts } from "./costs.ts";
import { compareServers } from "./host/coap.ts";
import { compareCodecs } from "./host/codecs.ts";
import { machineTime } from "./host/machine.ts";
import { compareClients } from "./host/mqtt.ts";
import { besideSection } from "./host/section.ts";
import { bytecode, sizes } from "./size.ts";
import { sizeSection } from "./size-section.ts";
import { countInstructions, profiles, type Spent } from "./xs/instructions.ts";
import { measuresMemory } from "./xs/lab.ts";
import { weigh } from "./xs/memory.ts";
import { instructionsSection, memorySection } from "./xs/sections.ts";

const parts: Record<string, (name: string) => Promise<void>> = { xs, host, size, budgets, profile };

const [part, name = ""] = process.argv.slice(2);
if (part === undefined) for (const each of [xs, host, size]) await each();
else if (Object.hasOwn(parts, part)) await parts[part]!(name);
else throw new Error(`expected ${Object.keys(parts).join(" or ")}, got ${part}`);

async function xs(): Promise<void> {
	report("Instructions", instructionsSection(await countInstructions()));
	report("Memory", memorySection(measuresMemory ? await weigh() : undefined));
}

async function host(): Promise<void> {
	report(
		"Beside others",
		besideSection(compareCodecs(), await compareClients(), await compareServers(), machineTime()),
	);
}

async function size(): Promise<void> {
	report("Size", sizeSection(await sizes(), bytecode()));
}

/** Makes what is measured now the budgets. */
async function budgets(): Promise<void> {
	const { minified } = await sizes();
	writeBudgets(
		{ instructions: await countInstructions(), ...(measuresMemory && (await weigh())), minified },
		await profiles(),
	);
}

/** Prints what each line takes, of the operations whose name has `name` in it. */
async function profile(name: string): Promise<void> {
	for (const [operation, spent] of Object.entries(await profiles(name))) {
		console.log(`\n${operation}`);
		for (const place of spent.sort((a, b) => b.units - a.units)) console.log(line(place));
	}
}

function line({ units, function: where, line, text }: Spent): string {
	const [file, what] = where.split(" ");
	return `${String(units).padStart(6)}  ${file}:${line} ${text || `${what}()`}`;
}

/** Prints a section, and puts it into the document. */
function report(title: string, section: string): void {
	console.log(`\n${title}\n\n${section}`);
	writeCosts({ [title]: section });
}
