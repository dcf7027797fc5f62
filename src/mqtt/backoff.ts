// SPDX-License-Identifier: MIT

/** How long to wait before connecting again; milliseconds. */
export interface Reconnect {
	/** The longest wait after the first failure; it doubles with each further one. */
	readonly minimum: number;
	/** The longest wait after any failure. */
	readonly maximum: number;
	/** The longest wait after a refusal that will not pass by itself, such as wrong credentials; the shortest is `maximum`. */
	readonly refused: number;
	/** How long a connection must last before failures are forgotten. */
	readonly stable: number;
}

/** Capped exponential backoff with full jitter, so that a fleet does not return all at once. */
export class Backoff {
	private failures = 0;
	private readonly reconnect: Reconnect;
	private readonly random: () => number;

	constructor(reconnect: Reconnect, random: () => number) {
		this.reconnect = reconnect;
		this.random = random;
	}

	/** The wait after one more failure, in milliseconds. */
	next(): number {
		const { minimum, maximum } = this.reconnect;
		const most = Math.min(maximum, minimum * 2 ** this.failures);
		this.failures++;
		return this.random() * most;
	}

	/** The wait after a refusal, in milliseconds. */
	refused(): number {
		const { maximum, refused } = this.reconnect;
		this.failures++;
		return maximum + this.random() * (refused - maximum);
	}

	reset(): void {
		this.failures = 0;
	}
}
