// SPDX-License-Identifier: MIT
// When an observer wants to be told: c.pmin and c.pmax of draft-ietf-core-conditional-attributes. The draft's times are seconds.
import { FormatError } from "../wire/index.ts";

/** What an observer asked for with its query. Times are milliseconds. */
export class Conditions {
	/** How much time is between two notifications at least, */
	readonly pmin: number;
	/** and at most. */
	readonly pmax: number;
	/** Until when a notification that is due is held back; Infinity when none is. */
	heldUntil = Infinity;
	/** When there must be a notification even without news. */
	refreshBy = 0;

	constructor(pmin: number, pmax: number) {
		this.pmin = pmin;
		this.pmax = pmax;
	}

	/** When time has something to say to it; Infinity when never. */
	get deadline(): number {
		return Math.min(this.heldUntil, this.refreshBy);
	}

	/** Whether a notification is held back, the latest one having been sent at `last`. */
	holds(last: number, now: number): boolean {
		if (now >= last + this.pmin) return false;
		this.heldUntil = last + this.pmin;
		return true;
	}

	/** Time has passed, or begins: whether there must be a notification now, the latest one having been sent at `last`. */
	expire(last: number, now: number): boolean {
		if (this.heldUntil <= now) this.heldUntil = Infinity;
		if (this.refreshBy > now) return false;
		const refresh = last + this.pmax <= now;
		this.refreshBy = (refresh ? now : last) + this.pmax;
		return refresh;
	}
}

/** The conditions in a query; undefined when there are none. Throws FormatError on some that make no sense. */
export function conditionsOf(query: readonly string[]): Conditions | undefined {
	const pmin = secondsOf(query, "c.pmin=");
	const pmax = secondsOf(query, "c.pmax=");
	if (pmin === undefined && pmax === undefined) return undefined;
	if (pmin !== undefined && pmax !== undefined && pmax < pmin) throw new FormatError("c.pmax below c.pmin", 0);
	return new Conditions((pmin ?? 0) * 1000, (pmax ?? Infinity) * 1000);
}

/** Whether `conditionsOf` would not throw. */
export function sensible(query: readonly string[]): boolean {
	try {
		conditionsOf(query);
		return true;
	} catch {
		return false;
	}
}

function secondsOf(query: readonly string[], name: string): number | undefined {
	const text = query.find((each) => each.startsWith(name))?.slice(name.length);
	if (text === undefined) return undefined;
	const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
	if (seconds <= 0) throw new FormatError(name, 0);
	return seconds;
}
