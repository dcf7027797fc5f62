// SPDX-License-Identifier: MIT
import type { ByteBuffer } from "../drive/index.ts";
import { Exchange, type Surroundings } from "./exchange.ts";
import * as Operation from "./operation.ts";
import type { MQTTClientOptions, WriteOptions } from "./options.ts";

/**
 * The MQTT Client Class Pattern of ECMA-419 (§25) over Katydid's client. Callbacks have the instance as `this`, and may call all of its
 * methods. Messages up to `maximumPacketSize` come whole; one that comes while another is not read waits, and the socket with it.
 */
export class MQTTClient {
	static readonly CONNECT = Operation.CONNECT;
	static readonly CONNACK = Operation.CONNACK;
	static readonly PUBLISH = Operation.PUBLISH;
	static readonly PUBACK = Operation.PUBACK;
	static readonly PUBREC = Operation.PUBREC;
	static readonly PUBREL = Operation.PUBREL;
	static readonly PUBCOMP = Operation.PUBCOMP;
	static readonly SUBSCRIBE = Operation.SUBSCRIBE;
	static readonly SUBACK = Operation.SUBACK;
	static readonly UNSUBSCRIBE = Operation.UNSUBSCRIBE;
	static readonly UNSUBACK = Operation.UNSUBACK;
	static readonly PINGREQ = Operation.PINGREQ;
	static readonly PINGRESP = Operation.PINGRESP;
	static readonly DISCONNECT = Operation.DISCONNECT;

	/** The application's own. */
	declare target: unknown;
	/** Hidden by the language, as nothing else here is: applications keep properties of their own on the instance. */
	readonly #exchange: Exchange;

	/** Connects. Throws TypeError or RangeError on options that cannot work. */
	constructor(options: MQTTClientOptions, surroundings: Surroundings) {
		this.format = options.format ?? "buffer";
		if (options.target !== undefined) this.target = options.target;
		this.#exchange = new Exchange(this, options, surroundings);
	}

	get format(): "buffer" {
		return "buffer";
	}

	/** Throws RangeError on any other. */
	set format(format: "buffer") {
		if (format !== "buffer") throw new RangeError(`expected format "buffer", got "${format}"`);
	}

	/**
	 * What is left of the message that came, or its next `count` bytes, or fewer; undefined when there is none to read. When all of it was
	 * read, `onReadable` tells of the next. Throws TypeError or RangeError on what is no count and no Byte Buffer.
	 */
	read(count?: number): ArrayBuffer | undefined;
	/** Fills `buffer`, as far as there is something, and returns how many bytes. */
	read(buffer: ByteBuffer): number | undefined;
	read(count?: number | ByteBuffer): ArrayBuffer | number | undefined {
		return this.#exchange.read(count);
	}

	/**
	 * Sends a message, a fragment of one, or a packet; returns how many bytes may be written now. Throws TypeError or RangeError on what
	 * cannot be sent or has no room, Error without connection; then nothing was sent.
	 */
	write(data: ByteBuffer | null, options?: WriteOptions | null): number {
		return this.#exchange.write(data, options);
	}

	/** Ends the connection at once, without DISCONNECT; no callback follows. */
	close(): void {
		this.#exchange.close();
	}
}
