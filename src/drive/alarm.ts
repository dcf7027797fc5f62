// SPDX-License-Identifier: MIT
import type { Platform } from "./platform.ts";

/** Timers of platforms count in 31 bits; a later deadline is armed again when this has passed. */
const LONGEST = 0x7fffffff;

/** One timer that follows a deadline. */
export class Alarm {
	private platform: Platform;
	private ring: () => void;
	private timer: unknown;
	/** When it rings; Infinity while it is stopped. Set by `arm`. */
	deadline = Infinity;

	/** `ring` is called at the deadline, or before it when it is more than 24 days away. */
	constructor(platform: Platform, ring: () => void) {
		this.platform = platform;
		this.ring = () => {
			this.timer = undefined;
			this.deadline = Infinity;
			ring();
		};
	}

	/** Moves the deadline; Infinity stops the timer. */
	arm(deadline: number): void {
		if (deadline === this.deadline) return;
		this.deadline = deadline;
		if (this.timer !== undefined) this.platform.clearTimer(this.timer);
		this.timer = undefined;
		if (deadline === Infinity) return;
		const delay = Math.ceil(deadline - this.platform.now());
		this.timer = this.platform.setTimer(this.ring, Math.min(Math.max(delay, 0), LONGEST));
	}
}
