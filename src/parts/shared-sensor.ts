// SPDX-License-Identifier: MIT
import type { Clock, I2COptions } from "../device.ts";

/** Milliseconds in which a measurement serves whoever asks: thermometer and hygrometer are sampled one after the other. */
const FRESH = 250;

/** A sensor that several parts of a board share, and that takes its time to measure. */
export abstract class SharedSensor<Sample extends object> {
	protected clock: Clock;
	private last: Sample | undefined;
	private at = 0;

	constructor(clock: Clock) {
		this.clock = clock;
	}

	/** Nothing to set. */
	configure(_options: object): void {}

	sample(): Sample {
		const { clock } = this;
		if (!this.last || clock.now() - this.at >= FRESH) {
			this.last = this.measure();
			this.at = clock.now();
		}
		return { ...this.last };
	}

	/** Measures, and waits for it. Throws when nothing answers. */
	protected abstract measure(): Sample;
}

/** Where an I2C device is expected, without the clock that it takes. */
export type Wiring<Io> = Omit<I2COptions, "hz"> & { io: Io; hz?: number };

/** What `ask` returns; when the device does not acknowledge, says which and where. */
export function answer<Value>(name: string, { address, data, clock }: Wiring<unknown>, ask: () => Value): Value {
	try {
		return ask();
	} catch {
		throw new Error(`no ${name} answers at I2C address 0x${address.toString(16)} (SDA ${data}, SCL ${clock})`);
	}
}
