// SPDX-License-Identifier: MIT

/** The bytes that a line of hex means; spaces are for the reader. */
export function hex(text: string): Uint8Array {
	const digits = text.replaceAll(/\s/g, "");
	if (digits.length % 2 || /[^0-9a-f]/i.test(digits)) throw new TypeError(`expected hex, got ${text}`);
	return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** Bytes as lower-case hex, without spaces. */
export function toHex(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
