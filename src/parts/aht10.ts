// SPDX-License-Identifier: MIT
import type { Hygrometer, Thermometer } from "../board.ts";
import type { Clock, I2C, I2CConstructor } from "../device.ts";
import { answer, SharedSensor, type Wiring } from "./shared-sensor.ts";

// Commands and status bits: datasheet §5.3, §5.4.
const INITIALIZE = Uint8Array.of(0xe1, 0x08, 0x00);
const MEASURE = Uint8Array.of(0xac, 0x33, 0x00);
const BUSY = 0x80;
const CALIBRATED = 0x08;
/** Milliseconds: the calibration is loaded in 10, a measurement is made in 75. */
const LOADED = 10;
const DURATION = 80;
const STEPS = 2 ** 20;

interface Sample {
	temperature: number;
	humidity: number;
}

/** An Aosong AHT10, or an AHT15 or AHT20, which are read alike. It need not be there yet: only `sample` looks for it. */
export class AHT10 extends SharedSensor<Sample> implements Thermometer, Hygrometer {
	private wiring: Wiring<I2CConstructor>;
	private io: I2C;

	constructor({ sensor, clock }: { sensor: Wiring<I2CConstructor>; clock: Clock }) {
		super(clock);
		this.wiring = sensor;
		this.io = new sensor.io({ hz: 100_000, ...sensor });
	}

	protected measure(): Sample {
		const bytes = answer("AHT10", this.wiring, () => {
			const { io, clock } = this;
			if (!(new Uint8Array(io.read(1))[0]! & CALIBRATED)) {
				io.write(INITIALIZE);
				clock.delay(LOADED);
			}
			io.write(MEASURE);
			clock.delay(DURATION);
			return new Uint8Array(io.read(6));
		});
		if (bytes[0]! & BUSY) throw new Error("AHT10: still measuring");
		// §6: 20 bits each, which share the fourth byte.
		const humidity = (bytes[1]! << 12) | (bytes[2]! << 4) | (bytes[3]! >> 4);
		const temperature = ((bytes[3]! & 0x0f) << 16) | (bytes[4]! << 8) | bytes[5]!;
		return { temperature: (200 * temperature) / STEPS - 50, humidity: (100 * humidity) / STEPS };
	}
}
