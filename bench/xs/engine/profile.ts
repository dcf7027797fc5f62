// SPDX-License-Identifier: MIT
// What an instrumented script calls: it finds out how many units each function and each statement takes by itself.
import { metered, pause, units } from "./meter.ts";

declare function resetMeter(limit: number, index: number): number;

/** Units by the index of a place. */
let own: number[] = [];
/** The place that runs in each function that was entered. */
const stack: number[] = [];

/** What the calls themselves cost; 0 while it is found out. */
let entering = 0;
let marking = 0;
let leaving = 0;

function enter(index: number): void {
	charge(entering);
	stack.push(index);
	resetMeter(0, 0);
}

function mark(index: number): void {
	charge(marking);
	stack[stack.length - 1] = index;
	resetMeter(0, 0);
}

function leave(): void {
	charge(leaving);
	stack.pop();
	resetMeter(0, 0);
}

/** Charges what was spent since the last call to the place that runs. */
function charge(overhead: number): void {
	const spent = pause() - overhead;
	const index = stack[stack.length - 1];
	if (index !== undefined) own[index] = (own[index] ?? 0) + spent;
}

/** What each place that ran took since this was last asked. */
export function profile(): [index: number, units: number][] {
	const places = own.flatMap((spent, index): [number, number][] => [[index, spent]]);
	own = [];
	stack.length = 0;
	return places;
}

const probe = {
	nothing(): void {},
	empty(): void {
		enter(1);
		try {
		} finally {
			leave();
		}
	},
	marked(): void {
		enter(1);
		try {
			mark(1);
		} finally {
			leave();
		}
	},
	outer(call: () => void): void {
		enter(0);
		try {
			call();
		} finally {
			leave();
		}
	},
};

/** What the place `index` takes when `outer` calls `call`. */
function ownOf(index: number, call: () => void): number {
	metered(() => probe.outer(call));
	units();
	return profile().find(([found]) => found === index)![1];
}

// A call is the caller's; an empty function takes nothing.
leaving = ownOf(1, probe.empty);
entering = ownOf(0, probe.empty) - ownOf(0, probe.nothing);
marking = ownOf(1, probe.marked);

Object.assign(globalThis, { enter, mark, leave });
