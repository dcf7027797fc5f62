// SPDX-License-Identifier: MIT
import type { Hygrometer, Thermometer } from "../board.ts";
import type { Clock, I2C, I2CConstructor } from "../device.ts";
import { crc8 } from "./crc-8.ts";
import { answer, SharedSensor, type Wiring } from "./shared-sensor.ts";

/** Measure once, high repeatability, no clock stretching (datasheet §4.3). */
const MEASURE = Uint8Array.of(0x24, 0x00);
/** Milliseconds that this takes at most: 15.5 (table 4). */
const DURATION = 16;

interface Sample {
	temperature: number;
	humidity: number;
}

/** A Sensirion SHT30, SHT31 or SHT35. It need not be there yet: only `sample` looks for it. */
export class SHT3x extends SharedSensor<Sample> implements Thermometer, Hygrometer {
	private wiring: Wiring<I2CConstructor>;
	private io: I2C;

	constructor({ sensor, clock }: { sensor: Wiring<I2CConstructor>; clock: Clock }) {
		super(clock);
		this.wiring = sensor;
		this.io = new sensor.io({ hz: 100_000, ...sensor });
	}

	protected measure(): Sample {
		const bytes = answer("SHT3x", this.wiring, () => {
			this.io.write(MEASURE);
			this.clock.delay(DURATION);
			return new Uint8Array(this.io.read(6));
		});
		if (crc8(bytes, 0, 2) !== bytes[2] || crc8(bytes, 3, 5) !== bytes[5]) throw new Error("SHT3x: wrong checksum");
		// §4.13
		return {
			temperature: (175 * ((bytes[0]! << 8) | bytes[1]!)) / 65535 - 45,
			humidity: (100 * ((bytes[3]! << 8) | bytes[4]!)) / 65535,
		};
	}
}
