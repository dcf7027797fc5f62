// SPDX-License-Identifier: MIT
import { FormatError, type Reader, type Writer } from "../wire/index.ts";
import { parsePacketIdentifier, writeString } from "./fields.ts";
import { beginPacket, endPacket } from "./fixed-header.ts";
import { UNSUBSCRIBE } from "./packet-type.ts";
import { parseProperties, writeProperties } from "./properties.ts";
import type { Properties } from "./property.ts";
import { parseTopicFilter } from "./subscribe.ts";
import { V5, type Version } from "./version.ts";

/** An UNSUBSCRIBE (§3.10). */
export interface Unsubscribe {
	readonly packetIdentifier: number;
	readonly topicFilters: readonly string[];
	readonly properties?: Properties | undefined;
}

/** Parses the UNSUBSCRIBE that `reader` covers. Throws FormatError. */
export function parseUnsubscribe(reader: Reader, version: Version): Unsubscribe {
	const packetIdentifier = parsePacketIdentifier(reader);
	const properties = version === V5 ? parseProperties(reader, UNSUBSCRIBE) : undefined;
	if (reader.at === reader.end) throw new FormatError("no topic filter", reader.at); // [MQTT-3.10.3-2]
	const topicFilters: string[] = [];
	while (reader.at < reader.end) topicFilters.push(parseTopicFilter(reader, version));
	return { packetIdentifier, topicFilters, properties };
}

/** Writes an UNSUBSCRIBE; the caller checked its topic filters. Throws RangeError when there is no room. */
export function writeUnsubscribe(writer: Writer, packet: Unsubscribe, version: Version): void {
	const at = beginPacket(writer, UNSUBSCRIBE, 2);
	writer.uint16(packet.packetIdentifier);
	if (version === V5) writeProperties(writer, packet.properties);
	for (let i = 0; i < packet.topicFilters.length; i++) writeString(writer, packet.topicFilters[i]!);
	endPacket(writer, at);
}
