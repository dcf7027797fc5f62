// SPDX-License-Identifier: MIT
import { isIPv4 } from "node:net";
import type { ByteBuffer } from "../../src/drive/index.ts";

/** `address`, which must be an IPv4 literal: names are resolved before. Throws TypeError. */
export function checkAddress(address: string): string {
	if (!isIPv4(address)) throw new TypeError(`expected an IPv4 address, got ${address}`);
	return address;
}

/** `port`, which must be an integer from 0 to 65,535. Throws RangeError. */
export function checkPort(port: number): number {
	if (!Number.isInteger(port) || port < 0 || port > 65535)
		throw new RangeError(`expected a port from 0 to 65535, got ${port}`);
	return port;
}

/** `format`, which must be the only one that the class has. Throws RangeError. */
export function checkFormat<Format extends string>(only: Format, format: Format = only): Format {
	if (format !== only) throw new RangeError(`expected format ${only}, got ${format}`);
	return format;
}

/** The bytes of `buffer`, not copied. Throws TypeError when it is no buffer. */
export function bytesOf(buffer: ByteBuffer): Uint8Array {
	if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer);
	if (!ArrayBuffer.isView(buffer)) throw new TypeError(`expected a buffer, got ${typeof buffer}`);
	return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
