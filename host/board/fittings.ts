// SPDX-License-Identifier: MIT
import { CHIPS, type Chip } from "./chips.ts";
import { busOf, type Description, type Extra, outputsAndInputs, type Sensor } from "./description.ts";
import { addressOf, placesOf } from "./sensor-rules.ts";
import { SENSORS } from "./sensors.ts";

/** A part as src/parts/assemble.ts takes it, with its class by name: `part` of src/parts/`module`.ts. */
export interface NamedFitting {
	places: string[];
	module: string;
	part: string;
	options: Record<string, unknown>;
}

/** The parts of a board, in the order of its description: the one place that knows what becomes of board.json. */
export function fittingsOf(description: Description): NamedFitting[] {
	const chip = CHIPS[description.chip]!;
	return [
		...outputsAndInputs(description).map(({ place, part }) => ({ places: [place], ...fittingOf(part, chip) })),
		...(description.sensors ?? []).map((sensor) => sensorFitting(sensor, chip)),
	];
}

function fittingOf(part: Extra, chip: Chip): Omit<NamedFitting, "places"> {
	const { pin, activeLow } = part;
	if (part.is === "button") {
		const input = { io: "Digital", pin, activeLow, pull: chip.inputOnly.includes(pin) ? false : undefined };
		return { module: "push-button", part: "PushButton", options: { input: defined(input) } };
	}
	if (part.is === "led" && part.drive === "pwm")
		return {
			module: "pwm-led",
			part: "PWMLed",
			options: { output: defined({ io: "PWM", pin, hz: part.hz, activeLow }) },
		};
	if (part.is === "led" && part.drive === "neopixel") {
		const output = { io: "NeoPixel", pin, length: part.length, order: part.order };
		return { module: "pixel-led", part: "PixelLed", options: { output: defined(output) } };
	}
	return {
		module: "digital-output",
		part: "DigitalOutput",
		options: { output: defined({ io: "Digital", pin, activeLow }) },
	};
}

function sensorFitting(sensor: Sensor, chip: Chip): NamedFitting {
	const { module, part } = SENSORS[sensor.sensor]!;
	return { places: placesOf(sensor), module, part, options: sensorOptions(sensor, chip) };
}

function sensorOptions(sensor: Sensor, chip: Chip): Record<string, unknown> {
	const { i2c, options } = SENSORS[sensor.sensor]!;
	if (i2c) return { sensor: { io: i2c.io, bus: busOf(sensor), address: addressOf(sensor) }, ...options };
	if (sensor.sensor === "hc-sr04")
		return { trigger: { io: "Digital", pin: sensor.trigger }, sensor: { io: "PulseWidth", pin: sensor.echo } };
	const { pin, series = 10_000, nominal = 10_000, beta = 3950, to = "ground", supply = 3.3 } = sensor;
	return { sensor: { io: "Analog", pin }, series, nominal, beta, to, supply, fullScale: chip.fullScale };
}

function defined(object: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
