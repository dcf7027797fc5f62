// SPDX-License-Identifier: MIT
import { AUTH, CONNACK, DISCONNECT, PUBACK, PUBCOMP, PUBREC, PUBREL, SUBACK, UNSUBACK } from "./packet-type.ts";
import { V5, type Version } from "./version.ts";

// 5.0 §2.4, those that the code names.
export const SUCCESS = 0x00;
export const CONTINUE_AUTHENTICATION = 0x18;
export const REAUTHENTICATE = 0x19;
export const UNSPECIFIED_ERROR = 0x80;
export const MALFORMED_PACKET = 0x81;
export const PROTOCOL_ERROR = 0x82;
export const IMPLEMENTATION_SPECIFIC_ERROR = 0x83;
export const UNSUPPORTED_PROTOCOL_VERSION = 0x84;
export const NOT_AUTHORIZED = 0x87;
export const SERVER_UNAVAILABLE = 0x88;
export const SERVER_BUSY = 0x89;
export const SESSION_TAKEN_OVER = 0x8e;
export const PACKET_IDENTIFIER_NOT_FOUND = 0x92;
export const RECEIVE_MAXIMUM_EXCEEDED = 0x93;
export const TOPIC_ALIAS_INVALID = 0x94;
export const PACKET_TOO_LARGE = 0x95;
export const USE_ANOTHER_SERVER = 0x9c;
export const SERVER_MOVED = 0x9d;
export const SHARED_SUBSCRIPTIONS_NOT_SUPPORTED = 0x9e;
export const WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED = 0xa2;

// 3.1.1 §3.2.2.3: the one that another version may not have, and the one that passes by itself.
export const UNACCEPTABLE_PROTOCOL_VERSION = 1;
export const SERVER_UNAVAILABLE_3_1_1 = 3;

const IN_CONNACK = 1 << CONNACK;
const IN_PUBACK = (1 << PUBACK) | (1 << PUBREC);
const IN_PUBREL = (1 << PUBREL) | (1 << PUBCOMP);
const IN_SUBACK = 1 << SUBACK;
const IN_UNSUBACK = 1 << UNSUBACK;
const IN_DISCONNECT = 1 << DISCONNECT;
const IN_AUTH = 1 << AUTH;

/** 5.0 §2.4: each Reason Code, its name, and the packets that may carry it. */
const REASON_CODES: readonly (readonly [code: number, name: string, packets: number])[] = [
	[0x00, "Success", IN_CONNACK | IN_PUBACK | IN_PUBREL | IN_SUBACK | IN_UNSUBACK | IN_DISCONNECT | IN_AUTH],
	[0x01, "Granted QoS 1", IN_SUBACK],
	[0x02, "Granted QoS 2", IN_SUBACK],
	[0x04, "Disconnect with Will Message", IN_DISCONNECT],
	[0x10, "No matching subscribers", IN_PUBACK],
	[0x11, "No subscription existed", IN_UNSUBACK],
	[0x18, "Continue authentication", IN_AUTH],
	[0x19, "Re-authenticate", IN_AUTH],
	[0x80, "Unspecified error", IN_CONNACK | IN_PUBACK | IN_SUBACK | IN_UNSUBACK | IN_DISCONNECT],
	[0x81, "Malformed Packet", IN_CONNACK | IN_DISCONNECT],
	[0x82, "Protocol Error", IN_CONNACK | IN_DISCONNECT],
	[0x83, "Implementation specific error", IN_CONNACK | IN_PUBACK | IN_SUBACK | IN_UNSUBACK | IN_DISCONNECT],
	[0x84, "Unsupported Protocol Version", IN_CONNACK],
	[0x85, "Client Identifier not valid", IN_CONNACK],
	[0x86, "Bad User Name or Password", IN_CONNACK],
	[0x87, "Not authorized", IN_CONNACK | IN_PUBACK | IN_SUBACK | IN_UNSUBACK | IN_DISCONNECT],
	[0x88, "Server unavailable", IN_CONNACK],
	[0x89, "Server busy", IN_CONNACK | IN_DISCONNECT],
	[0x8a, "Banned", IN_CONNACK],
	[0x8b, "Server shutting down", IN_DISCONNECT],
	[0x8c, "Bad authentication method", IN_CONNACK | IN_DISCONNECT],
	[0x8d, "Keep Alive timeout", IN_DISCONNECT],
	[0x8e, "Session taken over", IN_DISCONNECT],
	[0x8f, "Topic Filter invalid", IN_SUBACK | IN_UNSUBACK | IN_DISCONNECT],
	[0x90, "Topic Name invalid", IN_CONNACK | IN_PUBACK | IN_DISCONNECT],
	[0x91, "Packet Identifier in use", IN_PUBACK | IN_SUBACK | IN_UNSUBACK],
	[0x92, "Packet Identifier not found", IN_PUBREL],
	[0x93, "Receive Maximum exceeded", IN_DISCONNECT],
	[0x94, "Topic Alias invalid", IN_DISCONNECT],
	[0x95, "Packet too large", IN_CONNACK | IN_DISCONNECT],
	[0x96, "Message rate too high", IN_DISCONNECT],
	[0x97, "Quota exceeded", IN_CONNACK | IN_PUBACK | IN_SUBACK | IN_DISCONNECT],
	[0x98, "Administrative action", IN_DISCONNECT],
	[0x99, "Payload format invalid", IN_CONNACK | IN_PUBACK | IN_DISCONNECT],
	[0x9a, "Retain not supported", IN_CONNACK | IN_DISCONNECT],
	[0x9b, "QoS not supported", IN_CONNACK | IN_DISCONNECT],
	[0x9c, "Use another server", IN_CONNACK | IN_DISCONNECT],
	[0x9d, "Server moved", IN_CONNACK | IN_DISCONNECT],
	[0x9e, "Shared Subscriptions not supported", IN_SUBACK | IN_DISCONNECT],
	[0x9f, "Connection rate exceeded", IN_CONNACK | IN_DISCONNECT],
	[0xa0, "Maximum connect time", IN_DISCONNECT],
	[0xa1, "Subscription Identifiers not supported", IN_SUBACK | IN_DISCONNECT],
	[0xa2, "Wildcard Subscriptions not supported", IN_SUBACK | IN_DISCONNECT],
];

/** 3.1.1 §3.2.2.3: CONNACK's return codes, by number. */
const RETURN_CODES = [
	"Connection Accepted",
	"Connection Refused, unacceptable protocol version",
	"Connection Refused, identifier rejected",
	"Connection Refused, Server unavailable",
	"Connection Refused, bad user name or password",
	"Connection Refused, not authorized",
];

/** Whether a packet of `type` may carry `code`: a Reason Code (5.0), or a return code of CONNACK or SUBACK (3.1.1). */
export function isReasonCode(code: number, type: number, version: Version): boolean {
	if (version !== V5) return type === SUBACK ? code <= 2 || code === 0x80 : code < RETURN_CODES.length;
	for (let i = 0; i < REASON_CODES.length; i++) {
		const row = REASON_CODES[i]!;
		if (row[0] === code) return (row[2] & (1 << type)) !== 0;
	}
	return false;
}

/** The specification's name of a code that a packet of `type` carries. */
export function reasonCodeName(code: number, type: number, version: Version): string {
	if (version !== V5) return type === SUBACK ? (code === 0x80 ? "Failure" : `QoS ${code}`) : RETURN_CODES[code]!;
	for (let i = 0; i < REASON_CODES.length; i++) {
		const row = REASON_CODES[i]!;
		if (row[0] === code) return row[1];
	}
	return "unknown";
}

/** What a FormatError's `code` is to the specification (§4.13), where it is no Malformed Packet. */
const PROTOCOL_ERRORS = [
	"packet identifier 0",
	"empty topic name",
	"duplicate property",
	"property value",
	"no topic filter",
	"No Local on a shared subscription",
	"session present on refusal",
	"unexpected packet",
	"unknown topic alias",
	"reason code count",
	"QoS over the one asked for",
];

/** The Reason Code that answers a FormatError of this `code`: 0x81, 0x82, 0x84, 0x93, 0x94 or 0x95. */
export function reasonCodeOf(code: string): number {
	if (code === "packet too large") return PACKET_TOO_LARGE;
	if (code === "receive maximum") return RECEIVE_MAXIMUM_EXCEEDED;
	if (code === "topic alias") return TOPIC_ALIAS_INVALID;
	if (code === "protocol version") return UNSUPPORTED_PROTOCOL_VERSION;
	return PROTOCOL_ERRORS.includes(code) ? PROTOCOL_ERROR : MALFORMED_PACKET;
}
