// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { FileStore, type FileStoreOptions } from "../../host/store/index.ts";
import { FakeDisk, PowerCut } from "../support/fake-disk.ts";
import { seeded } from "../support/random.ts";
import { Ledger } from "../support/store-ledger.ts";

const SCHEDULES = 2000;
const LIVES = 6;
const SLOW = { timeout: 60_000 };
/** What may be left of the same power cut. */
const SURVIVALS = 3;
const open = (disk: FakeDisk, more: FileStoreOptions = {}) =>
	new FileStore("/store", { files: disk, garbage: 100, ...more });

/** Uses a store over `disk` until the power is cut, the process ends, or all changes were made. */
function live(disk: FakeDisk, ledger: Ledger, random: () => number, changes: number, options?: FileStoreOptions): void {
	try {
		const store = open(disk, options);
		ledger.finds(store.entries());
		for (let change = 0; change < changes; change++) {
			ledger.changes(store, random);
			// The file was written anew after the change: that was cut short, the change was not.
			if (disk.dead) return;
		}
		if (random() < 0.5) store.close();
	} catch (error) {
		if (!(error instanceof PowerCut)) throw error;
	}
}

test("a store whose power is cut at any byte has what it had before the change or after it", SLOW, () => {
	const whole = new FakeDisk(seeded(1));
	live(whole, new Ledger(), seeded(7), 24);
	// The first is the store's making.
	expect(whole.renames).toBeGreaterThan(3);
	let cuts = 0;
	for (let cutAt = 0; cutAt <= whole.steps; cutAt++) {
		for (let seed = 0; seed < SURVIVALS; seed++) {
			const disk = new FakeDisk(seeded(seed + SURVIVALS * cutAt));
			const ledger = new Ledger();
			disk.cutAt = cutAt;
			live(disk, ledger, seeded(7), 24);
			if (disk.dead) cuts++;
			disk.reboot();
			ledger.finds(open(disk).entries());
		}
	}
	expect(cuts).toBe(SURVIVALS * whole.steps);
});

test(
	`a store whose power is cut and whose process is killed again and again loses nothing, in ${SCHEDULES} schedules`,
	SLOW,
	() => {
		let found = 0;
		for (let seed = 1; seed <= SCHEDULES; seed++) {
			const random = seeded(seed);
			const disk = new FakeDisk(random);
			const ledger = new Ledger();
			disk.short = seed % 2 === 0;
			try {
				for (let life = 0; life < LIVES; life++) {
					disk.cutAt = random() < 0.8 ? disk.steps + Math.floor(random() * 600) : Number.POSITIVE_INFINITY;
					live(disk, ledger, random, 12);
					if (disk.dead || random() < 0.3) disk.reboot();
					else disk.kill();
				}
				disk.cutAt = Number.POSITIVE_INFINITY;
				const store = open(disk);
				ledger.finds(store.entries());
				store.close();
			} catch (error) {
				throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
			}
			found += ledger.found;
			// A process that ends while it takes the lock may leave its own name, and nothing else.
			expect(disk.paths().filter((path) => !/^\/store\.lock\.\d+(\.stale)?$/.test(path))).toEqual(["/store"]);
		}
		expect(found).toBeGreaterThan(SCHEDULES);
	},
);

test("a store whose process is killed at any byte, and that then was opened, keeps what it had there", SLOW, () => {
	const whole = new FakeDisk(seeded(1));
	live(whole, new Ledger(), seeded(7), 24);
	for (let cutAt = 0; cutAt <= whole.steps; cutAt++) {
		const disk = new FakeDisk(seeded(cutAt));
		const ledger = new Ledger();
		disk.cutAt = cutAt;
		live(disk, ledger, seeded(7), 24);
		disk.kill();
		ledger.finds(open(disk).entries());
		disk.reboot();
		ledger.finds(open(disk).entries());
	}
});

test("a store that does not flush keeps all when its process is killed", () => {
	for (let seed = 1; seed <= 200; seed++) {
		const random = seeded(seed);
		const disk = new FakeDisk(random);
		const ledger = new Ledger();
		for (let life = 0; life < LIVES; life++) {
			live(disk, ledger, random, 12, { fsync: "never" });
			disk.kill();
		}
		ledger.finds(open(disk).entries());
	}
});

test("a store that does not flush has, after a power cut, what it had at some time, or says that it is damaged", () => {
	let damaged = 0;
	for (let seed = 1; seed <= 1000; seed++) {
		const random = seeded(seed);
		const disk = new FakeDisk(random);
		const ledger = new Ledger();
		ledger.forgets = false;
		disk.cutAt = Math.floor(random() * 1500);
		live(disk, ledger, random, 40, { fsync: "never" });
		disk.reboot();
		try {
			ledger.finds(open(disk).entries());
		} catch (error) {
			expect(String(error)).toMatch(/expected a record at offset \d+, got \d+ bytes of damage/);
			damaged++;
		}
	}
	expect(damaged).toBeGreaterThan(0);
	expect(damaged).toBeLessThan(900);
});
