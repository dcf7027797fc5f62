// SPDX-License-Identifier: MIT
import type { Thermometer } from "../../src/board.ts";

const DAY = 24 * 60 * 60 * 1000;
const HEATING = 2 * 60 * 1000;

/** A thermometer in a room, in °C: 21 give or take 1.5 over a day, 0.8 as an eager heating comes and goes, 0.05 of noise. */
export class VirtualThermometer implements Thermometer {
	private random: () => number;
	private now: () => number;
	private dayPhase: number;
	private heatingPhase: number;

	/** `random` is in [0, 1), `now` in milliseconds. */
	constructor(random: () => number, now: () => number) {
		this.random = random;
		this.now = now;
		this.dayPhase = random();
		this.heatingPhase = random();
	}

	/** Nothing to set. */
	configure(_options: object): void {}

	sample(): { temperature: number } {
		const now = this.now();
		const drift = 1.5 * wave(now / DAY + this.dayPhase) + 0.8 * wave(now / HEATING + this.heatingPhase);
		const noise = 0.05 * (2 * this.random() - 1);
		return { temperature: 21 + drift + noise };
	}
}

/** A sine with period 1. */
function wave(turns: number): number {
	return Math.sin(2 * Math.PI * turns);
}
