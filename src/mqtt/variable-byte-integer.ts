// SPDX-License-Identifier: MIT
import { FormatError, type Reader, type Writer } from "../wire/index.ts";

/** The largest value that four bytes of seven bits hold. */
export const VARIABLE_BYTE_INTEGER_MAXIMUM = 0xfffffff;

/** Parses a Variable Byte Integer inside a packet, which must be minimal [MQTT-1.5.5-1]. Throws FormatError. */
export function parseVariableByteInteger(reader: Reader): number {
	const at = reader.at;
	let value = 0;
	for (let shift = 0; shift < 28; shift += 7) {
		const byte = reader.uint8();
		value |= (byte & 0x7f) << shift;
		if (byte & 0x80) continue;
		if (byte === 0 && shift > 0) throw new FormatError("Variable Byte Integer not minimal", at);
		return value;
	}
	throw new FormatError("Variable Byte Integer of five bytes", at);
}

/** Writes `value`, 0 to 268,435,455, in as few bytes as it needs [MQTT-1.5.5-1]. Throws RangeError. */
export function writeVariableByteInteger(writer: Writer, value: number): void {
	if (!(value >= 0 && value <= VARIABLE_BYTE_INTEGER_MAXIMUM)) {
		throw new RangeError(`expected at most ${VARIABLE_BYTE_INTEGER_MAXIMUM}, got ${value}`);
	}
	for (; value > 0x7f; value >>= 7) writer.uint8((value & 0x7f) | 0x80);
	writer.uint8(value);
}

/** How many bytes `value` takes. */
export function variableByteIntegerSize(value: number): number {
	return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : 4;
}

/**
 * Fills in the length of what was written after the byte reserved at `at`. So no packet computes its length beforehand: what is
 * longer than 127 bytes moves up, once, in one native call. `following` bytes are still to come.
 */
export function writeLengthAt(writer: Writer, at: number, following = 0): void {
	const end = writer.at;
	const length = end - at - 1 + following;
	if (length > 0x7f) {
		const more = variableByteIntegerSize(length) - 1;
		writer.claim(more);
		writer.bytes.copyWithin(at + 1 + more, at + 1, end);
		writer.at = at;
		writeVariableByteInteger(writer, length);
		writer.at = end + more;
	} else writer.bytes[at] = length;
}
