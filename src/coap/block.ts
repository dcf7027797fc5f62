// SPDX-License-Identifier: MIT
// The value of Block1 and Block2 (RFC 7959 §2.2): NUM, the more flag, and SZX, for blocks of 2^(SZX + 4) bytes.
import { PAYLOAD_SIZE } from "./message.ts";

/** The block size exponent of the largest block, 1,024 bytes. */
export const LARGEST = 6;

/** Whether the block size exponent is the reserved one, which makes a Bad Request (§2.2). */
export function reserved(value: number): boolean {
	return szx(value) === 7;
}

/** Which block, counted from 0. */
export function num(value: number): number {
	return value >>> 4;
}

/** The block size exponent. */
export function szx(value: number): number {
	return value & 7;
}

/** The option value for a block of a body of `length` bytes; undefined when the body ends before it. */
export function slice(asked: number, length: number): number | undefined {
	const size = 16 << szx(asked);
	const start = num(asked) * size;
	if (start > 0 && start >= length) return undefined;
	return (num(asked) << 4) | (start + size < length ? 8 : 0) | szx(asked);
}

/** Whether a body of `length` bytes takes more than one message. */
export function needed(length: number): boolean {
	return length > PAYLOAD_SIZE;
}
