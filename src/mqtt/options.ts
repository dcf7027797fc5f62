// SPDX-License-Identifier: MIT
import { type Payload, payloadBytes, Writer } from "../wire/index.ts";
import type { Reconnect } from "./backoff.ts";
import { type Connect, type Will, writeConnect } from "./connect.ts";
import type { MqttError } from "./mqtt-error.ts";
import type { OutboxLimits } from "./outbox.ts";
import type { Publish } from "./publish.ts";
import { isTopicFilter, isTopicName } from "./topic.ts";
import { V3_1_1 } from "./version.ts";

/** A message received. The record and its payload are reused: they are valid until the callback returns. */
export type Message = Readonly<Pick<Publish, "topicName" | "payload" | "qos" | "retain" | "duplicate">>;

/** How a message is published; QoS 0 and not retained unless said otherwise. */
export interface PublishOptions {
	readonly qos?: 0 | 1;
	readonly retain?: boolean;
	/**
	 * What becomes of a QoS 1 message that waits: "latest", it gives way to a later one to its topic; "reject" unless given, it is sent, and `publish`
	 * takes no more than there is room for.
	 */
	readonly policy?: "reject" | "latest";
}

/** The message that the broker publishes when this client vanishes. */
export interface WillOptions extends Omit<PublishOptions, "policy"> {
	readonly topicName: string;
	readonly payload: Payload;
}

/** What an application says about its client. Times are milliseconds, but Keep Alive, which is seconds on the wire. */
export interface ClientOptions {
	readonly host: string;
	/** 1883 unless given. */
	readonly port?: number;
	/** May be empty with a clean session: the broker chooses one. */
	readonly clientId: string;
	/** Seconds, 30 unless given; 0 turns it off. */
	readonly keepAlive?: number;
	/** True unless given: the broker forgets subscriptions and messages when the connection ends. */
	readonly cleanSession?: boolean;
	readonly username?: string;
	readonly password?: Payload;
	readonly will?: WillOptions;
	/** Numbers in [0, 1), for the backoff. */
	readonly random: () => number;
	/** To make the connection; 10 s unless given. */
	readonly connectTimeout?: number;
	/** From CONNECT to CONNACK; 10 s unless given. */
	readonly connackTimeout?: number;
	/** From a PINGREQ to giving up, when nothing at all is received; 1.5 × Keep Alive unless given. */
	readonly pingTimeout?: number;
	/** For each of the two steps of `close`: acknowledgements, then DISCONNECT; 2 s unless given. */
	readonly closeTimeout?: number;
	/** 1 s to 60 s, 300 s when refused, stable after 30 s, unless given. */
	readonly reconnect?: Partial<Reconnect>;
	/** Of the largest packet received or sent, in bytes; 2,048 unless given. Two buffers of about this size are made. */
	readonly maximumPacketSize?: number;
	/** QoS 1 messages accepted and not acknowledged; 64 unless given. */
	readonly maximumQueuedMessages?: number;
	/** Bytes of their payloads, characters of those that are text and of topic names; 8,192 unless given. */
	readonly maximumQueuedBytes?: number;
	/** Those of them that are in flight; 16 unless given. */
	readonly maximumInFlight?: number;
	/** QoS 1 messages received whose PUBACK could not be written yet; 1,024 unless given. More close the connection. */
	readonly receiveMaximum?: number;
	/** The broker accepted us. */
	onConnected?(sessionPresent: boolean): void;
	/** The connection ended or was not made; unless `close` asked for it, another attempt follows. */
	onDisconnected?(reason: MqttError): void;
	onMessage?(message: Message): void;
	/** There is room again after `publish` returned false. */
	onWritable?(): void;
	/** What the connection survives: a subscription refused, messages dropped, a callback that threw. */
	onError?(error: MqttError): void;
}

/** A host name or an IPv4 literal, and a port. */
export interface Target {
	readonly host: string;
	readonly port: number;
}

/** Options with every default filled in and every value checked. */
export interface Settings extends Target {
	readonly connect: Connect;
	readonly connectTimeout: number;
	readonly connackTimeout: number;
	readonly pingTimeout: number;
	readonly closeTimeout: number;
	readonly reconnect: Reconnect;
	readonly maximumPacketSize: number;
	readonly queue: OutboxLimits;
	readonly receiveMaximum: number;
}

/** Checks `options` and fills in the defaults. Throws TypeError or RangeError. */
export function settings(options: ClientOptions): Settings {
	const keepAlive = integer("keepAlive", options.keepAlive ?? 30, 0, 0xffff);
	const minimum = duration("reconnect.minimum", options.reconnect?.minimum ?? 1000);
	const maximum = Math.max(minimum, duration("reconnect.maximum", options.reconnect?.maximum ?? 60_000));
	if (typeof options.host !== "string") throw new TypeError(`expected a host, got ${typeof options.host}`);
	const connect = connectPacket(options, keepAlive);
	const maximumPacketSize = integer("maximumPacketSize", options.maximumPacketSize ?? 2048, 64, 0xfffffff);
	// Written once for nothing: a CONNECT that does not fit throws here and not later.
	writeConnect(new Writer().over(new Uint8Array(maximumPacketSize)), connect);
	return {
		host: options.host,
		port: integer("port", options.port ?? 1883, 1, 0xffff),
		connect,
		connectTimeout: duration("connectTimeout", options.connectTimeout ?? 10_000),
		connackTimeout: duration("connackTimeout", options.connackTimeout ?? 10_000),
		pingTimeout: duration("pingTimeout", options.pingTimeout ?? Math.max(keepAlive, 1) * 1500),
		closeTimeout: duration("closeTimeout", options.closeTimeout ?? 2000),
		reconnect: {
			minimum,
			maximum,
			refused: Math.max(maximum, duration("reconnect.refused", options.reconnect?.refused ?? 300_000)),
			stable: duration("reconnect.stable", options.reconnect?.stable ?? 30_000),
		},
		maximumPacketSize,
		queue: {
			messages: integer("maximumQueuedMessages", options.maximumQueuedMessages ?? 64, 1, 0xffff),
			bytes: integer("maximumQueuedBytes", options.maximumQueuedBytes ?? 8192, 1, 0xfffffff),
			inFlight: integer("maximumInFlight", options.maximumInFlight ?? 16, 1, 0x7fff),
		},
		receiveMaximum: integer("receiveMaximum", options.receiveMaximum ?? 1024, 1, 0xffff),
	};
}

function connectPacket(options: ClientOptions, keepAlive: number): Connect {
	const { clientId, username, password } = options;
	const cleanStart = options.cleanSession ?? true;
	checkText("clientId", clientId);
	if (clientId === "" && !cleanStart) throw new RangeError("expected a clientId for a session that is kept, got none");
	if (username !== undefined) checkText("username", username);
	else if (password !== undefined) throw new RangeError("expected a username with the password, got none");
	return {
		version: V3_1_1,
		clientId,
		cleanStart,
		keepAlive,
		username,
		password: password === undefined ? undefined : payloadBytes(password),
		will: options.will && willOf(options.will),
	};
}

function willOf(will: WillOptions): Will {
	const { topicName, payload, qos = 0, retain = false } = will;
	checkTopicName(topicName);
	checkQoS(qos);
	return { topicName, payload: payloadBytes(payload), qos, retain };
}

/** Throws TypeError or RangeError unless `topicName` may be published to. */
export function checkTopicName(topicName: string): void {
	checkText("topicName", topicName);
	if (!isTopicName(topicName)) throw new RangeError(`expected a topic name without wildcards, got "${topicName}"`);
}

/** Throws TypeError or RangeError unless `topicFilter` may be subscribed to. */
export function checkTopicFilter(topicFilter: string): void {
	checkText("topicFilter", topicFilter);
	if (!isTopicFilter(topicFilter)) {
		throw new RangeError(`expected a topic filter with + or # as whole levels, got "${topicFilter}"`);
	}
}

/** Throws TypeError unless `payload` is bytes or well-formed text. */
export function checkPayload(payload: Payload): void {
	if (typeof payload === "string") {
		if (!payload.isWellFormed()) throw new TypeError("expected a well-formed payload, got a lone surrogate");
	} else if (!(payload instanceof Uint8Array)) {
		throw new TypeError(`expected a payload of text or bytes, got ${typeof payload}`);
	}
}

/** Throws RangeError unless `qos` is 0 or 1. */
export function checkQoS(qos: number): void {
	if (qos !== 0 && qos !== 1) throw new RangeError(`expected QoS 0 or 1, got ${qos}`);
}

function checkText(name: string, text: string): void {
	if (typeof text !== "string") throw new TypeError(`expected ${name} to be text, got ${typeof text}`);
	if (!text.isWellFormed()) throw new TypeError(`expected ${name} to be well-formed, got a lone surrogate`);
	// 65,535 bytes at most (§1.5.4); a character takes three at most.
	if (text.length > 0xffff / 3 && payloadBytes(text).length > 0xffff) {
		throw new RangeError(`expected ${name} of at most 65535 bytes, got ${payloadBytes(text).length}`);
	}
	if (text.includes("\0")) throw new RangeError(`expected ${name} without U+0000, got one`);
}

function integer(name: string, value: number, least: number, most: number): number {
	if (Number.isInteger(value) && value >= least && value <= most) return value;
	throw new RangeError(`expected ${name} to be an integer from ${least} to ${most}, got ${value}`);
}

function duration(name: string, value: number): number {
	if (value >= 0) return value;
	throw new RangeError(`expected ${name} to be milliseconds, got ${value}`);
}
