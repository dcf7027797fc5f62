// SPDX-License-Identifier: MIT
import type { Payload, StreamTarget } from "../wire/index.ts";
import type { Authentication } from "./authentication.ts";
import type { Reconnect } from "./backoff.ts";
import type { MqttError } from "./mqtt-error.ts";
import type { Properties } from "./property.ts";
import type { Publish } from "./publish.ts";
import type { Store } from "./store.ts";

/** A message received. The record and its payload are reused: they are valid until the callback returns. */
export type Message = Readonly<
	Pick<Publish, "topicName" | "payload" | "qos" | "retain" | "duplicate"> & { properties: Properties | undefined }
>;

/** Takes messages. What it throws is reported to `onError`; when it returns a promise, see `manualAcknowledgement`. */
export interface Receiver {
	onMessage(message: Message): void | PromiseLike<void>;
}

/** What 5.0 says of a message (§3.3.2.3); 3.1.1 leaves it out. */
export type PublishProperties = Pick<
	Properties,
	| "payloadFormatIndicator"
	| "messageExpiryInterval"
	| "contentType"
	| "responseTopic"
	| "correlationData"
	| "userProperty"
>;

/** How a message is published; QoS 0 and not retained unless said otherwise. */
export interface PublishOptions {
	readonly qos?: 0 | 1 | 2;
	readonly retain?: boolean;
	/**
	 * What becomes of a message that waits when there is no room: "reject" unless given, `publish` takes no more; "oldest", the first that
	 * waits with this policy is dropped for it; "newest", it is dropped itself. "latest": whenever one to its topic is published later,
	 * that takes its place.
	 */
	readonly policy?: "reject" | "oldest" | "newest" | "latest";
	/** A message at QoS 0 waits for a connection, too. */
	readonly queue?: boolean;
	/** With `messageExpiryInterval`, seconds, a message that waits longer is dropped, in 3.1.1 too; a reboot starts it anew. */
	readonly properties?: PublishProperties | undefined;
	/**
	 * The message is done: sent at QoS 0, acknowledged at QoS 1 and 2, with the `reasonCode` that the broker gave, unless it is 0; with
	 * `error`, it was refused or dropped.
	 */
	readonly onComplete?: (error?: MqttError, reasonCode?: number) => void;
}

/** How a topic filter is subscribed to; all but `onMessage` is 5.0's (§3.8.3.1) and left out in 3.1.1. */
export interface SubscribeOptions {
	/** Not what this client publishes itself. */
	readonly noLocal?: boolean;
	/** Messages come with the retain flag that they were published with. */
	readonly retainAsPublished?: boolean;
	/** Retained messages are sent at once (0, unless given), only when the subscription is new (1), never (2). */
	readonly retainHandling?: 0 | 1 | 2;
	readonly userProperty?: [name: string, value: string][];
	/** Takes the messages of this subscription in place of the client's `onMessage`. */
	onMessage?(message: Message): void | PromiseLike<void>;
	/** Told once what the broker said; then a refusal is no error of the client. */
	readonly onComplete?: Answered;
}

/**
 * Told what a broker said of a subscription, or of its end: the QoS granted, or another `reasonCode`. With `error` it refused, or the
 * application asked for the opposite meanwhile.
 */
export type Answered = (error: MqttError | undefined, reasonCode: number) => void;

/** The message that the broker publishes when this client vanishes. */
export interface WillOptions {
	readonly topicName: string;
	readonly payload: Payload;
	readonly qos?: 0 | 1 | 2;
	readonly retain?: boolean;
	/** 5.0's; `willDelayInterval` is seconds after the connection ended. */
	readonly properties?: PublishProperties & Pick<Properties, "willDelayInterval">;
}

/** Says at one topic whether a client is there: the same QoS and retain flag whenever it does. */
export interface AvailabilityOptions {
	readonly topicName: string;
	/** Published after every CONNACK; "online" unless given. */
	readonly online?: Payload;
	/** Published before `close` ends a connection, and the Will; "offline" unless given. */
	readonly offline?: Payload;
	/** 1 unless given. */
	readonly qos?: 0 | 1 | 2;
	/** True unless given. */
	readonly retain?: boolean;
}

/** Where a broker is: over TCP, TLS or a WebSocket. */
export type Target = StreamTarget;

/** What an application says about its client. Times are milliseconds, but those that are seconds on the wire. */
export interface ClientOptions {
	/** With `port`, `tls` and `webSocket`, the one broker; or `brokers`. */
	readonly host?: string;
	/** 1883 unless given, 8883 with TLS. */
	readonly port?: number;
	readonly tls?: Target["tls"];
	readonly webSocket?: Target["webSocket"];
	/** Several that are the same to us: when one fails, the next is tried. */
	readonly brokers?: readonly (Partial<Target> & { readonly host: string })[];
	/** Which comes first: the one that worked last ("sticky", unless given), or any ("shuffled"). */
	readonly brokerOrder?: "sticky" | "shuffled";
	/** "auto", unless given: 5.0, and 3.1.1 with a broker that does not know it. */
	readonly protocol?: "auto" | "5.0" | "3.1.1";
	/** May be empty in 5.0, and with `cleanStart`: the broker chooses one. */
	readonly clientId: string;
	/** Seconds, 30 unless given; 0 turns it off. */
	readonly keepAlive?: number;
	/** True unless given: the broker forgets what it knows of an earlier session when this client connects first. */
	readonly cleanStart?: boolean;
	/** Seconds that the broker keeps the session without connection: 0 unless given with `cleanStart`, for ever (0xffffffff) without. */
	readonly sessionExpiryInterval?: number;
	/** Keeps the session's state across reboots; for sessions that the broker keeps, too. */
	readonly store?: Store;
	readonly username?: string;
	readonly password?: Payload;
	readonly will?: WillOptions;
	/** In place of `will`. */
	readonly availability?: AvailabilityOptions;
	/** How a broker and this client prove who they are, beyond name and password (5.0 §4.12). */
	readonly authentication?: Authentication;
	/** 5.0's, in CONNECT. */
	readonly userProperty?: [name: string, value: string][];
	/** Asks the broker where response topics may be (5.0 §3.1.2.11.7). */
	readonly requestResponseInformation?: boolean;
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
	/** 1 s to 60 s, 300 s when refused, stable after 30 s, unless given; false: a connection that ends is not made again. */
	readonly reconnect?: Partial<Reconnect> | false;
	/** Of the largest packet received or sent, in bytes; 2,048 unless given. Two buffers grow up to about this size. */
	readonly maximumPacketSize?: number;
	/** Of the largest PUBLISH that `onPart` takes, in bytes; `maximumPacketSize` unless given. */
	readonly maximumStreamedSize?: number;
	/** Messages accepted at QoS 1 and 2, or to be queued, and not done; 64 unless given. */
	readonly maximumQueuedMessages?: number;
	/** Bytes of their payloads, characters of those that are text and of topic names; 8,192 unless given. */
	readonly maximumQueuedBytes?: number;
	/** Those of them that are in flight; 16 unless given. */
	readonly maximumInFlight?: number;
	/** Messages received at QoS 1 and 2 and not acknowledged yet; 1,024 unless given. More break the protocol. */
	readonly receiveMaximum?: number;
	/** Topic Aliases that the broker may use; 8 unless given. Each keeps a topic name. */
	readonly topicAliasMaximum?: number;
	/** Topic Aliases that this client uses, for the first topics it publishes to; 8 unless given. */
	readonly topicAliases?: number;
	/** A QoS 1 message is acknowledged when the promise that `onMessage` returns settles: with 0x83 in 5.0 when it is rejected. */
	readonly manualAcknowledgement?: boolean;
	/** The broker accepted us. */
	onConnected?(sessionPresent: boolean): void;
	/** The connection ended or was not made; another attempt follows after `retry` milliseconds, none when it is undefined. */
	onDisconnected?(reason: MqttError, retry?: number): void;
	/** A message came. */
	onMessage?(message: Message): void | PromiseLike<void>;
	/**
	 * A part of a message over `maximumPacketSize` came: `message.payload`, which begins at `offset` of `size` bytes. The last one ends there; a
	 * message whose connection ends before comes again from 0, unless it was at QoS 0. Return false to be given no more until `client.resume`.
	 */
	onPart?(message: Message, offset: number, size: number): void | boolean;
	/** There is room again after `publish` returned false. */
	onWritable?(): void;
	/** What the connection survives: a subscription refused, messages dropped, a callback that threw. */
	onError?(error: MqttError): void;
}
