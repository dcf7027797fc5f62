// SPDX-License-Identifier: MIT
import { MemoryStore, type Store } from "../../src/mqtt/index.ts";

/** What every call throws from the moment on when the power is cut. */
export class NoPower extends Error {
	override name = "NoPower";
}

/** The power of a device, which can be cut at each step: a byte of a record or of a packet, or the end of a change. */
export class Power {
	steps = 0;
	/** After how many steps the power is cut. */
	cutAt = Number.POSITIVE_INFINITY;
	dead = false;

	step(): void {
		if (this.steps >= this.cutAt) this.dead = true;
		if (this.dead) throw new NoPower();
		this.steps++;
	}
}

/** What a device keeps without power: stores are opened over it again and again. */
export interface Flash {
	open(power: Power): Store;
	/** The device starts again. */
	reboot(): void;
}

/** Flash whose puts take a step a byte, one before and one after; what was cut short is as it was. */
export class SteppedFlash implements Flash {
	readonly kept = new MemoryStore();

	open(power: Power): Store {
		const kept = this.kept;
		return {
			put(key, bytes) {
				for (let count = 0; count <= bytes.length; count++) power.step();
				kept.put(key, bytes);
				power.step();
			},
			delete(key) {
				power.step();
				kept.delete(key);
				power.step();
			},
			entries: () => kept.entries(),
		};
	}

	reboot(): void {}
}

/** A fake disk or a fake NVS: it counts its own steps. */
interface Device {
	steps: number;
	cutAt: number;
	dead: boolean;
	reboot(): void;
}

/** Flash that is a real store over a fake device, under the same power as the rest. */
export class DeviceFlash implements Flash {
	private readonly device: Device;
	private readonly opens: () => Store;

	constructor(device: Device, opens: () => Store) {
		this.device = device;
		this.opens = opens;
	}

	open(power: Power): Store {
		const store = this.powered(power, this.opens);
		return {
			put: (key, bytes) => this.powered(power, () => store.put(key, bytes)),
			delete: (key) => this.powered(power, () => store.delete(key)),
			entries: () => store.entries(),
		};
	}

	reboot(): void {
		this.device.reboot();
	}

	private powered<Result>(power: Power, change: () => Result): Result {
		const device = this.device;
		if (power.dead) throw new NoPower();
		const before = device.steps;
		device.cutAt = before + power.cutAt - power.steps;
		try {
			return change();
		} finally {
			power.steps += device.steps - before;
			power.dead = device.dead;
			// A store may go on after a cut that came after the change; the client must not.
			if (power.dead) power.step();
		}
	}
}

/** What a store throws that has power, and yet cannot do what it is to do. */
export class StoreFailure extends Error {
	override name = "StoreFailure";
}

/** A store that says what it was doing when the power was cut. */
export class WatchedStore implements Store {
	/** The Packet Identifier that was being put, and had not been there; undefined when none was. */
	putting: number | undefined;
	/** The key that was being deleted; undefined when none was. */
	deleting: number | undefined;
	private readonly store: Store;

	/** Whether the next change fails; then nothing has changed. */
	private readonly fails: () => boolean;

	constructor(store: Store, fails: () => boolean) {
		this.store = store;
		this.fails = fails;
	}

	has(key: number): boolean {
		return this.entries().some(([kept]) => kept === key);
	}

	put(key: number, bytes: Uint8Array): void {
		if (this.fails()) throw new StoreFailure();
		if (key > 0 && key <= 0xffff && !this.has(key)) this.putting = key;
		this.store.put(key, bytes);
		this.putting = undefined;
	}

	delete(key: number): void {
		if (this.fails()) throw new StoreFailure();
		this.deleting = key;
		this.store.delete(key);
		this.deleting = undefined;
	}

	entries(): [key: number, bytes: Uint8Array][] {
		return this.store.entries();
	}
}

export function keysOf(store: Store): number[] {
	return store.entries().map(([key]) => key);
}
