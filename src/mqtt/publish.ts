// SPDX-License-Identifier: MIT
import { FormatError, type Payload, payloadBytes, type Reader, type Writer } from "../wire/index.ts";
import { parsePacketIdentifier } from "./fields.ts";
import { endPacket } from "./fixed-header.ts";
import { PUBLISH } from "./packet-type.ts";
import { parseProperties, writeProperties } from "./properties.ts";
import type { Properties } from "./property.ts";
import { variableByteIntegerSize } from "./variable-byte-integer.ts";
import { V5, type Version } from "./version.ts";

const RETAIN = 1;
const DUP = 8;

/** A PUBLISH (§3.3). One record serves all that a connection receives. */
export class Publish {
	topicName = "";
	/** After parsing, a view of the reader's bytes: valid as long as they are. */
	payload: Uint8Array = new Uint8Array(0);
	qos = 0;
	retain = false;
	duplicate = false;
	/** 0 at QoS 0. */
	packetIdentifier = 0;
	properties: Properties | undefined = undefined;
}

/** A PUBLISH to be written; its payload may be text. */
export type PublishToSend = Readonly<Omit<Publish, "payload"> & { payload: Payload }>;

/** Parses the PUBLISH that `reader` covers, with the Fixed Header's `flags`. Throws FormatError. */
export function parsePublish(reader: Reader, flags: number, version: Version, into: Publish): void {
	const at = reader.at;
	const qos = (flags >> 1) & 3;
	if (qos === 3) throw new FormatError("QoS 3", at); // [MQTT-3.3.1-4]
	if (qos === 0 && flags & DUP) throw new FormatError("DUP at QoS 0", at); // [MQTT-3.3.1-2]

	const topicName = reader.text(reader.uint16());
	if (topicName !== into.topicName) checkTopicName(topicName, at); // that of the last message was in order
	into.packetIdentifier = qos === 0 ? 0 : parsePacketIdentifier(reader);
	into.properties = version === V5 ? parseProperties(reader, PUBLISH) : undefined;
	// [MQTT-4.7.3-1], unless an alias stands for it (5.0 §3.3.2.1).
	if (topicName === "" && into.properties?.topicAlias === undefined) throw new FormatError("empty topic name", at);

	into.topicName = topicName;
	into.qos = qos;
	into.retain = (flags & RETAIN) !== 0;
	into.duplicate = (flags & DUP) !== 0;
	into.payload = reader.bytes.subarray(reader.at, reader.end);
	reader.at = reader.end;
}

function checkTopicName(topicName: string, at: number): void {
	if (topicName.includes("\0")) throw new FormatError("U+0000", at); // [MQTT-1.5.4-2]
	if (topicName.includes("+") || topicName.includes("#")) throw new FormatError("wildcard in a topic name", at); // [MQTT-3.3.2-2]
}

/** Writes a PUBLISH; its topic name and how long that is were checked by the caller. Throws RangeError when there is no room, TypeError on a lone surrogate. */
export function writePublish(writer: Writer, packet: PublishToSend, version: Version): void {
	const payload = packet.payload;
	const qos = packet.qos;
	const at = writer.claim(4);
	const bytes = writer.bytes;
	bytes[at] = (PUBLISH << 4) | (packet.duplicate ? DUP : 0) | (qos << 1) | (packet.retain ? RETAIN : 0);
	const length = writer.text(packet.topicName);
	bytes[at + 2] = length >> 8;
	bytes[at + 3] = length;
	if (qos !== 0) writer.uint16(packet.packetIdentifier);
	if (version === V5) writeProperties(writer, packet.properties);
	if (typeof payload === "string") writer.text(payload);
	else writer.copy(payload);
	endPacket(writer, at);
}

/** The size of the PUBLISH of a message, and not more, without looking at its text: UTF-8 takes three bytes a character. */
export function publishSizeAtMost(topicName: string, payload: Payload): number {
	return 9 + 3 * topicName.length + (typeof payload === "string" ? 3 * payload.length : payload.length);
}

/** The size of the PUBLISH of a QoS 1 message without properties, in bytes. */
export function publishSize(topicName: string, payload: Uint8Array): number {
	const length = 2 + payloadBytes(topicName).length + 2 + payload.length;
	return 1 + variableByteIntegerSize(length) + length;
}
