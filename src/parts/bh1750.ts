// SPDX-License-Identifier: MIT
import type { Lightmeter } from "../board.ts";
import type { Clock, I2C, I2CConstructor } from "../device.ts";
import { answer, type Wiring } from "./shared-sensor.ts";

// Datasheet, "Instruction Set Architecture".
const POWER_ON = Uint8Array.of(0x01);
/** In steps of 1 lx, again and again. */
const MEASURE = Uint8Array.of(0x10);
/** Milliseconds until the first result, at most. */
const DURATION = 180;

/** A ROHM BH1750FVI. It need not be there yet: only `sample` looks for it. */
export class BH1750 implements Lightmeter {
	private wiring: Wiring<I2CConstructor>;
	private clock: Clock;
	private io: I2C;
	private measuring = false;

	constructor({ sensor, clock }: { sensor: Wiring<I2CConstructor>; clock: Clock }) {
		this.wiring = sensor;
		this.clock = clock;
		this.io = new sensor.io({ hz: 100_000, ...sensor });
	}

	/** Nothing to set. */
	configure(_options: object): void {}

	/** The first sample waits for 0.2 s; from then on it measures by itself. */
	sample(): { illuminance: number } {
		const { measuring } = this;
		// One that did not answer may be another, or the same after a power cut.
		this.measuring = false;
		const bytes = answer("BH1750", this.wiring, () => {
			if (!measuring) this.begin();
			return new Uint8Array(this.io.read(2));
		});
		this.measuring = true;
		return { illuminance: ((bytes[0]! << 8) | bytes[1]!) / 1.2 };
	}

	private begin(): void {
		this.io.write(POWER_ON);
		this.io.write(MEASURE);
		this.clock.delay(DURATION);
	}
}
