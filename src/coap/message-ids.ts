// SPDX-License-Identifier: MIT

/** The Message IDs of what this endpoint sends of its own accord, one after another (RFC 7252 §4.4). */
export class MessageIds {
	private latest: number;

	/** Starts with `first`, a whole number. */
	constructor(first: number) {
		this.latest = first - 1;
	}

	next(): number {
		this.latest = (this.latest + 1) & 0xffff;
		return this.latest;
	}
}
