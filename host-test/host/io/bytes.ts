// SPDX-License-Identifier: MIT

/** `text` as UTF-8. */
export function bytes(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

/** What was read, as text; undefined when that was nothing. */
export function text(buffer: ArrayBuffer | undefined): string | undefined {
	return buffer && new TextDecoder().decode(buffer);
}
