// SPDX-License-Identifier: MIT
import type { DimmableLed } from "../board.ts";

/** A light that is switched and dimmed apart: whatever the brightness, `write` decides whether there is any. */
export abstract class DimmedLed implements DimmableLed {
	private lit: 0 | 1 = 0;
	private level = 1;

	write(value: 0 | 1): void {
		this.lit = value ? 1 : 0;
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

	/** How bright it is to be now, from 0 to 1. */
	protected get shown(): number {
		return this.lit * this.level;
	}

	protected abstract show(): void;
}
