// SPDX-License-Identifier: MIT
import type {
	Barometer,
	BoardWith,
	Button,
	ColorLed,
	Hygrometer,
	Lightmeter,
	Need,
	Rangefinder,
	Relay,
	Thermometer,
} from "../../src/board.ts";
import { VirtualLed } from "./led.ts";
import { VirtualSensor } from "./sensor.ts";
import { VirtualThermometer } from "./thermometer.ts";

/** What the simulated world gives a board. */
export interface SimulatedBoardOptions {
	/** A number in [0, 1). */
	random(): number;
	/** Milliseconds that only ever grow. */
	now(): number;
	/** Hears of each output that moved: 0 is off, 1 fully on. */
	on?(part: string, value: number): void;
	/** Hears of what the application threw when its board called it back; without it, it is thrown to whoever runs the world. */
	onError?(error: unknown, where: string): void;
}

/** A board that has everything, and whose button has a finger. */
export interface SimulatedBoard extends BoardWith<readonly Need[]> {
	readonly led: ColorLed;
	readonly button: VirtualButton;
	readonly relay: Relay;
	readonly thermometer: Thermometer;
	readonly hygrometer: Hygrometer;
	readonly barometer: Barometer;
	readonly lightmeter: Lightmeter;
	readonly rangefinder: Rangefinder;
}

/** A virtual board. The same seed and times give the same samples. */
export default function simulatedBoard({ random, now, on }: SimulatedBoardOptions): SimulatedBoard {
	const sensor = <Name extends string>(name: Name, middle: number, swing: number, noise: number) =>
		new VirtualSensor(name, { middle, swing, noise }, random, now);
	return {
		thermometer: new VirtualThermometer(random, now),
		hygrometer: sensor("humidity", 45, 8, 0.3),
		barometer: sensor("pressure", 101_325, 900, 3),
		lightmeter: sensor("illuminance", 260, 240, 2),
		rangefinder: sensor("distance", 1.5, 0.4, 0.005),
		led: new VirtualLed((value) => on?.("led", value)),
		relay: new VirtualLed((value) => on?.("relay", value)),
		button: new VirtualButton(),
		extras: {},
	};
}

class VirtualButton implements Button {
	onPressed: (() => void) | undefined;
	private value: 0 | 1 = 0;

	read(): 0 | 1 {
		return this.value;
	}

	/** What a finger does, never the device's code: the button calls back before this returns. */
	press(): void {
		if (this.value === 1) return;
		this.value = 1;
		this.onPressed?.();
	}

	release(): void {
		this.value = 0;
	}
}
