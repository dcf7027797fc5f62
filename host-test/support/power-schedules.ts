// SPDX-License-Identifier: MIT
import type { Schedule } from "./power-schedule.ts";
import { PowerWorld } from "./power-world.ts";

/** Plays a schedule again and again, and cuts the power one step later each time; returns how many steps it has. Throws when a promise is broken. */
export function cutAtEachStep(schedule: Schedule): number {
	const { steps } = new PowerWorld(schedule).run().power;
	for (let cutAt = 0; cutAt < steps; cutAt++) new PowerWorld({ ...schedule, cutAt }).run();
	return steps;
}

/** Plays `count` schedules, each from a seed of its own, `more(seed)` added; returns which faults came about. Throws when a promise is broken. */
export function playSchedules(
	count: number,
	schedule: Omit<Schedule, "seed">,
	more: (seed: number) => Partial<Schedule> = () => ({}),
): PowerWorld["faults"] {
	const all = { cut: 0, loss: 0, break: 0, failure: 0 };
	for (let seed = 0; seed < count; seed++) {
		const { faults } = new PowerWorld({ ...schedule, seed, offline: seed % 4, ...more(seed) }).run();
		all.cut += faults.cut;
		all.loss += faults.loss;
		all.break += faults.break;
		all.failure += faults.failure;
	}
	return all;
}
