// SPDX-License-Identifier: MIT
import SMBus from "embedded:io/smbus";
import type { Thermometer } from "../../src/board.ts";

const ADDRESS = 0x48;
const TEMPERATURE = 0;

/** The 11 bits that all of them have; what is below differs or is noise. */
const BITS = 0xffe0;

/** An LM75, LM75A, LM75B, TMP75 or TMP102 with its address pins at ground: they are read alike, and sample from power-up on. */
export class LM75 implements Thermometer {
	private bus: SMBus;
	private place: string;

	/** The sensor need not be there yet: only `sample` looks for it. */
	constructor({ data, clock }: { data: number; clock: number }) {
		this.bus = new SMBus({ data, clock, address: ADDRESS, hz: 100_000 });
		this.place = `I2C address 0x${ADDRESS.toString(16)} (SDA ${data}, SCL ${clock})`;
	}

	/** Nothing to set. */
	configure(_options: object): void {}

	/** In steps of 0.125 °C. Throws when no sensor answers. */
	sample(): { temperature: number } {
		try {
			const raw = this.bus.readUint16(TEMPERATURE, true) & BITS;
			return { temperature: ((raw << 16) >> 16) / 256 };
		} catch {
			throw new Error(`no thermometer at ${this.place}`);
		}
	}
}
