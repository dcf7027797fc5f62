// SPDX-License-Identifier: MIT
import { FormatError, type Reader, type Writer } from "../wire/index.ts";
import { parseEnd } from "./fields.ts";
import { beginPacket, endPacket } from "./fixed-header.ts";
import { AUTH, DISCONNECT } from "./packet-type.ts";
import { parseProperties, writeProperties } from "./properties.ts";
import type { Properties } from "./property.ts";
import { isReasonCode, SUCCESS } from "./reason-code.ts";
import { V5, type Version } from "./version.ts";

/** A DISCONNECT (§3.14), or an AUTH (5.0 §3.15), which is built alike. */
export interface Disconnect {
	/** SUCCESS in 3.1.1. */
	readonly reasonCode: number;
	readonly properties?: Properties | undefined;
}

/** Parses the DISCONNECT that `reader` covers. Throws FormatError. */
export function parseDisconnect(reader: Reader, version: Version): Disconnect {
	if (version === V5) return parseReason(reader, DISCONNECT);
	parseEnd(reader);
	return { reasonCode: SUCCESS };
}

/** Parses the AUTH that `reader` covers. Throws FormatError. */
export function parseAuth(reader: Reader): Disconnect {
	const at = reader.at;
	const packet = parseReason(reader, AUTH);
	// §3.15.2.1, §3.15.2.2: whatever is more than nothing has properties, and the method among them.
	if (reader.at === at + 1) throw new FormatError("truncated", reader.at);
	if (reader.at > at && packet.properties?.authenticationMethod === undefined) {
		throw new FormatError("property value", reader.at);
	}
	return packet;
}

// §3.14.2.1, §3.15.2.1: without Reason Code it is Success, and then there are no properties either.
function parseReason(reader: Reader, type: number): Disconnect {
	if (reader.at === reader.end) return { reasonCode: SUCCESS };
	const reasonCode = reader.uint8();
	if (!isReasonCode(reasonCode, type, V5)) throw new FormatError("reason code", reader.at - 1);
	const properties = reader.at < reader.end ? parseProperties(reader, type) : undefined;
	parseEnd(reader);
	return { reasonCode, properties };
}

/** Writes a DISCONNECT in its shortest form. Throws RangeError when there is no room. */
export function writeDisconnect(writer: Writer, packet: Disconnect, version: Version): void {
	const at = beginPacket(writer, DISCONNECT, 0);
	if (version === V5) writeReason(writer, packet);
	endPacket(writer, at);
}

/** Writes an AUTH in its shortest form. Throws RangeError when there is no room. */
export function writeAuth(writer: Writer, packet: Disconnect): void {
	const at = beginPacket(writer, AUTH, 0);
	writeReason(writer, packet);
	endPacket(writer, at);
}

function writeReason(writer: Writer, packet: Disconnect): void {
	if (packet.reasonCode === SUCCESS && packet.properties === undefined) return;
	writer.uint8(packet.reasonCode);
	if (packet.properties !== undefined) writeProperties(writer, packet.properties);
}
