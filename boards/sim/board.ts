// SPDX-License-Identifier: MIT
import type { Board, Button, Led } from "../../src/board.ts";
import { VirtualThermometer } from "./thermometer.ts";

/** What the simulated world gives a board. */
export interface SimulatedBoardOptions {
	/** A number in [0, 1). */
	random(): number;
	/** Milliseconds that only ever grow. */
	now(): number;
	/** Hears of each output that moved. */
	on?(part: "led", value: 0 | 1): void;
}

/** A board whose button has a finger. */
export interface SimulatedBoard extends Board {
	readonly button: VirtualButton;
}

/** A virtual board. The same seed and times give the same samples. */
export default function simulatedBoard({ random, now, on }: SimulatedBoardOptions): SimulatedBoard {
	return {
		thermometer: new VirtualThermometer(random, now),
		led: new VirtualLed((value) => on?.("led", value)),
		button: new VirtualButton(),
	};
}

class VirtualLed implements Led {
	private value: 0 | 1 = 0;
	private moved: (value: 0 | 1) => void;

	/** `moved` hears of each change. */
	constructor(moved: (value: 0 | 1) => void) {
		this.moved = moved;
	}

	write(value: 0 | 1): void {
		if (value === this.value) return;
		this.value = value;
		this.moved(value);
	}
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
