// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { PowerWorld } from "../support/power-world.ts";
import { retained } from "../support/retained.ts";
import { inBothVersions } from "../support/versions.ts";

const TEN_MINUTES = 600_000;
const SLOW = { timeout: 60_000 };

/** What a client retains that has nothing to do, after `messages` each way through a broker that is killed and started again and again. */
function chaos(version: 4 | 5, messages: number, breaks: number) {
	const world = new PowerWorld({ version, seed: 5, messages, breaks, outage: 3000, pace: 3000, offline: 3 }).run();
	return { world, ...retained(world.client) };
}

inBothVersions("a broker that is killed and restarted at random", (version) => {
	test("for ten minutes loses nothing at QoS 1 and 2, duplicates nothing at QoS 2, and memory is flat", SLOW, () => {
		const short = chaos(version, 100, 10);
		const long = chaos(version, 2000, 200);
		expect(long.world.now).toBeGreaterThan(TEN_MINUTES);
		expect(long.world.faults).toEqual({ cut: 0, loss: 0, break: 200, failure: 0 });
		expect([long.objects, long.bytes]).toEqual([short.objects, short.bytes]);
	});
});
