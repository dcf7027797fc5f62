// SPDX-License-Identifier: MIT
import { type ByteBuffer, type Platform, StreamDriver, type TCPOptions } from "../drive/index.ts";
import { Client, type ClientOptions, MqttError } from "../mqtt/index.ts";
import { clientOptions } from "./client-options.ts";
import { CONNACK, PINGRESP, PUBACK, UNSUBACK } from "./operation.ts";
import type { ControlMessage, MQTTClientOptions, Resolver, WriteOptions } from "./options.ts";
import type { PacketScanner } from "./packet-scanner.ts";
import { Questions } from "./questions.ts";
import { Reading } from "./reading.ts";
import { Sender } from "./sender.ts";
import { type Listener, Tap } from "./tap.ts";

/** What the class needs of the place it runs on; the sockets are the application's. */
export type Surroundings = Pick<Platform, "now" | "setTimer" | "clearTimer" | "random" | "resolve">;

/**
 * What an MQTTClient does: a client, its driver, and a tap on the socket between them. What comes waits in a queue, in the order of the
 * wire, until the machine and its driver have returned: so callbacks may call everything.
 */
export class Exchange implements Listener {
	private readonly owner: ThisParameterType<NonNullable<MQTTClientOptions["onError"]>>;
	private readonly options: MQTTClientOptions;
	private readonly surroundings: Surroundings;
	private readonly client: Client;
	private readonly questions: Questions;
	private readonly sender: Sender;
	private tap: Tap | undefined;
	private resolver: Resolver | undefined;
	private queue: (Reading | ControlMessage | MqttError)[] = [];
	private reading: Reading | undefined;
	private timer: unknown;
	private delivering = false;
	/** The application is to be told that it may write. */
	private offering = false;
	private closed = false;

	constructor(owner: Exchange["owner"], options: MQTTClientOptions, surroundings: Surroundings) {
		if (typeof options.socket?.io !== "function") {
			throw new TypeError(`expected socket.io to be a class, got ${typeof options.socket?.io}`);
		}
		this.owner = owner;
		this.options = options;
		this.surroundings = surroundings;
		const given = clientOptions(options, () => surroundings.random());
		this.client = new Client({
			...given,
			onConnected: (sessionPresent) => {
				this.questions.restart(sessionPresent);
				given.onConnected?.(sessionPresent);
			},
			onDisconnected: (reason, retry) => {
				given.onDisconnected?.(reason, retry);
				this.sender.lost();
				if (retry === undefined) this.post(reason);
			},
			onMessage: (message) => this.post(new Reading(message, 0, message.payload.length)),
			onPart: (message, offset, size) => this.post(new Reading(message, offset, size)),
			onWritable: () => {
				given.onWritable?.();
				this.offer();
			},
			onError: (error) => this.failed(error),
		});
		this.questions = new Questions(this.client, (message) => this.post(message));
		this.sender = new Sender(this.client, this.questions, given);
		this.sender.failed = (error) => this.failed(error);
		this.sender.drained = () => this.offer();
		this.connect(given);
	}

	private connect(given: ClientOptions): void {
		const exchange = this;
		const { io, ...socket } = this.options.socket;
		const { surroundings } = this;
		const most = given.maximumPacketSize!;
		const platform: Platform = {
			now: () => surroundings.now(),
			setTimer: (callback, delay) => surroundings.setTimer(callback, delay),
			clearTimer: (timer) => surroundings.clearTimer(timer),
			random: () => surroundings.random(),
			resolve: (host, callback) => this.resolve(host, callback),
			TCP: class extends Tap {
				constructor(driver: TCPOptions) {
					const { host } = exchange.options;
					super(driver, (options) => new io({ ...socket, host, ...options } as unknown as TCPOptions), most, exchange);
					exchange.tap = exchange.sender.tap = this;
				}
			},
			UDP: undefined as never, // no machine here speaks it
		};
		new StreamDriver(this.client, platform);
		this.client.connect(surroundings.now());
	}

	private resolve(host: string, callback: (address: string | undefined) => void): void {
		const { dns } = this.options;
		if (dns === undefined) {
			this.surroundings.resolve(host, callback);
			return;
		}
		try {
			this.resolver ??= new dns.io(dns);
			this.resolver.resolve({
				host,
				onResolved: (_, address) => callback(address),
				onError: () => callback(undefined),
			});
		} catch {
			this.surroundings.setTimer(() => callback(undefined), 0);
		}
	}

	// What the client and the tap tell.

	/** Something went wrong that the client survives: who has no ear for it is not left in the belief that all is well. */
	private failed(error: MqttError): void {
		const onError = this.options.katydid?.onError;
		if (onError !== undefined) this.call("katydid.onError", onError, this.options.katydid, error);
		else if (error.code !== "SUBSCRIPTION_REFUSED") this.post(error); // SUBACK tells that one
	}

	received(packet: PacketScanner, over: boolean): void {
		if (over) {
			// Of a client that leaves it was the last acknowledgement, told before the end; else it is why the connection ended.
			if (!this.sender.leaving) return;
			const end = this.queue.pop()!;
			this.received(packet, false);
			this.queue.push(end);
			return;
		}
		const { type, body } = packet;
		if (type === CONNACK) {
			if (body[1] === 0 && this.client.connected) this.post({ operation: CONNACK, returnCode: 0 });
		} else if (type >= PUBACK && type <= UNSUBACK) this.questions.received(packet);
		else if (type === PINGRESP) this.post({ operation: PINGRESP });
	}

	sent(packet: PacketScanner): void {
		this.questions.sent(packet);
	}

	writable(): void {
		this.offering = true;
		this.resume();
	}

	// What the application is told.

	private post(event: Reading | ControlMessage | MqttError): void {
		if (this.closed) return;
		this.queue.push(event);
		this.arm();
	}

	private offer(): void {
		this.offering = true;
		this.arm();
	}

	/** What is posted is told in a turn of its own, unless one is under way that tells it. */
	private arm(): void {
		if (!this.delivering && !this.tap?.busy) this.wake();
	}

	private wake(): void {
		if (this.timer !== undefined || this.closed) return;
		this.timer = this.surroundings.setTimer(() => {
			this.timer = undefined;
			this.resume();
		}, 0);
	}

	private resume(): void {
		if (this.tap === undefined) this.deliver();
		else this.tap.resume();
	}

	deliver(): boolean {
		if (this.delivering) return false;
		this.delivering = true;
		while (this.queue.length > 0 && !this.unread) this.tell(this.queue.shift()!);
		if (this.offering) {
			this.offering = false;
			const room = this.sender.room;
			if (room > 0) this.callback("onWritable", room);
		}
		this.delivering = false;
		// Asked for in `onWritable` itself: the next turn says it, so that this one has an end.
		if (this.offering) this.wake();
		return this.queue.length === 0 && !this.unread;
	}

	/** The application has to read before it is told more. */
	private get unread(): boolean {
		return this.reading !== undefined && this.reading.left > 0;
	}

	private tell(event: Reading | ControlMessage | MqttError): void {
		if (event instanceof Reading) {
			this.reading = event;
			const { left, topicName: topic, qos: QoS, offset, size: byteLength } = event;
			const more = offset + left < byteLength;
			this.callback("onReadable", left, offset === 0 ? { topic, QoS, byteLength, more } : { more });
			if (!this.unread) this.reading = undefined;
		} else if (event instanceof MqttError) this.end(event);
		else {
			const connected = event.operation === CONNACK;
			if (connected) this.sender.connected = this.client.connected;
			const standard = this.options.onControl !== undefined && this.options.onControl.length > 1;
			if (standard) this.callback("onControl", event.operation, event);
			else this.callback("onControl", event);
			if (connected) this.offering = true;
		}
	}

	private end(error: MqttError): void {
		const asked = this.sender.leaving && error.code === "CLOSED";
		if (asked && this.options.onClose !== undefined) this.callback("onClose");
		else this.callback("onError", error);
		this.close();
	}

	private callback(name: "onReadable" | "onWritable" | "onControl" | "onError" | "onClose", ...given: unknown[]): void {
		this.call(name, this.options[name] as ((...given: unknown[]) => void) | undefined, this.owner, ...given);
	}

	/** Calls a function of the application. What it throws ends this client: escaping, it would reboot a device. */
	private call(
		name: string,
		callback: ((...given: never[]) => void) | undefined,
		self: unknown,
		...given: unknown[]
	): void {
		try {
			(callback as ((...given: unknown[]) => void) | undefined)?.apply(self, given);
		} catch (thrown) {
			const ending = this.closed || name === "onError" || name === "onClose";
			if (!ending) this.end(new MqttError("CALLBACK", `${name} threw ${thrown}`, undefined, thrown));
		}
	}

	// What the application calls.

	read(count?: number | ByteBuffer): ArrayBuffer | number | undefined {
		const result = this.reading?.read(count);
		if (this.reading !== undefined && !this.unread && !this.delivering) {
			this.reading = undefined;
			this.arm();
		}
		return result;
	}

	write(data: ByteBuffer | null, options: WriteOptions | null | undefined): number {
		if (this.closed) throw new Error("expected a client that is open, got one that was closed");
		this.sender.write(data, options, this.surroundings.now());
		return this.sender.room;
	}

	close(): void {
		if (this.closed) return;
		this.closed = true;
		this.sender.connected = false;
		this.queue = [];
		this.reading = undefined;
		this.offering = false;
		if (this.timer !== undefined) this.surroundings.clearTimer(this.timer);
		this.tap?.cut();
		this.client.close(this.surroundings.now());
		this.resolver?.close?.();
	}
}
