// SPDX-License-Identifier: MIT
import type { ByteBuffer } from "../drive/index.ts";
import { type Client, type ClientOptions, checkTopicFilter, checkTopicName, type MqttError } from "../mqtt/index.ts";
import { bytesOf, textOf } from "./byte-buffer.ts";
import * as Operation from "./operation.ts";
import type { WriteOptions } from "./options.ts";
import type { Questions } from "./questions.ts";
import type { Tap } from "./tap.ts";
import { Writing } from "./writing.ts";

/** Bytes of the socket's room that are kept back for what a packet has besides its payload, as Moddable's class does. */
const OVERHEAD = 8;

/** What a PUBLISH has at most before its topic name, and for properties: less than this is not worth a source. */
const MARGIN = 16;

/** Where a message goes. */
interface Envelope {
	readonly topicName: string;
	readonly qos: 0 | 1 | 2;
	readonly retain: boolean;
	/** 0 when the application said none. */
	readonly id: number;
}

/** What `write` does (§25 "write method"). */
export class Sender {
	/** The application knows of the connection. */
	connected = false;
	/** It has said DISCONNECT. */
	leaving = false;
	/** The socket. */
	tap: Tap | undefined;
	/** Hears of a message that was accepted, and is not delivered. */
	failed: (error: MqttError) => void = () => {};
	/** Hears that the next fragment can be written. */
	drained: () => void = () => {};
	/** The message that is not whole, or not all sent. */
	private writing: Writing | undefined;
	private readonly client: Client;
	private readonly questions: Questions;
	private readonly given: ClientOptions;

	constructor(client: Client, questions: Questions, given: ClientOptions) {
		this.client = client;
		this.questions = questions;
		this.given = given;
	}

	/** How many bytes may be written. */
	get room(): number {
		if (!this.connected) return 0;
		const room = Math.max(0, this.tap!.room - OVERHEAD);
		const { writing } = this;
		if (writing === undefined) return room;
		return writing.drained ? Math.min(room, writing.left) : 0;
	}

	/** The connection ended. */
	lost(): void {
		this.connected = false;
		this.writing = undefined;
	}

	/** Throws TypeError, RangeError or Error, and then nothing has changed. */
	write(data: ByteBuffer | null, options: WriteOptions | null | undefined, now: number): void {
		if (!this.connected) throw new Error("expected a connection, got none: CONNACK comes first");
		if (this.writing !== undefined) {
			if (options) throw new Error(`expected ${this.writing.left} more bytes of the message, got options`);
			this.fragment(bytesOf(data!), this.writing);
			return;
		}
		if (!options) throw new TypeError("expected options, got none");
		const { operation = Operation.PUBLISH } = options;
		switch (operation) {
			case Operation.PUBLISH:
				this.publish(bytesOf(data!), options);
				break;
			case Operation.SUBSCRIBE:
			case Operation.UNSUBSCRIBE:
				this.ask(operation, options);
				break;
			case Operation.PUBACK:
			case Operation.PUBREC:
			case Operation.PUBREL:
			case Operation.PUBCOMP:
				this.acknowledge(operation, options);
				break;
			case Operation.PINGREQ:
				this.insert(Uint8Array.of(Operation.PINGREQ << 4, 0));
				break;
			case Operation.DISCONNECT:
				this.leaving = true;
				this.connected = false;
				this.client.close(now);
				break;
			default:
				throw new RangeError(`expected an operation that a client sends, got ${operation}`);
		}
	}

	private publish(bytes: Uint8Array, options: WriteOptions): void {
		const { QoS: qos = 0, retain = false, byteLength = bytes.length } = options;
		if (options.topic === undefined) throw new TypeError("expected a topic, got none");
		const topicName = textOf(options.topic);
		checkTopicName(topicName);
		checkQoS(qos);
		if (!(Number.isInteger(byteLength) && byteLength >= bytes.length)) {
			throw new RangeError(`expected byteLength to be ${bytes.length} or more, got ${byteLength}`);
		}
		const envelope = { topicName, qos, retain: Boolean(retain), id: identifier(options) };
		const size = packetSize(sizeOf(topicName) + (qos > 0 ? 2 : 0) + byteLength);
		this.checkRoom(size - byteLength + bytes.length);
		if (byteLength === bytes.length && size + MARGIN <= this.given.maximumPacketSize!) {
			this.send(bytes, envelope);
			return;
		}
		// Without another connection nothing is sent twice, so only what was not sent yet is in memory.
		const kept = qos > 0 && this.given.reconnect !== false;
		const most = this.given.maximumQueuedBytes!;
		if (kept && byteLength > most)
			throw new RangeError(`expected a message of at most ${most} bytes, got ${byteLength}`);
		const writing = new Writing(byteLength, kept, () => this.taken(writing));
		writing.write(bytes);
		this.send(writing, envelope);
		if (writing.left > 0 || !writing.drained) this.writing = writing;
	}

	private fragment(bytes: Uint8Array, writing: Writing): void {
		const most = writing.drained ? writing.left : 0;
		if (bytes.length > most) throw new RangeError(`expected a fragment of at most ${most} bytes, got ${bytes.length}`);
		this.checkRoom(bytes.length);
		writing.write(bytes);
		this.client.resume();
	}

	/** The client has read all that was written of it. */
	private taken(writing: Writing): void {
		if (this.writing !== writing) return;
		if (writing.left === 0) this.writing = undefined;
		this.drained();
	}

	private send(payload: Uint8Array | Writing, { topicName, qos, retain, id }: Envelope): void {
		const forget = qos === 0 ? undefined : this.questions.publish(id);
		const onComplete = (error?: MqttError) => {
			if (error === undefined) return;
			forget?.();
			this.failed(error);
		};
		let accepted = false;
		try {
			accepted = this.client.publish(topicName, payload, { qos, retain, queue: true, onComplete });
		} finally {
			if (!accepted) forget?.();
		}
		if (!accepted) throw new RangeError("expected room for a message, got too many that are not acknowledged");
	}

	private ask(operation: number, options: WriteOptions): void {
		const id = identifier(options);
		const given = options.items ?? [];
		if (given.length === 0) throw new RangeError("expected items, got none");
		let size = 0;
		const items = given.map(({ topic, QoS: qos = 0 }) => {
			const topicFilter = textOf(topic);
			checkTopicFilter(topicFilter);
			checkQoS(qos);
			size += packetSize(sizeOf(topicFilter) + (operation === Operation.SUBSCRIBE ? 3 : 2));
			return { topicFilter, qos };
		});
		this.checkRoom(size);
		this.questions.ask(operation, id, items);
	}

	private acknowledge(operation: number, options: WriteOptions): void {
		const id = identifier(options);
		if (id === 0) throw new RangeError("expected an id, got none");
		const flags = operation === Operation.PUBREL ? 2 : 0;
		this.insert(Uint8Array.of((operation << 4) | flags, 2, id >> 8, id));
	}

	private insert(packet: Uint8Array): void {
		this.checkRoom(packet.length);
		if (!this.tap!.insert(packet)) throw new RangeError("expected to be between packets, got the middle of one");
	}

	private checkRoom(size: number): void {
		const { room } = this.tap!;
		if (size > room) throw new RangeError(`expected at most ${room} bytes, which may be written now, got ${size}`);
	}
}

function identifier({ id = 0 }: WriteOptions): number {
	if (Number.isInteger(id) && id >= 0 && id <= 0xffff) return id;
	throw new RangeError(`expected id to be an integer from 1 to 65535, got ${id}`);
}

function checkQoS(qos: number): void {
	if (qos !== 0 && qos !== 1 && qos !== 2) throw new RangeError(`expected QoS 0, 1 or 2, got ${qos}`);
}

/** Bytes of a text and its length. */
function sizeOf(text: string): number {
	return 2 + new TextEncoder().encode(text).length;
}

/** Bytes of a packet whose body has `length`. */
function packetSize(length: number): number {
	return length + (length < 0x80 ? 2 : length < 0x4000 ? 3 : length < 0x200000 ? 4 : 5);
}
