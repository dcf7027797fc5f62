// SPDX-License-Identifier: MIT
import type { Thermometer } from "../board.ts";
import type { Analog, AnalogConstructor } from "../device.ts";

const KELVIN = 273.15;
/** Where a thermistor has its nominal resistance, in °C. */
const NOMINAL = 25;
/** How many readings are averaged: the converter is noisy. */
const READINGS = 16;

interface Divider {
	/** Ohms of the resistor in series. */
	series: number;
	/** Ohms of the thermistor at 25 °C. */
	nominal: number;
	/** Its B constant, in K. */
	beta: number;
	/** What the thermistor is between the pin and. */
	to: "ground" | "supply";
	/** Volts over both. */
	supply: number;
	/** Volts that the converter reads as its highest number. */
	fullScale: number;
}

/** A thermistor whose resistance falls with temperature, in series with a resistor; an analog pin reads the middle. */
export class NTC implements Thermometer {
	private io: Analog;
	private divider: Divider;

	constructor({ sensor, ...divider }: { sensor: { io: AnalogConstructor; pin: number } } & Divider) {
		this.io = new sensor.io({ pin: sensor.pin });
		this.divider = divider;
	}

	/** Nothing to set. */
	configure(_options: object): void {}

	/** By the B formula. Throws when nothing is wired, or the voltage is beyond what the converter reads. */
	sample(): { temperature: number } {
		const { series, nominal, beta, to, supply, fullScale } = this.divider;
		const { io } = this;
		const most = 2 ** io.resolution - 1;
		let sum = 0;
		for (let reading = 0; reading < READINGS; reading++) sum += io.read();
		if (sum <= 0 || sum >= READINGS * most)
			throw new Error("the thermistor is not connected, or too hot or cold to read");
		const voltage = (sum / READINGS / most) * fullScale;
		const ratio = to === "ground" ? voltage / (supply - voltage) : (supply - voltage) / voltage;
		if (ratio <= 0) throw new Error("the thermistor's voltage is above its supply");
		const inverse = Math.log((series * ratio) / nominal) / beta + 1 / (NOMINAL + KELVIN);
		return { temperature: 1 / inverse - KELVIN };
	}
}
