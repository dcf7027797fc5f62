// SPDX-License-Identifier: MIT
import type { World } from "./devices.ts";
import type { I2CDevice } from "./i2c.ts";

/** Milliseconds that a measurement takes at high, medium and low repeatability (datasheet, table 4). */
const DURATIONS: Readonly<Record<number, number>> = { 9216: 15.5, 9227: 6.5, 9238: 4.5 };

/** An SHT31: it takes commands of two bytes, and answers with words that have a checksum each. */
export class SHT3x implements I2CDevice {
	private world: World;
	private ready = Infinity;

	constructor(world: World) {
		this.world = world;
	}

	write(bytes: Uint8Array): void {
		const duration = DURATIONS[(bytes[0]! << 8) | bytes[1]!];
		if (bytes.length !== 2 || duration === undefined) throw new Error("no such command");
		this.ready = this.world.now() + duration;
	}

	/** It does not acknowledge while there is no result, which it gives once. */
	read(count: number): Uint8Array {
		if (this.world.now() < this.ready) throw new Error("no result yet");
		this.ready = Infinity;
		const temperature = word(((this.world.temperature() + 45) / 175) * 65535);
		const humidity = word((this.world.humidity() / 100) * 65535);
		return Uint8Array.of(...temperature, ...humidity).subarray(0, count);
	}
}

/** Two bytes, and what remains when they, and ones before, are divided by x⁸ + x⁵ + x⁴ + 1. */
function word(value: number): number[] {
	const number = Math.min(Math.max(Math.round(value), 0), 0xffff);
	let remainder = number ^ 0xff00;
	for (let bit = 15; bit >= 0; bit--) {
		remainder *= 2;
		if (remainder & 0x10000) remainder ^= 0x13100;
	}
	return [number >> 8, number & 0xff, remainder >> 8];
}
