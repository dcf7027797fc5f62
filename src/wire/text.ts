// SPDX-License-Identifier: MIT

/** Payloads an application hands over: text is sent as UTF-8, bytes as they are. */
export type Payload = string | Uint8Array;

/** The bytes of `payload`; a Uint8Array is returned as it is, not copied. Throws TypeError on a lone surrogate. */
export function payloadBytes(payload: Payload): Uint8Array {
	if (typeof payload !== "string") return payload;
	if (!payload.isWellFormed()) throw new TypeError("expected well-formed text, got a lone surrogate");
	return new TextEncoder().encode(payload);
}
