// SPDX-License-Identifier: MIT
import type { World } from "./devices.ts";
import type { I2CDevice } from "./i2c.ts";

/** Milliseconds that temperature, pressure and humidity take, once each, at most (BME280 datasheet §9.1). */
const DURATION = 9.3;
const T1 = 27504;
const T2 = 26435;
const P1 = 36477;
const H2 = 370;

/** A BMP280, or with the id 0x60 a BME280. What it was calibrated to is linear, so that it is easily turned round. */
export class BMx280 implements I2CDevice {
	private world: World;
	private registers = new Uint8Array(256);
	private pointer = 0;
	private ready = Infinity;

	constructor(world: World, id: number) {
		this.world = world;
		this.registers[0xd0] = id;
		const words = new DataView(this.registers.buffer);
		words.setUint16(0x88, T1, true);
		words.setInt16(0x8a, T2, true);
		words.setUint16(0x8e, P1, true);
		if (id === 0x60) words.setInt16(0xe1, H2, true);
		// As after a reset: nothing was measured.
		this.registers.set([0x80, 0x00, 0x00, 0x80, 0x00, 0x00, 0x80, 0x00], 0xf7);
	}

	write(bytes: Uint8Array): void {
		this.pointer = bytes[0]!;
		// §6.3: what is written is pairs of a register and its value.
		for (let at = 0; at + 1 < bytes.length; at += 2) this.set(bytes[at]!, bytes[at + 1]!);
	}

	read(count: number): Uint8Array {
		if (this.world.now() >= this.ready) this.finish();
		return this.registers.slice(this.pointer, this.pointer + count);
	}

	private set(register: number, value: number): void {
		if (![0xe0, 0xf2, 0xf4, 0xf5].includes(register)) throw new Error("read only");
		this.registers[register] = value;
		const forced = (value & 0b11) === 0b01 || (value & 0b11) === 0b10;
		if (register === 0xf4 && forced) this.ready = this.world.now() + DURATION;
	}

	/** Fills in what was asked for; what was not stays as after a reset. */
	private finish(): void {
		this.ready = Infinity;
		const control = this.registers[0xf4]!;
		const words = new DataView(this.registers.buffer);
		const temperature = Math.round(((this.world.temperature() * 5120) / T2 + T1 / 1024) * 16384);
		const pressure = Math.round(1048576 - (this.world.pressure() * P1) / 6250);
		if (control & 0b00011100) this.setData(0xf7, pressure);
		if (control & 0b11100000) this.setData(0xfa, temperature);
		if (this.registers[0xf2]! & 0b111) words.setUint16(0xfd, Math.round((this.world.humidity() * 65536) / H2));
		this.registers[0xf4] = control & 0b11111100;
	}

	/** 20 bits, left in three bytes. */
	private setData(register: number, value: number): void {
		this.registers.set([value >> 12, (value >> 4) & 0xff, (value & 0x0f) << 4], register);
	}
}
