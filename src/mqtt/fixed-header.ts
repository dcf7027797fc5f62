// SPDX-License-Identifier: MIT
import { FormatError, type Writer } from "../wire/index.ts";
import { AUTH, PUBLISH, PUBREL, SUBSCRIBE, UNSUBSCRIBE } from "./packet-type.ts";
import { writeLengthAt } from "./variable-byte-integer.ts";
import { V5, type Version } from "./version.ts";

/** What the first two to five bytes of a packet say. Reused from packet to packet. */
export class FixedHeader {
	type = 0;
	flags = 0;
	/** The Remaining Length, in bytes. */
	length = 0;
	/** How many bytes the Fixed Header itself takes. */
	size = 0;
}

/**
 * Looks at `bytes[at…end)` for a Fixed Header; false when there is not enough of it yet. Throws FormatError on a type or flags
 * that are reserved, and on a Remaining Length of five bytes, or (5.0) longer than it need be.
 */
export function parseFixedHeader(
	bytes: Uint8Array,
	at: number,
	end: number,
	version: Version,
	into: FixedHeader,
): boolean {
	if (end - at < 2) return false;
	const first = bytes[at]!;
	const type = first >> 4;
	const flags = first & 0xf;
	if (type !== PUBLISH) checkReserved(type, flags, version, at);

	let byte = bytes[at + 1]!;
	let length = byte & 0x7f;
	let size = 2;
	for (let shift = 7; byte & 0x80; shift += 7) {
		if (shift === 28) throw new FormatError("Variable Byte Integer of five bytes", at + 1);
		if (at + size === end) return false;
		byte = bytes[at + size]!;
		length |= (byte & 0x7f) << shift;
		size++;
		if (byte === 0 && version === V5) throw new FormatError("Variable Byte Integer not minimal", at + 1); // [MQTT-1.5.5-1]
	}
	into.type = type;
	into.flags = flags;
	into.length = length;
	into.size = size;
	return true;
}

function checkReserved(type: number, flags: number, version: Version, at: number): void {
	if (type === 0 || (type === AUTH && version !== V5)) throw new FormatError("reserved packet type", at);
	const wanted = type === PUBREL || type === SUBSCRIBE || type === UNSUBSCRIBE ? 2 : 0;
	if (flags !== wanted) throw new FormatError("reserved flags", at); // [MQTT-2.1.3-1]
}

/** Begins a packet; returns where, for `endPacket`. Throws RangeError when there is no room. */
export function beginPacket(writer: Writer, type: number, flags: number): number {
	const at = writer.claim(2);
	writer.bytes[at] = (type << 4) | flags;
	return at;
}

/** Ends the packet that began at `at`: its Remaining Length is filled in. Throws RangeError when there is no room. */
export function endPacket(writer: Writer, at: number): void {
	writeLengthAt(writer, at + 1);
}
