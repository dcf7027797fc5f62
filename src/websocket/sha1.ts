// SPDX-License-Identifier: MIT

/** The SHA-1 digest of `message`, 20 bytes (FIPS 180-4 §6.1). No secret may rest on it; the WebSocket handshake does not. */
export function sha1(message: Uint8Array): Uint8Array {
	const { length } = message;
	const padded = new Uint8Array(64 * (((length + 8) >> 6) + 1));
	padded.set(message);
	padded[length] = 0x80;
	const view = new DataView(padded.buffer);
	view.setUint32(padded.length - 8, Math.floor(length / 0x20000000));
	view.setUint32(padded.length - 4, length << 3);
	const hash = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
	const schedule = new Int32Array(80);
	for (let at = 0; at < padded.length; at += 64) {
		for (let t = 0; t < 16; t++) schedule[t] = view.getInt32(at + 4 * t);
		for (let t = 16; t < 80; t++)
			schedule[t] = rotate(schedule[t - 3]! ^ schedule[t - 8]! ^ schedule[t - 14]! ^ schedule[t - 16]!, 1);
		compress(hash, schedule);
	}
	const digest = new DataView(new ArrayBuffer(20));
	for (let word = 0; word < 5; word++) digest.setInt32(4 * word, hash[word]!);
	return new Uint8Array(digest.buffer);
}

function compress(hash: Int32Array, schedule: Int32Array): void {
	let a = hash[0]!;
	let b = hash[1]!;
	let c = hash[2]!;
	let d = hash[3]!;
	let e = hash[4]!;
	for (let t = 0; t < 80; t++) {
		const next = (rotate(a, 5) + mix(t, b, c, d) + e + schedule[t]!) | 0;
		e = d;
		d = c;
		c = rotate(b, 30);
		b = a;
		a = next;
	}
	hash[0]! += a;
	hash[1]! += b;
	hash[2]! += c;
	hash[3]! += d;
	hash[4]! += e;
}

/** The function and the constant of round `t`, §4.1.1 and §4.2.1. */
function mix(t: number, b: number, c: number, d: number): number {
	if (t < 20) return ((b & c) | (~b & d)) + 0x5a827999;
	if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1;
	if (t < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
	return (b ^ c ^ d) + 0xca62c1d6;
}

function rotate(word: number, by: number): number {
	return (word << by) | (word >>> (32 - by));
}
