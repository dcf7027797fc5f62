// SPDX-License-Identifier: MIT
import * as Type from "../../src/mqtt/packet-type.ts";
import { V3_1_1, V5 } from "../../src/mqtt/version.ts";
import { hex } from "../support/hex.ts";
import type { Packet } from "../support/mqtt-codec.ts";

const text = (content: string) => new TextEncoder().encode(content);

/** [name, hex, packet]; a fourth element says that it is a longer form than the one written. */
export type Row = [name: string, hex: string, packet: Packet, longer?: "longer"];

export const message = { topicName: "a/b", qos: 0, retain: false, duplicate: false, packetIdentifier: 0 };

export const ROWS_3_1_1: Row[] = [
	[
		"CONNECT",
		"10 10 0004 4d515454 04 02 003c 0004 74657374",
		{ type: Type.CONNECT, version: V3_1_1, clientId: "test", cleanStart: true, keepAlive: 60 },
	],
	[
		"CONNECT with everything",
		"10 22 0004 4d515454 04 ee 001e 0004 74657374 0003 612f62 0003 627965 0002 6d65 0002 7077",
		{
			type: Type.CONNECT,
			version: V3_1_1,
			clientId: "test",
			cleanStart: true,
			keepAlive: 30,
			will: { topicName: "a/b", payload: text("bye"), qos: 1, retain: true },
			username: "me",
			password: text("pw"),
		},
	],
	[
		"CONNECT without Client Identifier [3.1.1 MQTT-3.1.3-6]",
		"10 0c 0004 4d515454 04 02 0000 0000",
		{ type: Type.CONNECT, version: V3_1_1, clientId: "", cleanStart: true, keepAlive: 0 },
	],
	["CONNACK", "20 02 00 00", { type: Type.CONNACK, sessionPresent: false, reasonCode: 0 }],
	["CONNACK, session present", "20 02 01 00", { type: Type.CONNACK, sessionPresent: true, reasonCode: 0 }],
	["CONNACK, not authorized", "20 02 00 05", { type: Type.CONNACK, sessionPresent: false, reasonCode: 5 }],
	["PUBLISH", "30 0a 0003 612f62 68656c6c6f", { type: Type.PUBLISH, ...message, payload: text("hello") }],
	[
		"PUBLISH, retained, without payload",
		"31 05 0003 612f62",
		{ type: Type.PUBLISH, ...message, retain: true, payload: text("") },
	],
	[
		"PUBLISH at QoS 1 (3.1.1 figure 3.11)",
		"32 07 0003 612f62 000a",
		{ type: Type.PUBLISH, ...message, qos: 1, packetIdentifier: 10, payload: text("") },
	],
	[
		"PUBLISH at QoS 2, duplicate, identifier 65535",
		"3c 08 0003 612f62 ffff 78",
		{ type: Type.PUBLISH, ...message, qos: 2, duplicate: true, packetIdentifier: 0xffff, payload: text("x") },
	],
	[
		"PUBLISH whose BOM is kept [3.1.1 MQTT-1.5.3-3]",
		"30 06 0004 efbbbf61",
		{ type: Type.PUBLISH, ...message, topicName: "\ufeffa", payload: text("") },
	],
	[
		"PUBLISH with U+2A6D4 (3.1.1 figure 1.1)",
		"30 07 0005 41f0aa9b94",
		{ type: Type.PUBLISH, ...message, topicName: "A\u{2a6d4}", payload: text("") },
	],
	[
		"PUBLISH of 133 bytes",
		`30 8501 0003 612f62 ${"78".repeat(128)}`,
		{ type: Type.PUBLISH, ...message, payload: text("x".repeat(128)) },
	],
	["PUBACK", "40 02 000a", { type: Type.PUBACK, packetIdentifier: 10 }],
	["PUBREC", "50 02 000a", { type: Type.PUBREC, packetIdentifier: 10 }],
	["PUBREL", "62 02 000a", { type: Type.PUBREL, packetIdentifier: 10 }],
	["PUBCOMP", "70 02 000a", { type: Type.PUBCOMP, packetIdentifier: 10 }],
	[
		"SUBSCRIBE (3.1.1 figure 3.23)",
		"82 0e 000a 0003 612f62 01 0003 632f64 02",
		{ type: Type.SUBSCRIBE, packetIdentifier: 10, subscriptions: [subscription("a/b", 1), subscription("c/d", 2)] },
	],
	[
		"SUBACK (3.1.1 figure 3.26)",
		"90 05 000a 00 02 80",
		{ type: Type.SUBACK, packetIdentifier: 10, reasonCodes: [0, 2, 0x80] },
	],
	[
		"UNSUBSCRIBE (3.1.1 figure 3.30)",
		"a2 0c 000a 0003 612f62 0003 632f64",
		{ type: Type.UNSUBSCRIBE, packetIdentifier: 10, topicFilters: ["a/b", "c/d"] },
	],
	["UNSUBACK", "b0 02 000a", { type: Type.UNSUBACK, packetIdentifier: 10, reasonCodes: [] }],
	["PINGREQ", "c0 00", { type: Type.PINGREQ }],
	["PINGRESP", "d0 00", { type: Type.PINGRESP }],
	["DISCONNECT", "e0 00", { type: Type.DISCONNECT, reasonCode: 0 }],
	[
		"PUBLISH with a Remaining Length of two bytes where one would do",
		"30 8500 0003 612f62",
		{ type: Type.PUBLISH, ...message, payload: text("") },
		"longer",
	],
];

export const ROWS_5: Row[] = [
	[
		"CONNECT",
		"10 11 0004 4d515454 05 02 003c 00 0004 74657374",
		{ type: Type.CONNECT, version: V5, clientId: "test", cleanStart: true, keepAlive: 60 },
	],
	[
		"CONNECT with every property, and a Will with every one",
		`10 5c 0004 4d515454 05 f4 000a
			24 11 0000000a 15 0001 6d 16 0002 0102 17 00 19 01 21 000a 22 0005 26 0001 61 0001 62 27 00000800
			0000
			1f 01 01 02 0000003c 03 0001 74 08 0001 72 09 0001 ff 18 00000005 26 0001 6b 0001 76
			0001 61 0000 0001 75 0001 70`,
		{
			type: Type.CONNECT,
			version: V5,
			clientId: "",
			cleanStart: false,
			keepAlive: 10,
			properties: {
				sessionExpiryInterval: 10,
				authenticationMethod: "m",
				authenticationData: hex("0102"),
				requestProblemInformation: 0,
				requestResponseInformation: 1,
				receiveMaximum: 10,
				topicAliasMaximum: 5,
				userProperty: [["a", "b"]],
				maximumPacketSize: 2048,
			},
			will: {
				topicName: "a",
				payload: text(""),
				qos: 2,
				retain: true,
				properties: {
					payloadFormatIndicator: 1,
					messageExpiryInterval: 60,
					contentType: "t",
					responseTopic: "r",
					correlationData: hex("ff"),
					willDelayInterval: 5,
					userProperty: [["k", "v"]],
				},
			},
			username: "u",
			password: text("p"),
		},
	],
	[
		"CONNECT with a password alone",
		"10 10 0004 4d515454 05 42 0000 00 0000 0001 70",
		{ type: Type.CONNECT, version: V5, clientId: "", cleanStart: true, keepAlive: 0, password: text("p") },
	],
	["CONNACK", "20 03 00 00 00", { type: Type.CONNACK, sessionPresent: false, reasonCode: 0 }],
	[
		"CONNACK with every property",
		`20 40 01 00
			3d 11 0000000a 12 0002 6964 13 001e 15 0001 6d 16 0001 01 1a 0001 72 1c 0001 73 1f 0001 77 21 0014 22 000a
			24 01 25 00 26 0001 61 0001 62 27 00010000 28 00 29 01 2a 00`,
		{
			type: Type.CONNACK,
			sessionPresent: true,
			reasonCode: 0,
			properties: {
				sessionExpiryInterval: 10,
				assignedClientIdentifier: "id",
				serverKeepAlive: 30,
				authenticationMethod: "m",
				authenticationData: hex("01"),
				responseInformation: "r",
				serverReference: "s",
				reasonString: "w",
				receiveMaximum: 20,
				topicAliasMaximum: 10,
				maximumQoS: 1,
				retainAvailable: 0,
				userProperty: [["a", "b"]],
				maximumPacketSize: 0x10000,
				wildcardSubscriptionAvailable: 0,
				subscriptionIdentifierAvailable: 1,
				sharedSubscriptionAvailable: 0,
			},
		},
	],
	["PUBLISH", "30 0b 0003 612f62 00 68656c6c6f", { type: Type.PUBLISH, ...message, payload: text("hello") }],
	[
		"PUBLISH whose BOM is kept [MQTT-1.5.4-3]",
		"30 07 0004 efbbbf61 00",
		{ type: Type.PUBLISH, ...message, topicName: "\ufeffa", payload: text("") },
	],
	[
		"PUBLISH whose topic is an alias",
		"30 08 0000 03 23 0001 6869",
		{ type: Type.PUBLISH, ...message, topicName: "", properties: { topicAlias: 1 }, payload: text("hi") },
	],
	[
		"PUBLISH with every property",
		`32 32 0001 61 0007
			2a 01 00 02 0000000a 03 0001 74 08 0001 72 09 0002 0102 0b 01 0b ff7f 23 0005 26 0001 61 0001 62 26 0001 61 0001 63
			6869`,
		{
			type: Type.PUBLISH,
			...message,
			topicName: "a",
			qos: 1,
			packetIdentifier: 7,
			properties: {
				payloadFormatIndicator: 0,
				messageExpiryInterval: 10,
				contentType: "t",
				responseTopic: "r",
				correlationData: hex("0102"),
				subscriptionIdentifier: [1, 16383],
				topicAlias: 5,
				userProperty: [
					["a", "b"],
					["a", "c"],
				],
			},
			payload: text("hi"),
		},
	],
	[
		"PUBLISH with 130 bytes of properties",
		`30 8701 0001 61 8201 03 007f ${"74".repeat(127)}`,
		{ type: Type.PUBLISH, ...message, topicName: "a", properties: { contentType: "t".repeat(127) }, payload: text("") },
	],
	["PUBACK", "40 02 0007", { type: Type.PUBACK, packetIdentifier: 7, reasonCode: 0 }],
	["PUBACK, no matching subscribers", "40 03 0007 10", { type: Type.PUBACK, packetIdentifier: 7, reasonCode: 0x10 }],
	[
		"PUBACK with a Reason String",
		"40 09 0007 87 05 1f 0002 6e6f",
		{ type: Type.PUBACK, packetIdentifier: 7, reasonCode: 0x87, properties: { reasonString: "no" } },
	],
	["PUBACK that says Success", "40 03 0007 00", { type: Type.PUBACK, packetIdentifier: 7, reasonCode: 0 }, "longer"],
	["PUBACK with a Property Length", "40 04 0007 00 00", { type: Type.PUBACK, packetIdentifier: 7 }, "longer"],
	["PUBREC", "50 03 0007 91", { type: Type.PUBREC, packetIdentifier: 7, reasonCode: 0x91 }],
	["PUBREL", "62 03 0007 92", { type: Type.PUBREL, packetIdentifier: 7, reasonCode: 0x92 }],
	["PUBCOMP", "70 03 0007 92", { type: Type.PUBCOMP, packetIdentifier: 7, reasonCode: 0x92 }],
	[
		"SUBSCRIBE with options",
		"82 0b 000a 02 0b05 0003 612f2b 2d",
		{
			type: Type.SUBSCRIBE,
			packetIdentifier: 10,
			properties: { subscriptionIdentifier: [5] },
			subscriptions: [{ topicFilter: "a/+", qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 }],
		},
	],
	[
		"SUBSCRIBE, shared",
		"82 10 000a 00 000a 24 73 68 61 72 65 2f 67 2f 23 01",
		{ type: Type.SUBSCRIBE, packetIdentifier: 10, subscriptions: [subscription("$share/g/#", 1)] },
	],
	["SUBACK", "90 06 000a 00 00 01 a2", { type: Type.SUBACK, packetIdentifier: 10, reasonCodes: [0, 1, 0xa2] }],
	["UNSUBSCRIBE", "a2 08 000a 00 0003 612f62", { type: Type.UNSUBSCRIBE, packetIdentifier: 10, topicFilters: ["a/b"] }],
	["UNSUBACK", "b0 05 000a 00 00 11", { type: Type.UNSUBACK, packetIdentifier: 10, reasonCodes: [0, 0x11] }],
	["DISCONNECT", "e0 00", { type: Type.DISCONNECT, reasonCode: 0 }],
	["DISCONNECT with Will Message", "e0 01 04", { type: Type.DISCONNECT, reasonCode: 4 }],
	[
		"DISCONNECT with properties",
		"e0 0b 8e 09 11 00000000 1c 0001 73",
		{ type: Type.DISCONNECT, reasonCode: 0x8e, properties: { sessionExpiryInterval: 0, serverReference: "s" } },
	],
	["AUTH", "f0 00", { type: Type.AUTH, reasonCode: 0 }],
	[
		"AUTH, continue",
		"f0 0a 18 08 15 0001 6d 16 0001 01",
		{
			type: Type.AUTH,
			reasonCode: 0x18,
			properties: { authenticationMethod: "m", authenticationData: hex("01") },
		},
	],
];

function subscription(topicFilter: string, qos: number) {
	return { topicFilter, qos, noLocal: false, retainAsPublished: false, retainHandling: 0 };
}
