// SPDX-License-Identifier: MIT
import { FormatError, type Reader, type Writer } from "../wire/index.ts";
import { parsePacketIdentifier, parseString, writeString } from "./fields.ts";
import { beginPacket, endPacket } from "./fixed-header.ts";
import { SUBSCRIBE } from "./packet-type.ts";
import { parseProperties, writeProperties } from "./properties.ts";
import type { Properties } from "./property.ts";
import { isShared, isSharedOrTopicFilter, isTopicFilter } from "./topic.ts";
import { V5, type Version } from "./version.ts";

const NO_LOCAL = 0x04;
const RETAIN_AS_PUBLISHED = 0x08;

/** One topic filter of a SUBSCRIBE; the last three are 5.0's Subscription Options, false and 0 in 3.1.1. */
export interface Subscription {
	readonly topicFilter: string;
	readonly qos: number;
	readonly noLocal: boolean;
	readonly retainAsPublished: boolean;
	/** 0: retained messages are sent; 1: for a new subscription; 2: never. */
	readonly retainHandling: number;
}

/** A SUBSCRIBE (§3.8). */
export interface Subscribe {
	readonly packetIdentifier: number;
	readonly subscriptions: readonly Subscription[];
	readonly properties?: Properties | undefined;
}

/** Parses the SUBSCRIBE that `reader` covers. Throws FormatError. */
export function parseSubscribe(reader: Reader, version: Version): Subscribe {
	const packetIdentifier = parsePacketIdentifier(reader);
	const properties = version === V5 ? parseProperties(reader, SUBSCRIBE) : undefined;
	if (reader.at === reader.end) throw new FormatError("no topic filter", reader.at); // [MQTT-3.8.3-2]
	const subscriptions: Subscription[] = [];
	while (reader.at < reader.end) subscriptions.push(parseSubscription(reader, version));
	return { packetIdentifier, subscriptions, properties };
}

function parseSubscription(reader: Reader, version: Version): Subscription {
	const topicFilter = parseTopicFilter(reader, version);
	const at = reader.at;
	const options = reader.uint8();
	const qos = options & 3;
	if (qos === 3) throw new FormatError("QoS 3", at);
	if (options > (version === V5 ? 0x3f : 2)) throw new FormatError("reserved flags", at); // [MQTT-3.8.3-5], (3) [MQTT-3-8.3-4]
	const retainHandling = options >> 4;
	if (retainHandling === 3) throw new FormatError("Retain Handling 3", at);
	const noLocal = (options & NO_LOCAL) !== 0;
	if (noLocal && isShared(topicFilter)) throw new FormatError("No Local on a shared subscription", at); // [MQTT-3.8.3-4]
	return { topicFilter, qos, noLocal, retainAsPublished: (options & RETAIN_AS_PUBLISHED) !== 0, retainHandling };
}

/** Parses a topic filter; in 5.0 it may be shared. Throws FormatError. */
export function parseTopicFilter(reader: Reader, version: Version): string {
	const at = reader.at;
	const topicFilter = parseString(reader);
	const wellFormed = version === V5 ? isSharedOrTopicFilter(topicFilter) : isTopicFilter(topicFilter);
	if (!wellFormed) throw new FormatError("topic filter", at);
	return topicFilter;
}

/** Writes a SUBSCRIBE; the caller checked its topic filters. Throws RangeError when there is no room. */
export function writeSubscribe(writer: Writer, packet: Subscribe, version: Version): void {
	const at = beginPacket(writer, SUBSCRIBE, 2);
	writer.uint16(packet.packetIdentifier);
	if (version === V5) writeProperties(writer, packet.properties);
	for (let i = 0; i < packet.subscriptions.length; i++) {
		const subscription = packet.subscriptions[i]!;
		writeString(writer, subscription.topicFilter);
		writer.uint8(
			subscription.qos |
				(subscription.noLocal ? NO_LOCAL : 0) |
				(subscription.retainAsPublished ? RETAIN_AS_PUBLISHED : 0) |
				(subscription.retainHandling << 4),
		);
	}
	endPacket(writer, at);
}
