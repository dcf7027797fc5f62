// SPDX-License-Identifier: MIT
import * as zlib from "node:zlib";

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
	let rest = byte;
	for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
	return rest;
});

/** CRC-32 (ISO 3309, as in zip and gzip) of what `before` is the CRC-32 of, followed by `bytes`. */
export function tableCrc32(bytes: Uint8Array, before = 0): number {
	let rest = ~before;
	for (let at = 0; at < bytes.length; at++) rest = table[(rest ^ bytes[at]!) & 0xff]! ^ (rest >>> 8);
	return ~rest >>> 0;
}

/** The same, by Node where it has it (20.15, 22.2). */
export const crc32: typeof tableCrc32 = "crc32" in zlib ? (zlib.crc32 as typeof tableCrc32) : tableCrc32;
