// SPDX-License-Identifier: MIT
import { Acknowledgement, parseAcknowledgement, writeAcknowledgement } from "../../src/mqtt/acknowledgement.ts";
import { type ConnAck, parseConnAck, writeConnAck } from "../../src/mqtt/connack.ts";
import { type Connect, parseConnect, writeConnect } from "../../src/mqtt/connect.ts";
import { type Disconnect, parseAuth, parseDisconnect, writeAuth, writeDisconnect } from "../../src/mqtt/disconnect.ts";
import { parseEnd } from "../../src/mqtt/fields.ts";
import { FixedHeader, parseFixedHeader } from "../../src/mqtt/fixed-header.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { writePingReq, writePingResp } from "../../src/mqtt/ping.ts";
import { Publish, parsePublish, writePublish } from "../../src/mqtt/publish.ts";
import { parseSubAck, type SubAck, writeSubAck } from "../../src/mqtt/suback.ts";
import { parseSubscribe, type Subscribe, writeSubscribe } from "../../src/mqtt/subscribe.ts";
import { parseUnsubAck, type UnsubAck, writeUnsubAck } from "../../src/mqtt/unsuback.ts";
import { parseUnsubscribe, type Unsubscribe, writeUnsubscribe } from "../../src/mqtt/unsubscribe.ts";
import type { Version } from "../../src/mqtt/version.ts";
import { FormatError, Reader, Writer } from "../../src/wire/index.ts";

/** Any packet, with its type; which fields it has, its type says. */
export type Packet = { type: number } & Partial<
	Omit<Connect, "properties"> &
		Publish &
		ConnAck &
		Acknowledgement &
		Subscribe &
		SubAck &
		Unsubscribe &
		UnsubAck &
		Disconnect
>;

/** Parses the one packet that `bytes` are. Throws FormatError, "not enough yet" when they are only its beginning. */
export function parsePacket(bytes: Uint8Array, version: Version): Packet {
	const header = new FixedHeader();
	const reader = new Reader().over(bytes);
	if (!parseFixedHeader(reader, version, header)) throw new FormatError("not enough yet", 0);
	const end = reader.at + header.length;
	if (end > bytes.length) throw new FormatError("not enough yet", bytes.length);
	if (end < bytes.length) throw new FormatError("more than one packet", end);
	return parseBody(reader.over(bytes, reader.at, end), header.type, header.flags, version);
}

/** Parses what follows a Fixed Header. */
export function parseBody(reader: Reader, type: number, flags: number, version: Version): Packet {
	switch (type) {
		case Type.CONNECT:
			return { type, ...parseConnect(reader) };
		case Type.CONNACK:
			return { type, ...parseConnAck(reader, version) };
		case Type.PUBLISH: {
			const packet = new Publish();
			parsePublish(reader, flags, version, packet);
			return { type, ...packet, payload: packet.payload.slice() };
		}
		case Type.SUBSCRIBE:
			return { type, ...parseSubscribe(reader, version) };
		case Type.SUBACK:
			return { type, ...parseSubAck(reader, version) };
		case Type.UNSUBSCRIBE:
			return { type, ...parseUnsubscribe(reader, version) };
		case Type.UNSUBACK:
			return { type, ...parseUnsubAck(reader, version) };
		case Type.PINGREQ:
		case Type.PINGRESP:
			parseEnd(reader);
			return { type };
		case Type.DISCONNECT:
			return { type, ...parseDisconnect(reader, version) };
		case Type.AUTH:
			return { type, ...parseAuth(reader) };
		default: {
			const packet = new Acknowledgement();
			parseAcknowledgement(reader, type, version, packet);
			return { ...packet };
		}
	}
}

/** The bytes of `packet`. */
export function writePacket(packet: Packet, version: Version, room = 1024): Uint8Array {
	const writer = new Writer().over(new Uint8Array(room));
	(WRITERS[packet.type] ?? writeAnyAcknowledgement)(writer, packet as never, version);
	return writer.bytes.slice(0, writer.at);
}

const WRITERS: Record<number, (writer: Writer, packet: never, version: Version) => void> = {
	[Type.CONNECT]: writeConnect,
	[Type.CONNACK]: writeConnAck,
	[Type.PUBLISH]: (writer, packet: Publish, version) =>
		writePublish(writer, { ...new Publish(), ...packet }, version, 0),
	[Type.SUBSCRIBE]: writeSubscribe,
	[Type.SUBACK]: writeSubAck,
	[Type.UNSUBSCRIBE]: writeUnsubscribe,
	[Type.UNSUBACK]: writeUnsubAck,
	[Type.PINGREQ]: writePingReq,
	[Type.PINGRESP]: writePingResp,
	[Type.DISCONNECT]: writeDisconnect,
	[Type.AUTH]: writeAuth,
};

function writeAnyAcknowledgement(writer: Writer, packet: Acknowledgement, version: Version): void {
	writeAcknowledgement(writer, { ...new Acknowledgement(), ...packet }, version);
}

const NAMES = [
	"",
	"CONNECT",
	"CONNACK",
	"PUBLISH",
	"PUBACK",
	"PUBREC",
	"PUBREL",
	"PUBCOMP",
	"SUBSCRIBE",
	"SUBACK",
	"UNSUBSCRIBE",
	"UNSUBACK",
	"PINGREQ",
	"PINGRESP",
	"DISCONNECT",
	"AUTH",
];

/** A packet as a line: its name, then its identifier, then what a test wants to see of it. */
export function packetText(packet: Packet): string {
	const words = [NAMES[packet.type]!];
	if (packet.packetIdentifier) words.push(String(packet.packetIdentifier));
	if (packet.type === Type.CONNECT) words.push(packet.clientId!, packet.cleanStart ? "clean" : "kept");
	if (packet.type === Type.PUBLISH) {
		words.push(`${packet.topicName}=${new TextDecoder().decode(packet.payload)}`);
		if (packet.duplicate) words.push("DUP");
		if (packet.retain) words.push("retained");
	}
	for (const { topicFilter, qos } of packet.subscriptions ?? []) words.push(`${topicFilter} at ${qos}`);
	words.push(...(packet.topicFilters ?? []));
	if (packet.reasonCode) words.push(`0x${packet.reasonCode.toString(16)}`);
	return words.join(" ");
}
