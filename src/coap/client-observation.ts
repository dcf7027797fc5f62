// SPDX-License-Identifier: MIT
// What a client knows of a resource that it observes (RFC 7641 §3).

/** The values of the Observe option in a request (§2). */
export const REGISTER = 0;
export const DEREGISTER = 1;

/** A number is newer when it is less than half of the 24 bits ahead (§3.4). */
const HALF = 0x800000;

/** After this many milliseconds any number is newer (§3.4). */
const REORDERING = 128_000;

/** How long to wait after Max-Age before registering again, so that clients do not come all at once (§3.3.1). */
const SHORTEST_WAIT = 5_000;
const LONGEST_WAIT = 15_000;

/** Tells new notifications from late ones, and when there should have been another. */
export class Observation {
	/** When to register again; Infinity before the first notification. */
	refreshAt = Infinity;
	/** The number of the newest notification. */
	latest = -1;
	private at = 0;

	/**
	 * A notification with the 24-bit `number` came: whether it is newer than all before. What answers a registration at hand is, as
	 * `current`, whatever its number.
	 */
	newer(number: number, now: number, current: boolean): boolean {
		const { latest: before, at } = this;
		const ahead = (before < number && number - before < HALF) || (before > number && before - number > HALF);
		if (!current && before >= 0 && !ahead && now <= at + REORDERING) return false;
		this.latest = number;
		this.at = now;
		return true;
	}

	/** The representation is fresh for `maxAge` seconds. */
	fresh(maxAge: number, now: number, random: () => number): void {
		this.refreshAt = now + maxAge * 1_000 + SHORTEST_WAIT + random() * (LONGEST_WAIT - SHORTEST_WAIT);
	}
}
