// SPDX-License-Identifier: MIT
// Concise problem details (RFC 9290), in CBOR: of its entries, the detail and the response code.

const DETAIL = 0x21; // -2
const RESPONSE_CODE = 0x23; // -4

/** What went wrong, as CBOR. */
export function problemDetails(code: number, detail: string | undefined): Uint8Array {
	const text = new TextEncoder().encode(detail ?? "");
	if (text.length === 0) return Uint8Array.of(0xa1, RESPONSE_CODE, 0x18, code);
	const { length } = text;
	const head = length < 24 ? [0x60 + length] : length < 256 ? [0x78, length] : [0x79, length >> 8, length & 0xff];
	return Uint8Array.of(0xa2, DETAIL, ...head, ...text, RESPONSE_CODE, 0x18, code);
}
