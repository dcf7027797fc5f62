// SPDX-License-Identifier: MIT
import { FormatError, type Reader, type Writer } from "../wire/index.ts";
import { parseEnd } from "./fields.ts";
import { beginPacket, endPacket } from "./fixed-header.ts";
import { CONNACK } from "./packet-type.ts";
import { parseProperties, writeProperties } from "./properties.ts";
import type { Properties } from "./property.ts";
import { isReasonCode, SUCCESS } from "./reason-code.ts";
import { V5, type Version } from "./version.ts";

/** A CONNACK (§3.2). */
export interface ConnAck {
	readonly sessionPresent: boolean;
	/** The return code in 3.1.1. */
	readonly reasonCode: number;
	readonly properties?: Properties | undefined;
}

/** Parses the CONNACK that `reader` covers. Throws FormatError. */
export function parseConnAck(reader: Reader, version: Version): ConnAck {
	const at = reader.at;
	const flags = reader.uint8();
	if (flags > 1) throw new FormatError("reserved flags", at); // [MQTT-3.2.2-1]
	const reasonCode = reader.uint8();
	if (!isReasonCode(reasonCode, CONNACK, version)) throw new FormatError("reason code", at + 1);
	if (flags === 1 && reasonCode !== SUCCESS) throw new FormatError("session present on refusal", at); // [MQTT-3.2.2-6]
	const properties = version === V5 ? parseProperties(reader, CONNACK) : undefined;
	parseEnd(reader);
	return { sessionPresent: flags === 1, reasonCode, properties };
}

/** Writes a CONNACK. Throws RangeError when there is no room. */
export function writeConnAck(writer: Writer, packet: ConnAck, version: Version): void {
	const at = beginPacket(writer, CONNACK, 0);
	writer.uint8(packet.sessionPresent ? 1 : 0);
	writer.uint8(packet.reasonCode);
	if (version === V5) writeProperties(writer, packet.properties);
	endPacket(writer, at);
}
