// SPDX-License-Identifier: MIT
import { randomInt } from "node:crypto";

/** A random number in [0, 1) that nobody else can guess, as tokens, Echo options and the masks of WebSocket must be. */
export function unguessable(): number {
	return randomInt(2 ** 32) / 2 ** 32;
}
