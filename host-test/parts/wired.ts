// SPDX-License-Identifier: MIT
import { type VirtualPins, virtualPins } from "../../host/virtual/pins.ts";

/** Pins whose outputs are noted down, and a clock that is set by hand. */
export class Wired {
	readonly driven: string[] = [];
	readonly errors: string[] = [];
	voltage = 0;
	/** Pulses to be read, in µs; what a trigger pulse makes comes last. */
	pulses: number[] = [];
	echo: number | undefined;
	readonly pins: VirtualPins;
	readonly clock = {
		at: 0,
		timers: [] as { callback: () => void; at: number }[],
		now: () => this.clock.at,
		delay: (milliseconds: number) => this.pass(milliseconds),
		onError: (error: unknown, where: string) => {
			this.errors.push(`${where}: ${(error as Error).message}`);
		},
		setTimer: (callback: () => void, delay: number) => this.clock.timers.push({ callback, at: this.clock.at + delay }),
	};

	constructor() {
		this.pins = virtualPins({
			driven: (pin, value) => {
				this.driven.push(`${pin} ${Number(value.toFixed(3))}`);
				if (value === 0 && this.driven.at(-2)?.endsWith(" 1") && this.echo !== undefined) this.pulses.push(this.echo);
			},
			voltage: () => this.voltage,
			pulse: () => {
				const last = this.pulses.at(-1);
				this.pulses = [];
				return last;
			},
		});
	}

	pass(milliseconds: number): void {
		const { clock } = this;
		clock.at += milliseconds;
		const due = clock.timers.filter(({ at }) => at <= clock.at);
		clock.timers = clock.timers.filter(({ at }) => at > clock.at);
		for (const { callback } of due) callback();
	}
}
