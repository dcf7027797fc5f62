// SPDX-License-Identifier: MIT
// HalfSipHash-2-4 with a tag of 64 bits (Aumasson, Bernstein: https://github.com/veorq/SipHash): SipHash for machines of 32 bits.

/** A key of 64 bits, as two numbers of 32. */
export type Key = readonly [number, number];

/** Writes the tag of `message`, 8 bytes, to `into`: nobody without the key can tell it. */
export function halfSipHash(key: Key, message: Uint8Array, into: Uint8Array): void {
	const [k0, k1] = key;
	const state = Int32Array.of(k0, k1 ^ 0xee, 0x6c796765 ^ k0, 0x74656462 ^ k1);
	const whole = message.length & ~3;
	for (let at = 0; at < whole; at += 4) absorb(state, word(message, at, at + 4));
	absorb(state, word(message, whole, message.length) | (message.length << 24));
	state[2]! ^= 0xee;
	rounds(state, 4);
	write(state[1]! ^ state[3]!, into, 0);
	state[1]! ^= 0xdd;
	rounds(state, 4);
	write(state[1]! ^ state[3]!, into, 4);
}

function absorb(state: Int32Array, word: number): void {
	state[3]! ^= word;
	rounds(state, 2);
	state[0]! ^= word;
}

function rounds(state: Int32Array, count: number): void {
	let [v0, v1, v2, v3] = state as unknown as [number, number, number, number];
	for (let i = 0; i < count; i++) {
		v0 = (v0 + v1) | 0;
		v1 = rotate(v1, 5) ^ v0;
		v0 = rotate(v0, 16);
		v2 = (v2 + v3) | 0;
		v3 = rotate(v3, 8) ^ v2;
		v0 = (v0 + v3) | 0;
		v3 = rotate(v3, 7) ^ v0;
		v2 = (v2 + v1) | 0;
		v1 = rotate(v1, 13) ^ v2;
		v2 = rotate(v2, 16);
	}
	state[0] = v0;
	state[1] = v1;
	state[2] = v2;
	state[3] = v3;
}

function rotate(value: number, bits: number): number {
	return (value << bits) | (value >>> (32 - bits));
}

/** At most four bytes, the first one lowest. */
function word(bytes: Uint8Array, start: number, end: number): number {
	let value = 0;
	for (let at = end - 1; at >= start; at--) value = (value << 8) | bytes[at]!;
	return value;
}

function write(value: number, into: Uint8Array, at: number): void {
	for (let i = 0; i < 4; i++) into[at + i] = value >>> (8 * i);
}
