// SPDX-License-Identifier: MIT
import type { ColorLed, Relay } from "../../src/board.ts";

/** A light that has everything. */
export class VirtualLed implements ColorLed, Relay {
	color = 0xffffff;
	private lit: 0 | 1 = 0;
	private level = 1;
	private shown = 0;
	private moved: (value: number) => void;

	/** `moved` hears of each change of how bright it is, from 0 to 1. */
	constructor(moved: (value: number) => void) {
		this.moved = moved;
	}

	write(value: 0 | 1): void {
		this.lit = value;
		this.show();
	}

	get brightness(): number {
		return this.level;
	}

	set brightness(value: number) {
		if (!(value >= 0 && value <= 1)) throw new RangeError(`expected a brightness from 0 to 1, got ${value}`);
		this.level = value;
		this.show();
	}

	private show(): void {
		const shown = this.lit * this.level;
		if (shown === this.shown) return;
		this.shown = shown;
		this.moved(shown);
	}
}
