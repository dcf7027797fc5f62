// SPDX-License-Identifier: MIT
import type { Button } from "../board.ts";
import type { Clock, Digital, DigitalConstructor } from "../device.ts";

/** Milliseconds after which contacts have stopped bouncing. */
const SETTLED = 30;

/** A push button that connects a pin with ground; without `activeLow`, with the supply. */
export class PushButton implements Button {
	onPressed: (() => void) | undefined;
	private input: Digital;
	private settling = false;
	private held: 0 | 1 = 0;
	private clock: Clock;

	/** `pull`: whether the chip holds the pin at its level of rest; input-only pins need a resistor for that. */
	constructor(options: {
		input: { io: DigitalConstructor; pin: number; activeLow?: boolean; pull?: boolean };
		clock: Clock;
	}) {
		const { input, clock } = options;
		const { io: Io, pin, activeLow = true, pull = true } = input;
		this.clock = clock;
		this.input = new Io({
			pin,
			mode: pull ? (activeLow ? Io.InputPullUp : Io.InputPullDown) : Io.Input,
			...(activeLow && { activeLow }),
			edge: Io.Rising | Io.Falling,
			onReadable: () => {
				if (this.settling) return;
				this.settling = true;
				clock.setTimer(() => this.settled(), SETTLED);
			},
		});
	}

	read(): 0 | 1 {
		return this.input.read();
	}

	private settled(): void {
		this.settling = false;
		const held = this.read();
		if (held === this.held) return;
		this.held = held;
		if (held === 0) return;
		try {
			this.onPressed?.();
		} catch (error) {
			this.clock.onError(error, "button");
		}
	}
}
