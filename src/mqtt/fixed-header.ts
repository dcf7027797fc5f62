// SPDX-License-Identifier: MIT
import { FormatError, type Reader, type Writer } from "../wire/index.ts";
import { AUTH, PUBLISH } from "./packet-type.ts";
import { writeLengthAt } from "./variable-byte-integer.ts";
import { V5, type Version } from "./version.ts";

/** The flags of each packet type but PUBLISH, which has flags of its own (table 2-2). No flags fit type 0; AUTH's depend on the version. */
const FLAGS: readonly number[] = [-1, 0, 0, 0, 0, 0, 2, 0, 2, 0, 2, 0, 0, 0, 0, -1];
/** The first byte of each packet type whose flags are always the same; -1 of others. */
export const FIRST_BYTES = FLAGS.map((flags, type) => (flags < 0 || type === PUBLISH ? -1 : (type << 4) | flags));

/** What the first two to five bytes of a packet say. Reused from packet to packet. */
export class FixedHeader {
	type = 0;
	flags = 0;
	/** The Remaining Length, in bytes. */
	length = 0;
}

/**
 * Parses a Fixed Header; false when it has not all come yet, and then the reader may stand anywhere in it. Throws FormatError on a
 * type or flags that are reserved, and on a Remaining Length of five bytes, or (5.0) longer than it need be.
 */
export function parseFixedHeader(reader: Reader, version: Version, into: FixedHeader): boolean {
	const bytes = reader.bytes;
	const end = reader.end;
	let at = reader.at;
	if (end - at < 2) return false;
	const first = bytes[at++]!;
	const type = first >> 4;
	const flags = first & 0xf;
	if (type !== PUBLISH) {
		if (type === 0 || (type === AUTH && version !== V5)) throw new FormatError("reserved packet type", at - 1);
		if (flags !== (type === AUTH ? 0 : FLAGS[type])) throw new FormatError("reserved flags", at - 1); // [MQTT-2.1.3-1]
	}

	let byte = bytes[at++]!;
	let length = byte & 0x7f;
	for (let shift = 7; byte & 0x80; shift += 7) {
		if (shift === 28) throw new FormatError("Variable Byte Integer of five bytes", reader.at + 1);
		if (at === end) return false;
		byte = bytes[at++]!;
		length |= (byte & 0x7f) << shift;
		if (byte === 0 && version === V5) throw new FormatError("Variable Byte Integer not minimal", reader.at + 1); // [MQTT-1.5.5-1]
	}
	reader.at = at;
	into.type = type;
	into.flags = flags;
	into.length = length;
	return true;
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
