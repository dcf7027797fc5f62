// SPDX-License-Identifier: MIT
import type { World } from "./devices.ts";
import type { I2CDevice } from "./i2c.ts";

/** Milliseconds that a measurement takes (datasheet §5.4). */
const DURATION = 75;
const BUSY = 0x80;
const CALIBRATED = 0x08;

/** An AHT10, which must be initialized before it measures. */
export class AHT10 implements I2CDevice {
	private world: World;
	private initialized = false;
	private ready = 0;
	private result = [0, 0, 0, 0, 0];

	constructor(world: World) {
		this.world = world;
	}

	write(bytes: Uint8Array): void {
		const command = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
		if (command === "e1 08 00") this.initialized = true;
		else if (command !== "ac 33 00" || !this.initialized) throw new Error("no such command");
		else this.measure();
	}

	read(count: number): Uint8Array {
		const busy = this.world.now() < this.ready;
		const status = (busy ? BUSY : 0) | (this.initialized ? CALIBRATED : 0) | 0x10;
		return Uint8Array.of(status, ...(busy ? [0, 0, 0, 0, 0] : this.result)).subarray(0, count);
	}

	private measure(): void {
		this.ready = this.world.now() + DURATION;
		const humidity = Math.round((this.world.humidity() / 100) * 0x100000);
		const temperature = Math.round(((this.world.temperature() + 50) / 200) * 0x100000);
		const all = BigInt(humidity) * 0x100000n + BigInt(temperature);
		this.result = [32n, 24n, 16n, 8n, 0n].map((shift) => Number((all >> shift) & 0xffn));
	}
}
