// SPDX-License-Identifier: MIT
import type { Thermometer } from "../board.ts";
import type { SMBus, SMBusConstructor } from "../device.ts";
import { answer, type Wiring } from "./shared-sensor.ts";

const TEMPERATURE = 0x00;

/** An LM75, LM75A, LM75B, TMP75 (11 bits) or TMP102 (12 bits): they are read alike, and measure from power-up on. */
export class LM75 implements Thermometer {
	private wiring: Wiring<SMBusConstructor>;
	private io: SMBus;
	private bits: number;

	/** The sensor need not be there yet: only `sample` looks for it. `bits` is what all of its kind have; below is noise. */
	constructor({ sensor, bits = 11 }: { sensor: Wiring<SMBusConstructor>; bits?: number }) {
		this.wiring = sensor;
		this.io = new sensor.io({ hz: 100_000, ...sensor });
		this.bits = bits;
	}

	/** Nothing to set. */
	configure(_options: object): void {}

	/** In steps of 0.125 °C, or 0.0625 °C. Throws when no sensor answers. */
	sample(): { temperature: number } {
		const raw = answer("thermometer", this.wiring, () => this.io.readUint16(TEMPERATURE, true));
		const step = 16 - this.bits;
		return { temperature: (((raw << 16) >> (16 + step)) << step) / 256 };
	}
}
