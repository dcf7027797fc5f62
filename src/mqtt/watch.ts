// SPDX-License-Identifier: MIT

/** What has deadlines of its own and rides on a client's. */
export interface Watch {
	/** When `expire` wants to be called; Infinity when never. */
	readonly deadline: number;
	expire(now: number): void;
}
