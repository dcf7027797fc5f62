// SPDX-License-Identifier: MIT
import { FormatError, type Reader, type Writer } from "../wire/index.ts";

/** Parses a UTF-8 Encoded String (§1.5.4). Throws FormatError when it is cut, ill-formed or has U+0000. */
export function parseString(reader: Reader): string {
	const at = reader.at;
	const text = reader.text(reader.uint16());
	if (text.includes("\0")) throw new FormatError("U+0000", at); // [MQTT-1.5.4-2]
	return text;
}

/** Writes a UTF-8 Encoded String. Throws TypeError on a lone surrogate [MQTT-1.5.4-1], RangeError beyond 65,535 bytes. */
export function writeString(writer: Writer, text: string): void {
	const at = writer.claim(2);
	const length = writer.text(text);
	if (length > 0xffff) throw new RangeError(`expected text of at most 65535 bytes, got ${length}`);
	const bytes = writer.bytes;
	bytes[at] = length >> 8;
	bytes[at + 1] = length;
}

/** Parses Binary Data (§1.5.6) into a copy, which the caller may keep. Throws FormatError when it is cut. */
export function parseBinary(reader: Reader): Uint8Array {
	return reader.copy(reader.uint16());
}

/** Writes Binary Data. Throws RangeError beyond 65,535 bytes. */
export function writeBinary(writer: Writer, bytes: Uint8Array): void {
	if (bytes.length > 0xffff) throw new RangeError(`expected at most 65535 bytes, got ${bytes.length}`);
	writer.uint16(bytes.length);
	writer.copy(bytes);
}

/** Parses a Packet Identifier, which is never 0 [MQTT-2.2.1-3]. Throws FormatError. */
export function parsePacketIdentifier(reader: Reader): number {
	const packetIdentifier = reader.uint16();
	if (packetIdentifier === 0) throw new FormatError("packet identifier 0", reader.at - 2);
	return packetIdentifier;
}

/** Refuses what is left after a packet's last field. Throws FormatError. */
export function parseEnd(reader: Reader): void {
	if (reader.at < reader.end) throw new FormatError("trailing bytes", reader.at);
}
