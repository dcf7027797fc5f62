// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { type Preference, PreferenceStore, type PreferenceStoreOptions } from "../../src/xs/preference-store.ts";
import { FakePreference } from "../support/fake-preference.ts";
import { seeded } from "../support/random.ts";
import { pattern } from "../support/store-contract.ts";
import { Ledger } from "../support/store-ledger.ts";

const SCHEDULES = 100;
/** Compiles when the SDK's module is what a store takes. */
const fits: typeof import("preference").default extends Preference ? true : false = true;

/** What is under the only name that `preference` has of this beginning. */
function onlyName(preference: FakePreference, beginning: string): string {
	const names = Array.from(preference.values.keys()).filter((name) => name.startsWith(`katydid/${beginning}`));
	expect(names).toHaveLength(1);
	return names[0]!;
}

function preferenceLedger(): Ledger {
	const ledger = new Ledger();
	ledger.keys = 4;
	ledger.lengths = [0, 1, 30, 200, 3997, 3998, 7998];
	return ledger;
}

/** Uses a store until the power is cut, or all changes were made. */
function live(preference: FakePreference, ledger: Ledger, random: () => number, changes: number): void {
	try {
		const store = new PreferenceStore(preference);
		ledger.finds(store.entries());
		for (let change = 0; change < changes; change++) {
			ledger.changes(store, random);
			// An old record was being removed after the change.
			if (preference.dead) return;
		}
	} catch (error) {
		if (!preference.dead) throw error;
	}
}

/** Opens after a power cut; no value is left that no record has. */
function settle(preference: FakePreference, ledger: Ledger): void {
	preference.reboot();
	const store = new PreferenceStore(preference);
	const entries = store.entries();
	ledger.finds(entries);
	let values = 0;
	for (const [, bytes] of entries) values += Math.ceil((bytes.length + 3) / 4000);
	expect(preference.values.size).toBe(values);
}

test("a store whose power is cut at any change of flash has what it had before the change or after it", () => {
	const whole = new FakePreference();
	live(whole, preferenceLedger(), seeded(3), 40);
	expect(whole.steps).toBeGreaterThan(50);
	for (let cutAt = 0; cutAt < whole.steps; cutAt++) {
		const preference = new FakePreference();
		const ledger = preferenceLedger();
		preference.cutAt = cutAt;
		live(preference, ledger, seeded(3), 40);
		expect(preference.dead).toBe(true);
		settle(preference, ledger);
	}
});

test(`a store whose power is cut again and again loses nothing, in ${SCHEDULES} schedules`, () => {
	for (let seed = 1; seed <= SCHEDULES; seed++) {
		const random = seeded(seed);
		const preference = new FakePreference();
		const ledger = preferenceLedger();
		preference.backwards = seed % 2 === 0;
		for (let life = 0; life < 5; life++) {
			preference.cutAt = preference.steps + Math.floor(random() * 12);
			live(preference, ledger, random, 5);
			preference.reboot();
		}
		settle(preference, ledger);
	}
});

test("a put of up to 3,997 bytes writes one value, and one more for each 4,000", () => {
	const preference = new FakePreference();
	const store = new PreferenceStore(preference);
	for (const [length, sets] of [
		[0, 1],
		[3997, 1],
		[3998, 2],
		[7997, 2],
		[7998, 3],
	] as const) {
		preference.sets = 0;
		store.put(1, pattern(length));
		expect(preference.sets).toBe(sets);
	}
});

test("opening and listing write nothing", () => {
	const preference = new FakePreference();
	new PreferenceStore(preference).put(1, pattern(8000));
	const { steps } = preference;
	new PreferenceStore(preference).entries();
	expect(preference.steps).toBe(steps);
});

test("names have at most 15 characters, for the largest key too", () => {
	const preference = new FakePreference();
	new PreferenceStore(preference, { domain: "123456789012345" }).put(2 ** 32 - 1, pattern(4000 * 40));
	expect(preference.keys("123456789012345")).toHaveLength(41);
});

test("a store takes the SDK's module", () => expect(fits).toBe(true));

test("a domain that NVS does not take is refused", () => {
	for (const domain of ["", "1234567890123456"])
		expect(() => new PreferenceStore(new FakePreference(), { domain })).toThrow(
			`expected a domain of 1 to 15 characters, got "${domain}"`,
		);
});

test("what is not a store's own stays, in its domain and in others", () => {
	const preference = new FakePreference();
	const names = ["katydid/name", "katydid/m1", "katydid/m1.9", "katydid/m01.00", "katydid/mzzzzzzz.00", "other/m1.00"];
	for (const name of names) preference.values.set(name, new ArrayBuffer(5));
	const store = new PreferenceStore(preference);
	expect(store.entries()).toEqual([]);
	store.put(1, pattern(5));
	store.delete(1);
	expect(Array.from(preference.values.keys())).toEqual(names);
});

test("two stores in two domains do not see each other", () => {
	const preference = new FakePreference();
	const one = new PreferenceStore(preference, { domain: "one" });
	const other = new PreferenceStore(preference, { domain: "other" });
	one.put(1, pattern(5, 1));
	other.put(1, pattern(5, 2));
	other.delete(1);
	expect(one.entries()).toEqual([[1, pattern(5, 1)]]);
	expect(other.entries()).toEqual([]);
});

test("flash that is full throws and changes nothing, and has what follows when there is room", () => {
	const preference = new FakePreference();
	const store = new PreferenceStore(preference);
	store.put(1, pattern(5000, 1));
	preference.room = 5003 + 4500;
	for (const key of [1, 2]) expect(() => store.put(key, pattern(5000, 2))).toThrow("nvs set fail");
	expect(store.entries()).toEqual([[1, pattern(5000, 1)]]);
	expect(preference.values.size).toBe(2);
	preference.room = Number.POSITIVE_INFINITY;
	store.put(1, pattern(5000, 3));
	expect(new PreferenceStore(preference).entries()).toEqual([[1, pattern(5000, 3)]]);
});

test("an old record that cannot be removed does not come back, and holds up the next change", () => {
	const preference = new FakePreference();
	const store = new PreferenceStore(preference);
	store.put(1, pattern(5000, 1));
	preference.stuck = true;
	store.put(1, pattern(5000, 2));
	expect(store.entries()).toEqual([[1, pattern(5000, 2)]]);
	expect(() => store.put(1, pattern(5000, 3))).toThrow("nvs erase fail");
	expect(() => store.delete(1)).toThrow("nvs erase fail");
	expect(store.entries()).toEqual([[1, pattern(5000, 2)]]);
	preference.stuck = false;
	expect(new PreferenceStore(preference).entries()).toEqual([[1, pattern(5000, 2)]]);
	store.delete(1);
	expect(preference.values.size).toBe(0);
});

test("an old record that could not be removed does not come back when the power is cut while its key is deleted", () => {
	for (let cutAt = 0; cutAt <= 4; cutAt++) {
		const preference = new FakePreference();
		const store = new PreferenceStore(preference);
		store.put(1, pattern(5000, 1));
		preference.stuck = true;
		store.put(1, pattern(5000, 2));
		preference.stuck = false;
		preference.cutAt = preference.steps + cutAt;
		try {
			store.delete(1);
		} catch {
			expect(preference.dead).toBe(true);
		}
		preference.reboot();
		expect(new PreferenceStore(preference).entries()).toEqual(cutAt < 3 ? [[1, pattern(5000, 2)]] : []);
	}
});

const damages: [name: string, damage: (preference: FakePreference) => void][] = [
	["with a value missing", (preference) => preference.values.delete(onlyName(preference, "m7.02"))],
	["with a short value", (preference) => preference.values.set(onlyName(preference, "m7.01"), new ArrayBuffer(3999))],
	["with a value of another kind", (preference) => preference.values.set(onlyName(preference, "m7.01"), "text")],
	["with a first value of another kind", (preference) => preference.values.set(onlyName(preference, "m7.00"), 5)],
	["with half a head", (preference) => preference.values.set(onlyName(preference, "m7.00"), new ArrayBuffer(2))],
	["of another version", (preference) => preference.values.set(onlyName(preference, "m7.00"), new ArrayBuffer(9))],
];

for (const [name, damage] of damages) {
	/** A store with a record that is damaged between two that are not. */
	const damaged = (options?: PreferenceStoreOptions) => {
		const preference = new FakePreference();
		const store = new PreferenceStore(preference, options);
		for (const key of [6, 7, 8]) store.put(key, pattern(key === 7 ? 8000 : 10, key));
		damage(preference);
		return { preference, store };
	};
	const rest = [6, 8].map((key) => [key, pattern(10, key)]);

	test(`a record ${name} is reported, and nothing changes`, () => {
		const { preference, store } = damaged();
		const { steps } = preference;
		const message = 'preference "katydid": expected a record under key 7, got damage';
		expect(() => new PreferenceStore(preference)).toThrow(message);
		expect(() => store.entries()).toThrow(message);
		expect(preference.steps).toBe(steps);
	});

	test(`who is told of a record ${name} gets the rest`, () => {
		const told: unknown[] = [];
		const onDamage = (damage: unknown) => {
			told.push(damage);
		};
		const { preference, store } = damaged({ onDamage });
		expect(new PreferenceStore(preference, { onDamage }).entries()).toEqual(rest);
		expect(store.entries()).toEqual(rest);
		expect(told).toEqual([
			{ domain: "katydid", key: 7 },
			{ domain: "katydid", key: 7 },
		]);
		expect(new PreferenceStore(preference).entries()).toEqual(rest);
	});
}
