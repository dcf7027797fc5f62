// SPDX-License-Identifier: MIT
import type { World } from "./devices.ts";
import type { I2CDevice } from "./i2c.ts";

/** Milliseconds that a measurement takes, at most. */
const DURATION = 180;

/** A BH1750, which sleeps until it is switched on. */
export class BH1750 implements I2CDevice {
	private world: World;
	private on = false;
	private ready = Infinity;

	constructor(world: World) {
		this.world = world;
	}

	write(bytes: Uint8Array): void {
		const command = bytes[0];
		if (bytes.length !== 1 || ![0x00, 0x01, 0x10].includes(command!)) throw new Error("no such command");
		if (command === 0x10 && this.on) this.ready = this.world.now() + DURATION;
		else this.on = command === 0x01;
	}

	/** Its register is 0 until something was measured. */
	read(count: number): Uint8Array {
		const measured = this.world.now() >= this.ready;
		const raw = measured ? Math.min(Math.round(this.world.illuminance() * 1.2), 0xffff) : 0;
		return Uint8Array.of(raw >> 8, raw & 0xff).subarray(0, count);
	}
}
