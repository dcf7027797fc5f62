// SPDX-License-Identifier: MIT
import { FormatError, type Reader, type Writer } from "../wire/index.ts";
import { parsePacketIdentifier } from "./fields.ts";
import { beginPacket, endPacket } from "./fixed-header.ts";
import { SUBACK } from "./packet-type.ts";
import { parseProperties, writeProperties } from "./properties.ts";
import type { Properties } from "./property.ts";
import { isReasonCode } from "./reason-code.ts";
import { V5, type Version } from "./version.ts";

/** A SUBACK (§3.9): one code for each topic filter, in their order. */
export interface SubAck {
	readonly packetIdentifier: number;
	/** The QoS granted, or 0x80 and above for a failure. */
	readonly reasonCodes: readonly number[];
	readonly properties?: Properties | undefined;
}

/** Parses the SUBACK that `reader` covers. Throws FormatError. */
export function parseSubAck(reader: Reader, version: Version): SubAck {
	const packetIdentifier = parsePacketIdentifier(reader);
	const properties = version === V5 ? parseProperties(reader, SUBACK) : undefined;
	return { packetIdentifier, reasonCodes: parseReasonCodes(reader, SUBACK, version), properties };
}

/** Parses the codes, at least one, that a SUBACK or UNSUBACK ends with. Throws FormatError. */
export function parseReasonCodes(reader: Reader, type: number, version: Version): number[] {
	const reasonCodes: number[] = [];
	do {
		const reasonCode = reader.uint8();
		if (!isReasonCode(reasonCode, type, version)) throw new FormatError("reason code", reader.at - 1);
		reasonCodes.push(reasonCode);
	} while (reader.at < reader.end);
	return reasonCodes;
}

/** Writes a SUBACK. Throws RangeError when there is no room. */
export function writeSubAck(writer: Writer, packet: SubAck, version: Version): void {
	const at = beginPacket(writer, SUBACK, 0);
	writer.uint16(packet.packetIdentifier);
	if (version === V5) writeProperties(writer, packet.properties);
	for (let i = 0; i < packet.reasonCodes.length; i++) writer.uint8(packet.reasonCodes[i]!);
	endPacket(writer, at);
}
