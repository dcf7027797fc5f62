// SPDX-License-Identifier: MIT
// Echo (RFC 9175 §2): values that tell when they were given, and to whom, without remembering either.

import { halfSipHash, type Key } from "./half-sip-hash.ts";
import type { Endpoint } from "./handler.ts";

/** How many bytes of a value tell when it was given, in units of 256 ms: it comes round after 49 days. */
const TIME = 3;

/** How many bytes a value has. */
export const ECHO_SIZE = 8;

/** For how long a value shows that an endpoint is where it says, in milliseconds. */
export const REACHABLE = 300_000;

/** Makes values and knows them again; each instance has a key of its own. */
export class Echo {
	/** Made when it is first needed. */
	private key: Key | undefined;
	private readonly random: () => number;
	private readonly encoder = new TextEncoder();
	private readonly tag = new Uint8Array(8);

	/** Numbers in [0, 1) that nobody can guess. */
	constructor(random: () => number) {
		this.random = random;
	}

	/** A value for an endpoint. */
	value(endpoint: Readonly<Endpoint>, now: number): Uint8Array {
		const value = new Uint8Array(ECHO_SIZE);
		const ticks = Math.floor(now / 256);
		for (let i = 0; i < TIME; i++) value[i] = ticks >>> (8 * (TIME - 1 - i));
		this.sign(value, endpoint);
		value.set(this.tag.subarray(0, ECHO_SIZE - TIME), TIME);
		return value;
	}

	/** How many milliseconds ago `value` was given to the endpoint, a quarter of a second more or less; Infinity when it was not. */
	age(value: Uint8Array, endpoint: Readonly<Endpoint>, now: number): number {
		if (value.length !== ECHO_SIZE) return Infinity;
		this.sign(value, endpoint);
		let difference = 0;
		for (let i = TIME; i < ECHO_SIZE; i++) difference |= value[i]! ^ this.tag[i - TIME]!;
		if (difference !== 0) return Infinity;
		const ticks = (value[0]! << 16) | (value[1]! << 8) | value[2]!;
		return ((Math.floor(now / 256) - ticks) & 0xffffff) * 256;
	}

	/** The tag of the time in a value, and the endpoint. */
	private sign(value: Uint8Array, { address, port }: Readonly<Endpoint>): void {
		const message = this.encoder.encode(`${value[0]},${value[1]},${value[2]} ${address} ${port}`);
		this.key ??= [(this.random() * 0x100000000) | 0, (this.random() * 0x100000000) | 0];
		halfSipHash(this.key, message, this.tag);
	}
}
