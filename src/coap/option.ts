// SPDX-License-Identifier: MIT
// Options of RFC 7252 §5.10, RFC 7641 §2, RFC 7959 §2.1, RFC 7967 §2, RFC 8768 §3 and RFC 9175 §2.2, §3.2.

export const IF_MATCH = 1;
export const URI_HOST = 3;
export const ETAG = 4;
export const IF_NONE_MATCH = 5;
export const OBSERVE = 6;
export const URI_PORT = 7;
export const LOCATION_PATH = 8;
export const URI_PATH = 11;
export const CONTENT_FORMAT = 12;
export const MAX_AGE = 14;
export const URI_QUERY = 15;
export const HOP_LIMIT = 16;
export const ACCEPT = 17;
export const LOCATION_QUERY = 20;
export const BLOCK2 = 23;
export const BLOCK1 = 27;
export const SIZE2 = 28;
export const PROXY_URI = 35;
export const PROXY_SCHEME = 39;
export const SIZE1 = 60;
export const ECHO = 252;
export const NO_RESPONSE = 258;
export const REQUEST_TAG = 292;

/** What an option's value may look like: whether it may repeat, and the limits of its length in bytes. */
export interface Definition {
	readonly repeatable: boolean;
	readonly shortest: number;
	readonly longest: number;
}

const REGISTRY: Readonly<Record<number, Definition>> = {
	[IF_MATCH]: { repeatable: true, shortest: 0, longest: 8 },
	[URI_HOST]: { repeatable: false, shortest: 1, longest: 255 },
	[ETAG]: { repeatable: true, shortest: 1, longest: 8 },
	[IF_NONE_MATCH]: { repeatable: false, shortest: 0, longest: 0 },
	[OBSERVE]: { repeatable: false, shortest: 0, longest: 3 },
	[URI_PORT]: { repeatable: false, shortest: 0, longest: 2 },
	[LOCATION_PATH]: { repeatable: true, shortest: 0, longest: 255 },
	[URI_PATH]: { repeatable: true, shortest: 0, longest: 255 },
	[CONTENT_FORMAT]: { repeatable: false, shortest: 0, longest: 2 },
	[MAX_AGE]: { repeatable: false, shortest: 0, longest: 4 },
	[URI_QUERY]: { repeatable: true, shortest: 0, longest: 255 },
	[HOP_LIMIT]: { repeatable: false, shortest: 0, longest: 4 },
	[ACCEPT]: { repeatable: false, shortest: 0, longest: 2 },
	[LOCATION_QUERY]: { repeatable: true, shortest: 0, longest: 255 },
	[BLOCK2]: { repeatable: false, shortest: 0, longest: 3 },
	[BLOCK1]: { repeatable: false, shortest: 0, longest: 3 },
	[SIZE2]: { repeatable: false, shortest: 0, longest: 4 },
	[PROXY_URI]: { repeatable: false, shortest: 1, longest: 1034 },
	[PROXY_SCHEME]: { repeatable: false, shortest: 1, longest: 255 },
	[SIZE1]: { repeatable: false, shortest: 0, longest: 4 },
	[ECHO]: { repeatable: false, shortest: 1, longest: 40 },
	[NO_RESPONSE]: { repeatable: false, shortest: 0, longest: 1 },
	[REQUEST_TAG]: { repeatable: true, shortest: 0, longest: 8 },
};

/** What is known of an option; undefined for a number this stack does not recognize. */
export function definition(number: number): Definition | undefined {
	return REGISTRY[number];
}

/** Whether a proxy that does not recognize the option must not forward the message (§5.4.6). */
export function unsafe(number: number): boolean {
	return (number & 2) === 2;
}

/** Whether requests that differ in the option are about the same: it is safe, and says so (§5.4.6). */
export function noCacheKey(number: number): boolean {
	return (number & 0x1e) === 0x1c;
}

/** Whether a receiver that does not recognize the option must refuse the message (§5.4.6). */
export function critical(number: number): boolean {
	return (number & 1) === 1;
}
