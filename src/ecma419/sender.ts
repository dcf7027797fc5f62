// SPDX-License-Identifier: MIT
import type { ByteBuffer } from "../drive/index.ts";
import { type ClientOptions, checkTopicFilter, checkTopicName, type MqttError } from "../mqtt/index.ts";
import { bytesOf, textOf } from "./byte-buffer.ts";
import * as Operation from "./operation.ts";
import type { ControlMessage, WriteOptions } from "./options.ts";
import type { PacedClient } from "./paced-client.ts";
import { Writing } from "./writing.ts";

/** What a PUBLISH has at most besides its topic name and payload. */
const OVERHEAD = 16;
/** SUBACK's return code for a subscription that was not made. */
const FAILURE = 0x80;

/** Hears what becomes of what was written. */
export interface Listener {
	/** It was answered. */
	post(message: ControlMessage): void;
	/** It may be that more can be written. */
	offer(): void;
	/** A message that was accepted will not be delivered. */
	failed(error: MqttError): void;
}

/** How a message goes. */
interface Envelope {
	readonly topicName: string;
	readonly qos: 0 | 1 | 2;
	readonly retain: boolean;
	readonly id: number;
}

/** What `write` does (§25 "write method"). */
export class Sender {
	/** The application knows of the connection. */
	connected = false;
	/** It has said DISCONNECT. */
	leaving = false;
	private readonly client: PacedClient;
	private readonly most: { readonly messages: number; readonly bytes: number; readonly packet: number };
	/** A connection that ends is made again, and what was not acknowledged is sent again. */
	private readonly resends: boolean;
	private readonly listener: Listener;
	/** The message that is not whole, or not all sent. */
	private writing: Writing | undefined;
	private envelope: Envelope | undefined;
	/** Messages that are not done, and their bytes. */
	private messages = 0;
	private bytes = 0;
	private id = 0;

	/** `given` are the client's options, with its limits. */
	constructor(client: PacedClient, given: ClientOptions, listener: Listener) {
		const { maximumQueuedMessages, maximumQueuedBytes, maximumPacketSize, reconnect } = given;
		this.client = client;
		this.most = { messages: maximumQueuedMessages!, bytes: maximumQueuedBytes!, packet: maximumPacketSize! };
		this.resends = reconnect !== false;
		this.listener = listener;
	}

	/** How many bytes may be written. */
	get room(): number {
		if (!this.connected) return 0;
		const { most, writing } = this;
		const room = Math.max(0, most.bytes - this.bytes);
		if (writing !== undefined) return writing.drained ? Math.min(room, writing.left) : 0;
		return this.messages < most.messages ? room : 0;
	}

	/** The connection ended, and with it a message that was not whole. */
	lost(): void {
		this.connected = false;
		this.writing?.abandon();
		this.stream(undefined);
	}

	/** Throws TypeError, RangeError or Error, and then nothing has changed. */
	write(data: ByteBuffer | null, options: WriteOptions | null | undefined, now: number): void {
		if (!this.connected) throw new Error("expected a connection, got none: CONNACK comes first");
		const { writing } = this;
		if (writing !== undefined && writing.left > 0) {
			if (options) throw new Error(`expected ${writing.left} more bytes of the message, got options`);
			this.fragment(bytesOf(data!), writing);
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
				this.client.ping(() => this.listener.post({ operation: Operation.PINGRESP }));
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
		const envelope = { topicName, qos, retain: Boolean(retain), id: this.identifier(options) };
		const kept = qos > 0 && this.resends;
		this.checkRoom(topicName.length + (kept ? byteLength : bytes.length));
		if (byteLength === bytes.length && OVERHEAD + 3 * topicName.length + byteLength <= this.most.packet) {
			this.send(bytes, byteLength, envelope);
			return;
		}
		const writing = new Writing(byteLength, kept, () => this.taken(writing));
		writing.write(bytes);
		if (!kept) this.send(writing, 0, envelope);
		else if (writing.left > 0) this.envelope = envelope;
		else this.send(writing, byteLength, envelope);
		if (writing.left > 0 || !writing.drained) this.stream(writing);
	}

	/** Gives the client a message, of whose payload `length` bytes stay in memory. */
	private send(payload: Uint8Array | Writing, length: number, { topicName, qos, retain, id }: Envelope): void {
		const size = topicName.length + length;
		const onComplete = (error?: MqttError) => this.done(size, qos, id, error);
		if (!this.client.publish(topicName, payload, { qos, retain, queue: true, onComplete }))
			throw new RangeError("expected room for a message, got too many that are not acknowledged");
		this.messages++;
		this.bytes += size;
	}

	private stream(writing: Writing | undefined): void {
		this.writing = writing;
		this.client.midway = writing !== undefined && !writing.kept;
	}

	private done(size: number, qos: number, id: number, error: MqttError | undefined): void {
		const { listener } = this;
		this.messages--;
		this.bytes -= size;
		listener.offer();
		if (error !== undefined) listener.failed(error);
		else if (qos === 1) listener.post({ operation: Operation.PUBACK, id });
		else if (qos === 2) {
			listener.post({ operation: Operation.PUBREC, id });
			listener.post({ operation: Operation.PUBCOMP, id });
		}
	}

	private fragment(bytes: Uint8Array, writing: Writing): void {
		if (bytes.length > writing.left)
			throw new RangeError(`expected a fragment of at most ${writing.left} bytes, got ${bytes.length}`);
		this.checkRoom(bytes.length);
		writing.write(bytes);
		if (!writing.kept) this.client.more();
		else if (writing.left === 0) {
			this.stream(undefined);
			this.send(writing, writing.length, this.envelope!);
		}
	}

	/** The client has read all that was written of it. */
	private taken(writing: Writing): void {
		if (this.writing !== writing) return;
		if (writing.left === 0) this.stream(undefined);
		this.listener.offer();
	}

	/** The client asks for each item by itself; the answers are told together. */
	private ask(operation: number, options: WriteOptions): void {
		const { client, listener } = this;
		const items = (options.items ?? []).map(({ topic, QoS: qos = 0 }) => {
			const topicFilter = textOf(topic);
			checkTopicFilter(topicFilter);
			checkQoS(qos);
			return { topicFilter, qos };
		});
		if (items.length === 0) throw new RangeError("expected items, got none");
		const id = this.identifier(options);
		const payload: number[] = [];
		let missing = items.length;
		items.forEach(({ topicFilter, qos }, index) => {
			const onComplete = (error: MqttError | undefined, reasonCode: number) => {
				payload[index] = error === undefined ? reasonCode : Math.max(reasonCode, FAILURE);
				if (--missing > 0) return;
				if (operation === Operation.SUBSCRIBE) listener.post({ operation: Operation.SUBACK, id, payload });
				else listener.post({ operation: Operation.UNSUBACK, id });
			};
			try {
				if (operation === Operation.SUBSCRIBE) client.subscribe(topicFilter, qos, { onComplete });
				else if (!client.unsubscribe(topicFilter, onComplete)) this.forget(topicFilter, onComplete);
			} catch (error) {
				onComplete(error as MqttError, FAILURE); // too long, or what a broker of 5.0 does not do
			}
		});
	}

	/** The broker may know a subscription that this client does not, of an earlier run. */
	private forget(topicFilter: string, onComplete: (error: MqttError | undefined, reasonCode: number) => void): void {
		const { client } = this;
		const { wake } = client;
		client.wake = () => {};
		client.subscribe(topicFilter, 0);
		client.wake = wake;
		client.unsubscribe(topicFilter, onComplete);
	}

	/** The client acknowledges what came, and releases what it sent: nothing is left to be sent. */
	private acknowledge(operation: number, options: WriteOptions): void {
		if (options.id === undefined) throw new RangeError("expected an id, got none");
		const id = this.identifier(options);
		if (operation === Operation.PUBREL) this.listener.post({ operation: Operation.PUBCOMP, id });
	}

	private identifier({ id }: WriteOptions): number {
		if (id === undefined) {
			this.id = (this.id % 0xffff) + 1;
			return this.id;
		}
		if (Number.isInteger(id) && id > 0 && id <= 0xffff) return id;
		throw new RangeError(`expected id to be an integer from 1 to 65535, got ${id}`);
	}

	private checkRoom(size: number): void {
		const { room } = this;
		if (size > room) throw new RangeError(`expected at most ${room} bytes, which may be written now, got ${size}`);
	}
}

function checkQoS(qos: number): void {
	if (qos !== 0 && qos !== 1 && qos !== 2) throw new RangeError(`expected QoS 0, 1 or 2, got ${qos}`);
}
