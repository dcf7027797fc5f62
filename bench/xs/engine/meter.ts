// SPDX-License-Identifier: MIT
// What is counted on XS: bytecodes, in the engine's own meter, which is exact and the same on every machine.

/** Sets the meter to `index` and returns what it was; a `limit` of 0 is none. */
declare function resetMeter(limit: number, index: number): number;

let counted = 0;

/** Runs and counts what a device runs when a socket or a timer calls back, or the application calls. */
export function metered(run: () => void): void {
	resetMeter(0, 0);
	run();
	counted += resetMeter(0, 0) - EMPTY;
}

/** Stops the meter where a mock does what is native on a device; returns what `resume` takes. */
export function pause(): number {
	return resetMeter(0, 0);
}

/** Goes on as if a native function had been called since the mock was. */
export function resume(spent: number): void {
	resetMeter(0, spent - PAUSED);
}

/** How many units `metered` counted since it was last asked. */
export function units(): number {
	const sum = counted;
	counted = 0;
	return sum;
}

const probe = {
	nothing: (): void => {},
	native: Object.prototype.isPrototypeOf,
	paused: (_: unknown): void => resume(pause()),
};

/** What `metered` itself costs, and what a paused method costs more than a native one; both 0 while they are found out. */
let EMPTY = 0;
let PAUSED = 0;
EMPTY = measure(probe.nothing);
PAUSED = measure(() => probe.paused(probe)) - measure(() => probe.native(probe));

function measure(run: () => void): number {
	metered(run);
	return units();
}
