// SPDX-License-Identifier: MIT

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** `bytes` as base64 with padding, RFC 4648 §4. */
export function base64(bytes: Uint8Array): string {
	let text = "";
	for (let at = 0; at < bytes.length; at += 3) {
		const left = bytes.length - at;
		const bits = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
		text += ALPHABET[bits >> 18]! + ALPHABET[(bits >> 12) & 63]!;
		text += left > 1 ? ALPHABET[(bits >> 6) & 63]! : "=";
		text += left > 2 ? ALPHABET[bits & 63]! : "=";
	}
	return text;
}
