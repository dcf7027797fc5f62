// SPDX-License-Identifier: MIT
import type { PWM, PWMConstructor } from "../device.ts";
import { DimmedLed } from "./dimmed-led.ts";

/** An LED on a pin that is switched so fast that it looks dimmed. */
export class PWMLed extends DimmedLed {
	private io: PWM;
	private activeLow: boolean;

	/** With `activeLow` it is on while the pin is low; `hz` is how often it is switched a second. */
	constructor({ output }: { output: { io: PWMConstructor; pin: number; hz?: number; activeLow?: boolean } }) {
		super();
		const { io: Io, pin, hz, activeLow = false } = output;
		this.io = new Io({ pin, ...(hz !== undefined && { hz }) });
		this.activeLow = activeLow;
		this.show();
	}

	protected show(): void {
		const most = 2 ** this.io.resolution - 1;
		const duty = Math.round(this.shown * most);
		this.io.write(this.activeLow ? most - duty : duty);
	}
}
