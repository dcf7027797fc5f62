// SPDX-License-Identifier: MIT
// The value of Block1 and Block2 (RFC 7959 §2.2): NUM, the more flag, and SZX, for blocks of 2^(SZX + 4) bytes.
import { PAYLOAD_SIZE } from "./message.ts";

/** The block size exponent of the largest block, 1,024 bytes. */
export const LARGEST = 6;

/** The block size exponent that is reserved over UDP, and means BERT over TCP: as many blocks of 1,024 bytes as fit (RFC 8323 §6). */
export const BERT = 7;

/** The largest block number, of 20 bits. */
export const LAST_NUM = 0xfffff;

const MORE = 8;

/** Whether the block size exponent is the reserved one, which makes a Bad Request (§2.2). */
export function reserved(value: number): boolean {
	return szx(value) === BERT;
}

/** Which block, counted from 0. */
export function num(value: number): number {
	return value >>> 4;
}

/** Whether blocks follow this one. */
export function more(value: number): boolean {
	return (value & MORE) !== 0;
}

/** The block size exponent. */
export function szx(value: number): number {
	return value & 7;
}

/** How many bytes a block has. */
export function size(value: number): number {
	return sizeOf(szx(value));
}

/** At which byte of the body the block starts. */
export function offset(value: number): number {
	return num(value) * size(value);
}

/** The option value for the block at byte `offset`, a multiple of the size that `szx` stands for. */
export function encode(offset: number, more: boolean, szx: number): number {
	return ((offset / sizeOf(szx)) << 4) | (more ? MORE : 0) | szx;
}

/** The same place in smaller blocks when those that `value` asks for are larger than `most` stands for; else `value` as it is (§2.3). */
export function atMost(value: number, most: number): number {
	return szx(value) <= most ? value : encode(offset(value), more(value), most);
}

/** The largest block size exponent for blocks of at most `bytes`, which are 16 or more. */
export function szxOf(bytes: number): number {
	let szx = LARGEST;
	while (szx > 0 && sizeOf(szx) > bytes) szx--;
	return szx;
}

/** The option value for a block of a body of `length` bytes; undefined when the body ends before it. */
export function slice(asked: number, length: number): number | undefined {
	const start = offset(asked);
	if (start > 0 && start >= length) return undefined;
	return encode(start, start + size(asked) < length, szx(asked));
}

/** The bytes of `body` that `value` stands for, as a view. */
export function part(body: Uint8Array, value: number): Uint8Array {
	const start = offset(value);
	return body.subarray(start, start + size(value));
}

/** Whether a body of `length` bytes takes more than one message. */
export function needed(length: number): boolean {
	return length > PAYLOAD_SIZE;
}

function sizeOf(szx: number): number {
	return szx === BERT ? 1024 : 16 << szx;
}
