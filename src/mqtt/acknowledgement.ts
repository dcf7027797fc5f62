// SPDX-License-Identifier: MIT
import { FormatError, type Reader, type Writer } from "../wire/index.ts";
import { parseEnd, parsePacketIdentifier } from "./fields.ts";
import { endPacket } from "./fixed-header.ts";
import { PUBACK, PUBREL } from "./packet-type.ts";
import { parseProperties, writeProperties } from "./properties.ts";
import type { Properties } from "./property.ts";
import { isReasonCode, SUCCESS } from "./reason-code.ts";
import { V5, type Version } from "./version.ts";

/** A PUBACK, PUBREC, PUBREL or PUBCOMP (§3.4 to §3.7), which differ in nothing but `type`. */
export class Acknowledgement {
	type = PUBACK;
	packetIdentifier = 0;
	/** SUCCESS in 3.1.1. */
	reasonCode = SUCCESS;
	properties: Properties | undefined = undefined;
}

/** Parses the acknowledgement of `type` that `reader` covers. Throws FormatError. */
export function parseAcknowledgement(reader: Reader, type: number, version: Version, into: Acknowledgement): void {
	into.type = type;
	into.packetIdentifier = parsePacketIdentifier(reader);
	into.properties = undefined;
	into.reasonCode = parseReasonCode(reader, type, version, into);
}

/** Parses what follows the Packet Identifier, and returns the Reason Code; the properties, if there are any, go `into` a record. Throws FormatError. */
export function parseReasonCode(reader: Reader, type: number, version: Version, into?: Acknowledgement): number {
	let reasonCode = SUCCESS;
	// §3.4.2.1: without Reason Code it is Success, and then there are no properties either.
	if (version === V5 && reader.at < reader.end) {
		reasonCode = reader.uint8();
		if (!isReasonCode(reasonCode, type, version)) throw new FormatError("reason code", reader.at - 1);
		const properties = reader.at < reader.end ? parseProperties(reader, type) : undefined;
		if (into !== undefined) into.properties = properties;
	}
	parseEnd(reader);
	return reasonCode;
}

/** Writes an acknowledgement in its shortest form. Throws RangeError when there is no room. */
export function writeAcknowledgement(writer: Writer, packet: Readonly<Acknowledgement>, version: Version): void {
	const at = writer.at;
	writeSuccess(writer, packet.type, packet.packetIdentifier);
	if (version === V5 && (packet.reasonCode !== SUCCESS || packet.properties !== undefined)) {
		writer.uint8(packet.reasonCode);
		if (packet.properties !== undefined) writeProperties(writer, packet.properties);
		endPacket(writer, at);
	}
}

/** Writes the acknowledgement of `type` that says no more than Success, which is the same in both versions. Throws RangeError when there is no room. */
export function writeSuccess(writer: Writer, type: number, packetIdentifier: number): void {
	const at = writer.claim(4);
	const bytes = writer.bytes;
	bytes[at] = (type << 4) | (type === PUBREL ? 2 : 0);
	bytes[at + 1] = 2;
	bytes[at + 2] = packetIdentifier >> 8;
	bytes[at + 3] = packetIdentifier;
}
