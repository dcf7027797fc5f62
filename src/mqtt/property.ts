// SPDX-License-Identifier: MIT
import {
	AUTH,
	CONNACK,
	CONNECT,
	DISCONNECT,
	PUBACK,
	PUBCOMP,
	PUBLISH,
	PUBREC,
	PUBREL,
	SUBACK,
	SUBSCRIBE,
	UNSUBACK,
	UNSUBSCRIBE,
	WILL,
} from "./packet-type.ts";

/** The properties of one packet (5.0 §2.2.2.2), each by its name in the specification. */
export interface Properties {
	payloadFormatIndicator?: number;
	/** Seconds. */
	messageExpiryInterval?: number;
	contentType?: string;
	responseTopic?: string;
	correlationData?: Uint8Array;
	/** SUBSCRIBE has one at most. */
	subscriptionIdentifier?: number[];
	/** Seconds; 0xffffffff is for ever. */
	sessionExpiryInterval?: number;
	assignedClientIdentifier?: string;
	/** Seconds. */
	serverKeepAlive?: number;
	authenticationMethod?: string;
	authenticationData?: Uint8Array;
	requestProblemInformation?: number;
	/** Seconds. */
	willDelayInterval?: number;
	requestResponseInformation?: number;
	responseInformation?: string;
	serverReference?: string;
	reasonString?: string;
	receiveMaximum?: number;
	topicAliasMaximum?: number;
	topicAlias?: number;
	maximumQoS?: number;
	retainAvailable?: number;
	userProperty?: [name: string, value: string][];
	maximumPacketSize?: number;
	wildcardSubscriptionAvailable?: number;
	subscriptionIdentifierAvailable?: number;
	sharedSubscriptionAvailable?: number;
}

// How a value is written, and which values are allowed.
/** One byte, 0 or 1: no property that is a byte allows another value. */
export const FLAG = 0;
export const UINT16 = 1;
export const UINT32 = 2;
/** Two or four bytes, and not 0. */
export const POSITIVE_UINT16 = 3;
export const POSITIVE_UINT32 = 4;
export const STRING = 5;
/** A string without wildcards [MQTT-3.3.2-14]. */
export const TOPIC_NAME = 6;
export const BINARY = 7;
/** A Variable Byte Integer that is not 0; a list of them. */
export const POSITIVE_INTEGERS = 8;
/** A name and a value; a list of them. */
export const PAIRS = 9;
/** Two bytes, and not 0; another mistake than other numbers that are [MQTT-3.3.2-8]. */
export const ALIAS = 10;

/** One row of the registry: `packets` and `repeatable` have bit N set for packet type N. */
export interface Property {
	readonly identifier: number;
	readonly name: keyof Properties;
	readonly type: number;
	readonly packets: number;
	readonly repeatable: number;
}

const IN_MESSAGE = (1 << PUBLISH) | (1 << WILL);
const IN_CONNECT = 1 << CONNECT;
const IN_CONNACK = 1 << CONNACK;
const IN_DISCONNECT = 1 << DISCONNECT;
const IN_AUTH = 1 << AUTH;
const IN_ACKNOWLEDGEMENT =
	(1 << PUBACK) | (1 << PUBREC) | (1 << PUBREL) | (1 << PUBCOMP) | (1 << SUBACK) | (1 << UNSUBACK);
const IN_ANSWER = IN_ACKNOWLEDGEMENT | IN_CONNACK | IN_DISCONNECT | IN_AUTH;
const IN_ALL = IN_ANSWER | IN_MESSAGE | IN_CONNECT | (1 << SUBSCRIBE) | (1 << UNSUBSCRIBE);

/** 5.0 §2.2.2.2, table 2-4. */
export const PROPERTIES: readonly Property[] = [
	row(1, "payloadFormatIndicator", FLAG, IN_MESSAGE),
	row(2, "messageExpiryInterval", UINT32, IN_MESSAGE),
	row(3, "contentType", STRING, IN_MESSAGE),
	row(8, "responseTopic", TOPIC_NAME, IN_MESSAGE),
	row(9, "correlationData", BINARY, IN_MESSAGE),
	row(11, "subscriptionIdentifier", POSITIVE_INTEGERS, (1 << PUBLISH) | (1 << SUBSCRIBE), 1 << PUBLISH),
	row(17, "sessionExpiryInterval", UINT32, IN_CONNECT | IN_CONNACK | IN_DISCONNECT),
	row(18, "assignedClientIdentifier", STRING, IN_CONNACK),
	row(19, "serverKeepAlive", UINT16, IN_CONNACK),
	row(21, "authenticationMethod", STRING, IN_CONNECT | IN_CONNACK | IN_AUTH),
	row(22, "authenticationData", BINARY, IN_CONNECT | IN_CONNACK | IN_AUTH),
	row(23, "requestProblemInformation", FLAG, IN_CONNECT),
	row(24, "willDelayInterval", UINT32, 1 << WILL),
	row(25, "requestResponseInformation", FLAG, IN_CONNECT),
	row(26, "responseInformation", STRING, IN_CONNACK),
	row(28, "serverReference", STRING, IN_CONNACK | IN_DISCONNECT),
	row(31, "reasonString", STRING, IN_ANSWER),
	row(33, "receiveMaximum", POSITIVE_UINT16, IN_CONNECT | IN_CONNACK),
	row(34, "topicAliasMaximum", UINT16, IN_CONNECT | IN_CONNACK),
	row(35, "topicAlias", ALIAS, 1 << PUBLISH),
	row(36, "maximumQoS", FLAG, IN_CONNACK),
	row(37, "retainAvailable", FLAG, IN_CONNACK),
	row(38, "userProperty", PAIRS, IN_ALL, IN_ALL),
	row(39, "maximumPacketSize", POSITIVE_UINT32, IN_CONNECT | IN_CONNACK),
	row(40, "wildcardSubscriptionAvailable", FLAG, IN_CONNACK),
	row(41, "subscriptionIdentifierAvailable", FLAG, IN_CONNACK),
	row(42, "sharedSubscriptionAvailable", FLAG, IN_CONNACK),
];

function row(identifier: number, name: keyof Properties, type: number, packets: number, repeatable = 0): Property {
	return { identifier, name, type, packets, repeatable };
}
