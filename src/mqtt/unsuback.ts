// SPDX-License-Identifier: MIT
import type { Reader, Writer } from "../wire/index.ts";
import { parseEnd, parsePacketIdentifier } from "./fields.ts";
import { beginPacket, endPacket } from "./fixed-header.ts";
import { UNSUBACK } from "./packet-type.ts";
import { parseProperties, writeProperties } from "./properties.ts";
import type { Properties } from "./property.ts";
import { parseReasonCodes } from "./suback.ts";
import { V5, type Version } from "./version.ts";

/** An UNSUBACK (§3.11). */
export interface UnsubAck {
	readonly packetIdentifier: number;
	/** Empty in 3.1.1. */
	readonly reasonCodes: readonly number[];
	readonly properties?: Properties | undefined;
}

/** Parses the UNSUBACK that `reader` covers. Throws FormatError. */
export function parseUnsubAck(reader: Reader, version: Version): UnsubAck {
	const packetIdentifier = parsePacketIdentifier(reader);
	if (version === V5) {
		const properties = parseProperties(reader, UNSUBACK);
		return { packetIdentifier, reasonCodes: parseReasonCodes(reader, UNSUBACK, version), properties };
	}
	parseEnd(reader);
	return { packetIdentifier, reasonCodes: [] };
}

/** Writes an UNSUBACK. Throws RangeError when there is no room. */
export function writeUnsubAck(writer: Writer, packet: UnsubAck, version: Version): void {
	const at = beginPacket(writer, UNSUBACK, 0);
	writer.uint16(packet.packetIdentifier);
	if (version === V5) {
		writeProperties(writer, packet.properties);
		for (let i = 0; i < packet.reasonCodes.length; i++) writer.uint8(packet.reasonCodes[i]!);
	}
	endPacket(writer, at);
}
