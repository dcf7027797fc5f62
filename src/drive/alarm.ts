// SPDX-License-Identifier: MIT
import type { Platform } from "./platform.ts";

/** Timers of platforms count in 31 bits; a later deadline is armed again when this has passed. */
const LONGEST = 0x7fffffff;

/** Whoever waits for an alarm. */
export interface Ringing {
	/** The deadline passed, or it is more than 24 days away. */
	ring(now: number): void;
}

/** One timer that follows a deadline. */
export class Alarm {
	/** When it rings; Infinity while it is stopped. Set by `arm`. */
	deadline = Infinity;
	private readonly platform: Platform;
	private readonly owner: Ringing;
	private timer: unknown;

	constructor(platform: Platform, owner: Ringing) {
		this.platform = platform;
		this.owner = owner;
	}

	/** Moves the deadline; Infinity stops the timer. */
	arm(deadline: number): void {
		if (deadline === this.deadline) return;
		this.deadline = deadline;
		if (this.timer !== undefined) this.platform.clearTimer(this.timer);
		this.timer = undefined;
		if (deadline === Infinity) return;
		const delay = Math.ceil(deadline - this.platform.now());
		this.timer = this.platform.setTimer(this.rang, Math.min(Math.max(delay, 0), LONGEST));
	}

	private readonly rang = (): void => {
		this.timer = undefined;
		this.deadline = Infinity;
		this.owner.ring(this.platform.now());
	};
}
