// SPDX-License-Identifier: MIT
import { FormatError, type Reader, type Writer } from "../wire/index.ts";
import { parseBinary, parseEnd, parseString, writeBinary, writeString } from "./fields.ts";
import { beginPacket, endPacket } from "./fixed-header.ts";
import { CONNECT, WILL } from "./packet-type.ts";
import { parseProperties, writeProperties } from "./properties.ts";
import type { Properties } from "./property.ts";
import { isTopicName } from "./topic.ts";
import { V3_1_1, V5, type Version } from "./version.ts";

const CLEAN_START = 0x02;
const WILL_FLAG = 0x04;
const WILL_RETAIN = 0x20;
const PASSWORD = 0x40;
const USER_NAME = 0x80;

/** The message that the Server publishes when the connection ends without DISCONNECT. */
export interface Will {
	readonly topicName: string;
	readonly payload: Uint8Array;
	readonly qos: number;
	readonly retain: boolean;
	readonly properties?: Properties | undefined;
}

/** A CONNECT (§3.1), which says itself in which version it is written. */
export interface Connect {
	readonly version: Version;
	readonly clientId: string;
	/** Clean Session in 3.1.1. */
	readonly cleanStart: boolean;
	/** Seconds; 0 turns it off. */
	readonly keepAlive: number;
	readonly username?: string | undefined;
	readonly password?: Uint8Array | undefined;
	readonly will?: Will | undefined;
	readonly properties?: Properties | undefined;
}

/** Parses the CONNECT that `reader` covers. Throws FormatError. */
export function parseConnect(reader: Reader): Connect {
	const start = reader.at;
	if (parseString(reader) !== "MQTT") throw new FormatError("protocol name", start); // [MQTT-3.1.2-1]
	const version = reader.uint8();
	if (version !== V3_1_1 && version !== V5) throw new FormatError("protocol version", reader.at - 1); // [MQTT-3.1.2-2]
	const flags = reader.uint8();
	checkFlags(flags, version, reader.at - 1);
	const keepAlive = reader.uint16();
	const properties = version === V5 ? parseProperties(reader, CONNECT) : undefined;

	const clientId = parseString(reader);
	const cleanStart = (flags & CLEAN_START) !== 0;
	if (version === V3_1_1 && clientId === "" && !cleanStart) throw new FormatError("empty Client Identifier", reader.at); // (3) [MQTT-3.1.3-7]
	const will = flags & WILL_FLAG ? parseWill(reader, flags, version) : undefined;
	const username = flags & USER_NAME ? parseString(reader) : undefined;
	const password = flags & PASSWORD ? parseBinary(reader) : undefined;
	parseEnd(reader);
	return { version, clientId, cleanStart, keepAlive, username, password, will, properties };
}

function checkFlags(flags: number, version: Version, at: number): void {
	if (flags & 1) throw new FormatError("reserved flags", at); // [MQTT-3.1.2-3]
	const qos = (flags >> 3) & 3;
	if (qos === 3) throw new FormatError("QoS 3", at); // [MQTT-3.1.2-12]
	// [MQTT-3.1.2-11] [MQTT-3.1.2-13]
	if (!(flags & WILL_FLAG) && (qos !== 0 || flags & WILL_RETAIN))
		throw new FormatError("Will flags without a Will", at);
	// (3) [MQTT-3.1.2-22]
	if (version === V3_1_1 && flags & PASSWORD && !(flags & USER_NAME))
		throw new FormatError("password without user name", at);
}

function parseWill(reader: Reader, flags: number, version: Version): Will {
	const properties = version === V5 ? parseProperties(reader, WILL) : undefined;
	const at = reader.at;
	const topicName = parseString(reader);
	if (!isTopicName(topicName)) throw new FormatError("wildcard in a topic name", at);
	const payload = parseBinary(reader);
	return { topicName, payload, qos: (flags >> 3) & 3, retain: (flags & WILL_RETAIN) !== 0, properties };
}

/** Writes a CONNECT; the caller checked its strings. Throws RangeError when there is no room, TypeError on a lone surrogate. */
export function writeConnect(writer: Writer, packet: Connect): void {
	const { version, will, username, password } = packet;
	const at = beginPacket(writer, CONNECT, 0);
	writeString(writer, "MQTT");
	writer.uint8(version);
	writer.uint8(
		(packet.cleanStart ? CLEAN_START : 0) |
			(will ? WILL_FLAG | (will.qos << 3) | (will.retain ? WILL_RETAIN : 0) : 0) |
			(password === undefined ? 0 : PASSWORD) |
			(username === undefined ? 0 : USER_NAME),
	);
	writer.uint16(packet.keepAlive);
	if (version === V5) writeProperties(writer, packet.properties);
	writeString(writer, packet.clientId);
	if (will !== undefined) {
		if (version === V5) writeProperties(writer, will.properties);
		writeString(writer, will.topicName);
		writeBinary(writer, will.payload);
	}
	if (username !== undefined) writeString(writer, username);
	if (password !== undefined) writeBinary(writer, password);
	endPacket(writer, at);
}
