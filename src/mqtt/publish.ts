// SPDX-License-Identifier: MIT
import { FormatError, type Payload, type Reader, Writer } from "../wire/index.ts";
import { PUBLISH } from "./packet-type.ts";
import { isSource, type PayloadSource } from "./payload-source.ts";
import { parseProperties, propertiesSizeAtMost, writeProperties } from "./properties.ts";
import type { Properties } from "./property.ts";
import { writeLengthAt } from "./variable-byte-integer.ts";
import { V5, type Version } from "./version.ts";

export const FIRST_BYTE = PUBLISH << 4;
const RETAIN = 1;
const DUP = 8;
/** Its identifier among the properties. */
export const TOPIC_ALIAS = 35;
const NOTHING = new Uint8Array(0);

/** A PUBLISH (§3.3). One record serves all that a connection receives. */
export class Publish {
	topicName = "";
	/** After parsing, a view of the reader's bytes: valid as long as they are. */
	payload: Uint8Array = NOTHING;
	qos = 0;
	retain = false;
	duplicate = false;
	/** 0 at QoS 0. */
	packetIdentifier = 0;
	properties: Properties | undefined = undefined;
	/** The topic name that was found in order last: one that is the same need not be looked at. */
	known: string | undefined = undefined;
}

/** A PUBLISH to be written; its payload may be text, or come piece by piece. */
export type PublishToSend = Readonly<
	Pick<Publish, "topicName" | "qos" | "retain" | "packetIdentifier"> &
		Partial<Pick<Publish, "duplicate" | "properties">> & { payload: Payload | PayloadSource }
>;

/** Parses the PUBLISH that `reader` covers, with the Fixed Header's `flags`. Throws FormatError. */
export function parsePublish(reader: Reader, flags: number, version: Version, into: Publish): void {
	const start = reader.at;
	const topicName = reader.string();
	into.topicName = topicName;
	if (topicName !== into.known) {
		checkTopicName(topicName, start);
		if (topicName.includes("\ufffd")) checkText(reader, start);
		else into.known = topicName;
	}
	const bytes = reader.bytes;
	const end = reader.end;
	let at = reader.at;
	if (flags > RETAIN) {
		const qos = (flags >> 1) & 3;
		if (qos === 3) throw new FormatError("QoS 3", at); // [MQTT-3.3.1-4]
		if (qos === 0) throw new FormatError("DUP at QoS 0", at); // [MQTT-3.3.1-2]
		into.qos = qos;
		const packetIdentifier = (bytes[at]! << 8) | bytes[at + 1]!;
		reader.at = at += 2;
		if (at > end) throw new FormatError("truncated", at - 2);
		if (packetIdentifier === 0) throw new FormatError("packet identifier 0", at - 2); // [MQTT-2.2.1-3]
		into.packetIdentifier = packetIdentifier;
	} else into.qos = into.packetIdentifier = 0;
	if (version !== V5) into.properties = undefined;
	else if (bytes[at] === 0 && at < end) {
		at++;
		into.properties = undefined;
	} else {
		into.properties = parseProperties(reader, PUBLISH);
		at = reader.at;
	}
	// [MQTT-4.7.3-1], unless an alias stands for it (5.0 §3.3.2.1).
	if (topicName === "" && into.properties?.topicAlias === undefined) throw new FormatError("empty topic name", at);
	into.retain = (flags & RETAIN) !== 0;
	into.duplicate = flags >= DUP;
	into.payload = bytes.subarray(at, end);
	reader.at = end;
}

/** Throws FormatError unless the string at `start`, up to where `reader` is, is UTF-8. */
function checkText(reader: Reader, start: number): void {
	const end = reader.at;
	reader.at = start + 2;
	reader.text(end - reader.at);
}

function checkTopicName(topicName: string, at: number): void {
	if (topicName.includes("\0")) throw new FormatError("U+0000", at); // [MQTT-1.5.4-2]
	if (topicName.includes("+") || topicName.includes("#")) throw new FormatError("wildcard in a topic name", at); // [MQTT-3.3.2-2]
}

/**
 * Writes a PUBLISH; its topic name, and text, were checked by the caller. In 5.0 a positive `alias` is told with the topic name, a
 * negative one stands in its place, 0 is none. A payload that is read piece by piece is to follow. Throws RangeError when there is no room.
 */
export function writePublish(writer: Writer, packet: PublishToSend, version: Version, alias: number): void {
	const { qos, topicName, payload, packetIdentifier, properties } = packet;
	const start = writer.claim(4);
	let length = topicName.length;
	let following = 0;
	// Text is written in one call, with room for what is between. Nearly always it is ASCII, and a character is a byte.
	let text = "";
	if (alias === 0 && typeof payload === "string" && properties === undefined) {
		text = topicName + (version === V5 ? (qos === 0 ? "\0" : "\0\0\0") : qos === 0 ? "" : "\0\0") + payload;
	}
	if (text === "" || writer.encode(text) !== text.length) {
		writer.at = start + 4;
		length = alias < 0 ? 0 : writer.encode(topicName);
		if (qos !== 0) writer.claim(2);
		if (version === V5) writePublishProperties(writer, properties, alias < 0 ? -alias : alias);
		if (typeof payload === "string") writer.encode(payload);
		else if (payload instanceof Uint8Array) writer.copy(payload);
		else following = payload.length;
	}
	const bytes = writer.bytes;
	bytes[start] = firstByte(packet);
	bytes[start + 2] = length >> 8;
	bytes[start + 3] = length;
	if (qos !== 0) {
		const at = start + 4 + length;
		bytes[at] = packetIdentifier >> 8;
		bytes[at + 1] = packetIdentifier;
	}
	writeLengthAt(writer, start + 1, following);
}

/** The first byte of a PUBLISH. */
export function firstByte(packet: PublishToSend): number {
	return FIRST_BYTE | (packet.duplicate ? DUP : 0) | (packet.qos << 1) | (packet.retain ? RETAIN : 0);
}

/** Writes properties, a Topic Alias among them unless it is 0. */
function writePublishProperties(writer: Writer, properties: Properties | undefined, alias: number): void {
	if (alias === 0) writeProperties(writer, properties);
	else if (properties !== undefined) writeProperties(writer, { ...properties, topicAlias: alias });
	else {
		const at = writer.claim(4);
		const bytes = writer.bytes;
		bytes[at] = 3;
		bytes[at + 1] = TOPIC_ALIAS;
		bytes[at + 2] = alias >> 8;
		bytes[at + 3] = alias;
	}
}

/** The size of the PUBLISH of a message, and not more, without looking at its text: UTF-8 takes three bytes a character. */
export function publishSizeAtMost(
	topicName: string,
	payload: Payload | PayloadSource,
	properties: Properties | undefined,
): number {
	const size = 13 + 3 * topicName.length + (typeof payload === "string" ? 3 * payload.length : payload.length);
	return properties === undefined ? size : size + propertiesSizeAtMost(properties);
}

/** The size of the PUBLISH of a message, its longest alias included, in bytes; not more, when the payload is not there. */
export function publishSize(packet: PublishToSend, version: Version): number {
	const { topicName, payload, properties } = packet;
	if (isSource(payload)) return publishSizeAtMost(topicName, payload, properties);
	const writer = new Writer().over(new Uint8Array(publishSizeAtMost(topicName, payload, properties)));
	writePublish(writer, packet, version, version === V5 ? 1 : 0);
	return writer.at;
}
