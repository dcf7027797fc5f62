// SPDX-License-Identifier: MIT
import type { ByteBuffer } from "../drive/index.ts";
import type { Text } from "./options.ts";

/** A view of `data`, which is not copied. Throws TypeError unless it is a Byte Buffer (ECMA-419 §4). */
export function bytesOf(data: ByteBuffer): Uint8Array {
	if (data instanceof ArrayBuffer) return new Uint8Array(data);
	if (ArrayBuffer.isView(data)) {
		const { BYTES_PER_ELEMENT: size = 1 } = data as Partial<Uint8Array>;
		if (size === 1) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
	}
	throw new TypeError(`expected a byte buffer, got ${data === null ? "null" : typeof data}`);
}

/** Throws TypeError on what is no text, and on bytes that are no UTF-8. */
export function textOf(text: Text): string {
	return typeof text === "string"
		? text
		: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytesOf(text));
}
