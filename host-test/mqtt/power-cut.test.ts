// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { cutAtEachStep, playSchedules } from "../support/power-schedules.ts";
import { PowerWorld } from "../support/power-world.ts";
import { inBothVersions } from "../support/versions.ts";

/** power-cut.node.test.ts plays thousands; these are for every engine. */
inBothVersions("exactly once", (version) => {
	test("when nothing happens", () => {
		expect(new PowerWorld({ version, seed: 1, messages: 8 }).run().faults).toEqual({
			cut: 0,
			loss: 0,
			break: 0,
			failure: 0,
		});
	});

	test("when the power is cut at any byte to the store or the socket", () => {
		expect(cutAtEachStep({ version, seed: 2, messages: 2 })).toBeGreaterThan(100);
	});

	test("when the power is cut, the connection breaks, the broker loses its session and the store fails, at random", () => {
		const all = playSchedules(20, { version, messages: 10, cuts: 3, breaks: 3, losses: 2, failures: 2 });
		expect(Math.min(all.cut, all.loss, all.break, all.failure)).toBeGreaterThan(10);
	});
});
