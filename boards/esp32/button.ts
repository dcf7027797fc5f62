// SPDX-License-Identifier: MIT
import Digital from "embedded:io/digital";
import Timer from "timer";
import type { Button } from "../../src/board.ts";

/** Milliseconds after which contacts have stopped bouncing. */
const SETTLED = 30;

/** A push button between `pin` and ground. */
export class PushButton implements Button {
	onPressed: (() => void) | undefined;
	private input: Digital;
	private settling: Timer | undefined;
	private held: 0 | 1 = 0;

	constructor(pin: number) {
		this.input = new Digital({
			pin,
			mode: Digital.InputPullUp,
			activeLow: true,
			edge: Digital.Rising | Digital.Falling,
			onReadable: () => {
				this.settling ??= Timer.set(() => this.settled(), SETTLED);
			},
		});
	}

	read(): 0 | 1 {
		return this.input.read();
	}

	private settled(): void {
		this.settling = undefined;
		const held = this.read();
		if (held === this.held) return;
		this.held = held;
		if (held === 0) return;
		try {
			this.onPressed?.();
		} catch (error) {
			// Escaping, it would reboot the device.
			trace(`button: ${error}\n`);
		}
	}
}
