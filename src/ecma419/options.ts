// SPDX-License-Identifier: MIT
import type { ByteBuffer, TCPConstructor } from "../drive/index.ts";
import type { ClientOptions } from "../mqtt/index.ts";
import type { MQTTClient } from "./mqtt-client.ts";

/** Text, or its bytes in UTF-8, as Moddable's class takes it too. */
export type Text = string | ByteBuffer;

/** A Domain Name Resolver (§18); one is made for each client. */
export interface Resolver {
	resolve(options: {
		host: string;
		onResolved(host: string, address: string): void;
		onError(error?: unknown): void;
	}): void;
	close?(): void;
}

/** An answer of the broker. */
export interface ControlMessage {
	operation: number;
	/** As `write` was told, or chosen by it. */
	id?: number;
	/** Of a CONNACK. */
	returnCode?: number;
	/** Of a SUBACK: for each item the QoS that was granted, or 0x80. */
	payload?: number[];
}

/** What is said of a fragment of a message; all but `more` of the first one alone. */
export interface FragmentOptions {
	more: boolean;
	topic?: string;
	QoS?: number;
	byteLength?: number;
}

/** The options of the constructor (§25). Times are milliseconds. */
export interface MQTTClientOptions {
	readonly host: string;
	/** 1883 unless given; the SDK's module `mqtt/js` gives a text. */
	readonly port?: number | string;
	/** `io` is the class of the socket; the rest are options for its constructor. */
	readonly socket: { readonly io: TCPConstructor; readonly [option: string]: unknown };
	/** `io` is the class of the resolver; without one the platform resolves names. */
	readonly dns?: { readonly io: new (options: object) => Resolver; readonly [option: string]: unknown };
	readonly id?: string;
	readonly user?: string;
	readonly password?: Text;
	/** 0, which is off, unless given; sent as seconds, rounded up. */
	readonly keepAlive?: number;
	/** `keepAlive` as Moddable's examples spell it. */
	readonly keepalive?: number;
	/** True unless given. */
	readonly clean?: boolean;
	readonly will?: {
		readonly topic: Text;
		readonly message?: Text;
		readonly QoS?: 0 | 1 | 2;
		readonly retain?: boolean | 0 | 1;
	} | null;
	readonly format?: "buffer";
	readonly target?: unknown;
	/**
	 * Beyond the standard: options of Katydid's own client, such as `reconnect`, `store`, `protocol`, `maximumPacketSize`. What a connection
	 * survives comes to its `onError`; to the class's, which is the end, where there is neither that nor `reconnect`.
	 */
	readonly katydid?: Partial<ClientOptions>;
	/** A message, or a fragment of it, can be read: `count` bytes. */
	onReadable?(this: MQTTClient, count: number, options: FragmentOptions): void;
	/** `count` bytes may be written, topic names among them: what may wait, so it is not what the socket takes now. */
	onWritable?(this: MQTTClient, count: number): void;
	/**
	 * What `write` sent was answered: `(opcode, message)`; a function of fewer than two parameters gets the message alone, as from Moddable's
	 * class. PUBREC comes with PUBCOMP, and PUBREL never: the client has answered them.
	 */
	onControl?(this: MQTTClient, ...control: never[]): void;
	/** The connection was not made or is gone, or a callback threw: this client is of no more use. */
	onError?(this: MQTTClient, error: Error): void;
	/** The connection ended after a DISCONNECT that was written; without this, `onError` tells that too. */
	onClose?(this: MQTTClient): void;
}

/** An item of a SUBSCRIBE or UNSUBSCRIBE. */
export interface Item {
	readonly topic: Text;
	/** 0 unless given. */
	readonly QoS?: 0 | 1 | 2;
}

/** What `write` sends (§25). */
export interface WriteOptions {
	/** PUBLISH unless given. */
	readonly operation?: number;
	/** 1 to 65,535: what `onControl` says when it is answered. It is not what is on the wire. */
	readonly id?: number;
	readonly topic?: Text;
	readonly QoS?: 0 | 1 | 2;
	readonly retain?: boolean;
	/** Ignored: the client knows when it sends again. */
	readonly duplicate?: boolean;
	/** Of the whole message, which further calls of `write` without options complete. */
	readonly byteLength?: number;
	readonly items?: readonly Item[];
}
