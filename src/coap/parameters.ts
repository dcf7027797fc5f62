// SPDX-License-Identifier: MIT
// Transmission parameters of RFC 7252 §4.8. Times are milliseconds.

/** What an application may tune (§4.8.1). */
export interface Parameters {
	readonly ACK_TIMEOUT: number;
	readonly ACK_RANDOM_FACTOR: number;
	readonly MAX_RETRANSMIT: number;
	/** How many CON to one endpoint may wait for their ACK at a time (§4.7). */
	readonly NSTART: number;
}

/** The given parameters, and for the others the values that §4.8 recommends. Throws RangeError on what §4.8.1 does not allow. */
export function parametersOf(given: Partial<Parameters>): Parameters {
	const { ACK_TIMEOUT = 2_000, ACK_RANDOM_FACTOR = 1.5, MAX_RETRANSMIT = 4, NSTART = 1 } = given;
	if (!(ACK_TIMEOUT >= 1)) throw new RangeError(`expected ACK_TIMEOUT from 1 ms on, got ${ACK_TIMEOUT}`);
	if (!(ACK_RANDOM_FACTOR >= 1)) throw new RangeError(`expected ACK_RANDOM_FACTOR from 1 on, got ${ACK_RANDOM_FACTOR}`);
	atLeast("MAX_RETRANSMIT", MAX_RETRANSMIT, 0);
	atLeast("NSTART", NSTART, 1);
	return { ACK_TIMEOUT, ACK_RANDOM_FACTOR, MAX_RETRANSMIT, NSTART };
}

/** Throws RangeError unless `value` is a whole number from `least` on. */
export function atLeast(name: string, value: number, least: number): void {
	if (!Number.isInteger(value) || value < least)
		throw new RangeError(`expected a whole number from ${least} on as ${name}, got ${value}`);
}

/** How long a datagram may be under way (§4.8.2). */
export const MAX_LATENCY = 100_000;

/** From the first transmission of a CON to its last. */
export function maxTransmitSpan(p: Parameters): number {
	return p.ACK_TIMEOUT * (2 ** p.MAX_RETRANSMIT - 1) * p.ACK_RANDOM_FACTOR;
}

/** For how long a CON may be repeated or answered: PROCESSING_DELAY is ACK_TIMEOUT. */
export function exchangeLifetime(p: Parameters): number {
	return maxTransmitSpan(p) + 2 * MAX_LATENCY + p.ACK_TIMEOUT;
}

/** For how long a NON may be repeated. */
export function nonLifetime(p: Parameters): number {
	return maxTransmitSpan(p) + MAX_LATENCY;
}

/** From the first transmission of a CON to when its sender stops waiting for an ACK or a RST. */
export function maxTransmitWait(p: Parameters): number {
	return p.ACK_TIMEOUT * (2 ** (p.MAX_RETRANSMIT + 1) - 1) * p.ACK_RANDOM_FACTOR;
}
