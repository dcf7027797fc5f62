// SPDX-License-Identifier: MIT
import type { Led, Relay } from "../board.ts";
import type { Digital, DigitalConstructor } from "../device.ts";

/** An LED or a relay on a pin. */
export class DigitalOutput implements Led, Relay {
	private io: Digital;

	/** With `activeLow` it is on while the pin is low. Off at first. */
	constructor({ output }: { output: { io: DigitalConstructor; pin: number; activeLow?: boolean } }) {
		const { io: Io, pin, activeLow } = output;
		this.io = new Io({ pin, mode: Io.Output, initialValue: 0, ...(activeLow && { activeLow }) });
	}

	write(value: 0 | 1): void {
		this.io.write(value);
	}
}
