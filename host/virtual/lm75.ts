// SPDX-License-Identifier: MIT
import type { World } from "./devices.ts";
import type { I2CDevice } from "./i2c.ts";

/** An LM75 or TMP102: four registers behind a pointer. It measures all the time. */
export class LM75 implements I2CDevice {
	private world: Pick<World, "temperature">;
	private bits: number;
	private pointer = 0;

	constructor(world: Pick<World, "temperature">, bits: number) {
		this.world = world;
		this.bits = bits;
	}

	write(bytes: Uint8Array): void {
		if (bytes.length === 0) return;
		if (bytes[0]! > 3) throw new Error("no such register");
		this.pointer = bytes[0]!;
	}

	read(count: number): Uint8Array {
		// Configuration, hysteresis of 75 °C and alarm at 80 °C, as after power-up.
		const word = [this.temperature(), 0x6000, 0x4b00, 0x5000][this.pointer]!;
		return Uint8Array.from({ length: count }, (_, index) => (index % 2 ? word & 0xff : word >> 8));
	}

	/** The bits that it has, left in 16; the others are noise. */
	private temperature(): number {
		const step = 16 - this.bits;
		const value = Math.round((this.world.temperature() * 256) / 2 ** step);
		return ((value << step) & 0xffff) | (2 ** step - 1);
	}
}
