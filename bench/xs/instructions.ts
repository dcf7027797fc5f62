// SPDX-License-Identifier: MIT
import type { Figures } from "../figures.ts";
import { instrument, type Place } from "./instrument.ts";
import { Lab, measuresMemory, script } from "./lab.ts";

/** Units by operation. Counted twice; throws when the two differ. */
export async function countInstructions(): Promise<Figures> {
	const code = await script();
	const figures: Figures = {};
	for (const name of operations(code)) {
		// The size of a pointer changes no count.
		const [count, again] = [false, measuresMemory].map((narrow) =>
			within(code, narrow, name, (lab) => lab.ask<number>("count")),
		);
		if (count !== again) throw new Error(`${name}: expected the same count again, got ${count} and ${again}`);
		figures[name] = count!;
	}
	return figures;
}

/** A place and the units that it takes by itself. */
export interface Spent extends Place {
	units: number;
}

/** Where the units of one step go, by statement, of the operations whose name has `wanted` in it. The sum is some more than the count: watching a function costs its caller. */
export async function profiles(wanted = ""): Promise<Record<string, Spent[]>> {
	const places: Place[] = [];
	const code = await script(instrument(places));
	const profiles: Record<string, Spent[]> = {};
	for (const name of operations(code)) {
		if (!name.includes(wanted)) continue;
		const found = within(code, false, name, (lab) => lab.ask<[number, number][]>("profile"));
		profiles[name] = found.map(([index, units]) => ({ ...places[index]!, units }));
	}
	return profiles;
}

/** What can be counted, by name. */
export function operations(code: string): string[] {
	const lab = new Lab(code);
	const names = lab.ask<string[]>("names");
	lab.close();
	return names;
}

/** Each operation has an engine of its own, so that none depends on those before it. */
export function within<Result>(code: string, narrow: boolean, name: string, measure: (lab: Lab) => Result): Result {
	const lab = new Lab(code, narrow);
	try {
		lab.ask("prepare", name);
		return measure(lab);
	} finally {
		lab.close();
	}
}
