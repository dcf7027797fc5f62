// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { FileStore } from "../../host/store/index.ts";
import { PreferenceStore } from "../../src/xs/preference-store.ts";
import { FakeDisk } from "../support/fake-disk.ts";
import { FakePreference } from "../support/fake-preference.ts";
import { runs } from "../support/fuzz.ts";
import { DeviceFlash } from "../support/power.ts";
import { cutAtEachStep, playSchedules } from "../support/power-schedules.ts";
import { seeded } from "../support/random.ts";
import { inBothVersions } from "../support/versions.ts";

const SLOW = { timeout: 120_000 };
const SCHEDULES = runs(1500).numRuns;

inBothVersions("exactly once", (version) => {
	const faults = { version, messages: 10, cuts: 3, breaks: 3 };

	test("when the power is cut at any byte to the store or the socket", SLOW, () => {
		for (let seed = 0; seed < 5; seed++)
			expect(cutAtEachStep({ version, seed, messages: 8, breaks: 1, offline: seed % 3 })).toBeGreaterThan(200);
	});

	test("when the power is cut and the connection breaks, at random", SLOW, () => {
		const { cut, break: breaks } = playSchedules(SCHEDULES, faults);
		expect(Math.min(cut, breaks)).toBeGreaterThan(SCHEDULES);
	});

	test("when the broker loses its session besides", SLOW, () => {
		const { cut, loss, break: breaks } = playSchedules(SCHEDULES, { ...faults, losses: 2 });
		expect(Math.min(cut, loss, breaks)).toBeGreaterThan(SCHEDULES);
	});

	test("when the store fails now and then besides", SLOW, () => {
		const all = playSchedules(SCHEDULES, { ...faults, losses: 1, failures: 4 });
		expect(Math.min(all.cut, all.loss, all.failure)).toBeGreaterThan(SCHEDULES / 2);
	});

	test("out of a file", SLOW, () => {
		const { cut } = playSchedules(SCHEDULES / 5, { ...faults, losses: 1 }, (seed) => {
			const files = new FakeDisk(seeded(seed));
			return { flash: new DeviceFlash(files, () => new FileStore("/store", { files, garbage: 100 })) };
		});
		expect(cut).toBeGreaterThan(SCHEDULES / 5);
	});

	test("out of preferences", SLOW, () => {
		const { cut } = playSchedules(SCHEDULES / 5, { ...faults, losses: 1 }, () => {
			const preference = new FakePreference();
			return { flash: new DeviceFlash(preference, () => new PreferenceStore(preference)) };
		});
		expect(cut).toBeGreaterThan(SCHEDULES / 5);
	});
});
