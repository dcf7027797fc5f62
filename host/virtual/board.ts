// SPDX-License-Identifier: MIT
import type { SimulatedBoardOptions } from "../../boards/sim/board.ts";
import simulatedBoard from "../../boards/sim/board.ts";
import type { Clock, Device } from "../../src/device.ts";
import { CHIPS } from "../board/chips.ts";
import { busOf, type Description, outputsAndInputs, type Sensor } from "../board/description.ts";
import { addressOf } from "../board/sensor-rules.ts";
import { DEVICES, type World } from "./devices.ts";
import { type I2CDevice, virtualI2C } from "./i2c.ts";
import { type VirtualPins, virtualPins, type Wires } from "./pins.ts";

/** A board's chip and what is wired to it, in the same virtual room that the board `sim` is in. */
export interface VirtualDevice {
	device: Device;
	clock: Clock;
	/** Presses and releases the board's button; false when it has none. */
	press(): boolean;
}

/** The speed of sound, in m/µs. */
const SOUND = 343.2e-6;
/** How long a finger stays on a button, in milliseconds. */
const PRESS = 100;

/** What the description names, virtually: the drivers of the device speak with its sensors, register by register. */
export function virtualDevice(description: Description, options: SimulatedBoardOptions): VirtualDevice {
	const { world, clock } = worldOf(options);
	const pins = virtualPins(wiresOf(description, world, options.on));
	const devices = devicesOf(description, world);
	const { button, i2c = {} } = description;
	return {
		clock,
		device: {
			I2C: i2c,
			io: { ...pins, ...virtualI2C(({ data, clock: scl, address }) => devices.get(`${data} ${scl} ${address}`)) },
		},
		press() {
			if (button) pressButton(pins, button.pin, button.activeLow ?? true);
			return button !== undefined;
		},
	};
}

function pressButton(pins: VirtualPins, pin: number, activeLow: boolean): void {
	pins.pull(pin, activeLow ? 0 : 1);
	setTimeout(() => pins.pull(pin, activeLow ? 1 : 0), PRESS);
}

/** The room, and a clock that a driver's waiting advances: nobody else waits. */
function worldOf({ random, now, onError }: SimulatedBoardOptions): { world: World; clock: Clock } {
	const room = simulatedBoard({ random, now });
	let waited = 0;
	const clock: Clock = {
		now: () => now() + waited,
		delay(milliseconds) {
			waited += milliseconds;
		},
		setTimer: (callback, delay) => setTimeout(callback, delay),
		onError(error, where) {
			if (!onError) throw error;
			onError(error, where);
		},
	};
	const world = {
		now: clock.now,
		temperature: () => room.thermometer.sample().temperature,
		humidity: () => room.hygrometer.sample().humidity,
		pressure: () => room.barometer.sample().pressure,
		illuminance: () => room.lightmeter.sample().illuminance,
		distance: () => room.rangefinder.sample().distance,
	};
	return { world, clock };
}

function devicesOf({ sensors = [], i2c = {} }: Description, world: World): Map<string, I2CDevice> {
	const found = sensors.filter(({ sensor }) => sensor in DEVICES);
	return new Map(
		found.map((sensor) => {
			const { data, clock } = i2c[busOf(sensor)]!;
			return [`${data} ${clock} ${addressOf(sensor)}`, DEVICES[sensor.sensor]!(world)];
		}),
	);
}

/** What is at the other end of the pins. */
function wiresOf(description: Description, world: World, on: SimulatedBoardOptions["on"]): Wires {
	const outputs = new Map(outputsAndInputs(description).map(({ place, part }) => [part.pin, { place, part }]));
	const last = new Map<string, number>();
	const { sensors = [] } = description;
	return {
		driven(pin, value) {
			const output = outputs.get(pin);
			if (!output) return;
			const { place, part } = output;
			const shown = part.activeLow ? 1 - value : value;
			// Dark is how it begins.
			if ((last.get(place) ?? 0) !== shown) on?.(place, shown);
			last.set(place, shown);
		},
		voltage(pin) {
			const thermistor = sensors.find((sensor) => sensor.pin === pin);
			return thermistor ? dividerOf(thermistor, world.temperature()) / CHIPS[description.chip]!.fullScale : 0;
		},
		pulse: () => (2 * world.distance()) / SOUND,
	};
}

/** The volts in the middle of a thermistor and its resistor. */
function dividerOf(sensor: Sensor, temperature: number): number {
	const { series = 10_000, nominal = 10_000, beta = 3950, to = "ground", supply = 3.3 } = sensor;
	const resistance = nominal * Math.exp(beta * (1 / (temperature + 273.15) - 1 / 298.15));
	const share = resistance / (resistance + series);
	return supply * (to === "ground" ? share : 1 - share);
}
