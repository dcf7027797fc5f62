// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import simulatedBoard from "../../boards/sim/board.ts";
import { seeded } from "../../host/random.ts";

const HOUR = 60 * 60 * 1000;

/** A board by seed, its clock, and what its outputs did. */
function simulated(seed = 1) {
	const clock = { now: 0 };
	const moves: string[] = [];
	const board = simulatedBoard({
		random: seeded(seed),
		now: () => clock.now,
		on: (part, value) => moves.push(`${part} ${value}`),
	});
	return { board, clock, moves };
}

/** Samples of a board, one each `step` milliseconds. */
function samples(seed: number, count: number, step: number): number[] {
	const { board, clock } = simulated(seed);
	return Array.from({ length: count }, () => {
		clock.now += step;
		return board.thermometer.sample().temperature;
	});
}

describe("the virtual thermometer", () => {
	test("gives the same samples for the same seed and times", () => {
		expect(samples(7, 50, 1000)).toEqual(samples(7, 50, 1000));
		expect(samples(8, 50, 1000)).not.toEqual(samples(7, 50, 1000));
	});

	test("stays in the range of a lived-in room for a month", () => {
		const all = samples(3, 30 * 24, HOUR);
		expect(Math.min(...all)).toBeGreaterThan(19);
		expect(Math.max(...all)).toBeLessThan(23);
	});

	test("drifts slowly: less than half a degree above the noise in ten seconds", () => {
		const all = samples(5, 3600, 1000);
		for (let index = 10; index < all.length; index++)
			expect(Math.abs(all[index]! - all[index - 10]!)).toBeLessThan(0.6);
	});

	test("moves by more than its noise in an hour", () => {
		const all = samples(5, 60, 60_000);
		expect(Math.max(...all) - Math.min(...all)).toBeGreaterThan(0.3);
	});

	test("has noise: two samples at one time differ", () => {
		const { thermometer } = simulated().board;
		expect(thermometer.sample().temperature).not.toBe(thermometer.sample().temperature);
	});

	test("takes a configuration and gives each sample in an object of its own", () => {
		const { thermometer } = simulated().board;
		thermometer.configure({});
		const first = thermometer.sample();
		const copy = { ...first };
		expect(thermometer.sample()).not.toBe(first);
		expect(first).toEqual(copy);
	});
});

describe("the virtual LED", () => {
	test("tells the world of each change, and of nothing else", () => {
		const { board, moves } = simulated();
		expect(moves).toEqual([]);
		for (const value of [0, 1, 1, 0] as const) board.led.write(value);
		expect(moves).toEqual(["led 1", "led 0"]);
	});
});

describe("the virtual button", () => {
	test("calls back once each time it goes down, and reads 1 until it is released", () => {
		const { button } = simulated().board;
		const reads: number[] = [];
		button.onPressed = () => reads.push(button.read());
		expect(button.read()).toBe(0);
		button.press();
		button.press();
		expect(button.read()).toBe(1);
		button.release();
		expect(button.read()).toBe(0);
		button.press();
		expect(reads).toEqual([1, 1]);
	});

	test("may be pressed when nobody listens", () => {
		const { button } = simulated().board;
		button.press();
		expect(button.read()).toBe(1);
	});
});
