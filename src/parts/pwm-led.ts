// SPDX-License-Identifier: MIT
import type { DimmableLed } from "../board.ts";
import type { PWM, PWMConstructor } from "../device.ts";

/** An LED on a pin that is switched so fast that it looks dimmed. */
export class PWMLed implements DimmableLed {
	private io: PWM;
	private activeLow: boolean;
	private lit: 0 | 1 = 0;
	private level = 1;

	/** With `activeLow` it is on while the pin is low; `hz` is how often it is switched a second. */
	constructor({ output }: { output: { io: PWMConstructor; pin: number; hz?: number; activeLow?: boolean } }) {
		const { io: Io, pin, hz, activeLow = false } = output;
		this.io = new Io({ pin, ...(hz !== undefined && { hz }) });
		this.activeLow = activeLow;
		this.show();
	}

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

	private show(): void {
		const most = 2 ** this.io.resolution - 1;
		const duty = Math.round(this.lit * this.level * most);
		this.io.write(this.activeLow ? most - duty : duty);
	}
}
