// SPDX-License-Identifier: MIT
import { type ByteBuffer, type Platform, StreamDriver, type TCPConstructor, type TCPOptions } from "../drive/index.ts";
import { MqttError } from "../mqtt/index.ts";
import { clientOptions } from "./client-options.ts";
import { CONNACK } from "./operation.ts";
import type { ControlMessage, MQTTClientOptions, Resolver, WriteOptions } from "./options.ts";
import { PacedClient } from "./paced-client.ts";
import { Reading } from "./reading.ts";
import { type Listener, Sender } from "./sender.ts";

/** What the class needs of the place it runs on; the sockets are the application's. */
export type Surroundings = Pick<Platform, "now" | "setTimer" | "clearTimer" | "random" | "resolve">;

/**
 * What an MQTTClient does: a client, its driver, and a queue of what the application is to be told. It is told in a turn of its own, so
 * callbacks may call everything; until it has taken all that came, no more is read.
 */
export class Exchange implements Listener {
	private readonly owner: ThisParameterType<NonNullable<MQTTClientOptions["onError"]>>;
	private readonly options: MQTTClientOptions;
	private readonly surroundings: Surroundings;
	private readonly client: PacedClient;
	private readonly sender: Sender;
	private resolver: Resolver | undefined;
	private queue: (Reading | ControlMessage | MqttError)[] = [];
	/** The message that the application has not read to its end. */
	private reading: Reading | undefined;
	private timer: unknown;
	private telling = false;
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
		this.client = new PacedClient({
			...given,
			onConnected: (sessionPresent) => {
				given.onConnected?.(sessionPresent);
				this.post({ operation: CONNACK, returnCode: 0 });
			},
			onDisconnected: (reason, retry) => {
				given.onDisconnected?.(reason, retry);
				this.sender.lost();
				if (retry !== undefined) return;
				// What went with the connection says less than why it went.
				if (this.queue.at(-1) instanceof MqttError) this.queue.pop();
				this.post(reason);
			},
			onMessage: (message) => this.post(new Reading(message, 0, message.payload.length)),
			onPart: (message, offset, size) => this.post(new Reading(message, offset, size)),
			onWritable: () => {
				given.onWritable?.();
				this.offer();
			},
			onError: (error) => this.failed(error),
		});
		this.sender = new Sender(this.client, given, this);
		new StreamDriver(this.client, this.platform());
		this.client.connect(surroundings.now());
	}

	private platform(): Platform {
		const { surroundings } = this;
		const { host } = this.options;
		const { io, ...socket } = this.options.socket;
		const TCP: TCPConstructor = class extends io {
			constructor(options: TCPOptions) {
				super(Object.assign({}, socket, { host }, options));
				// Moddable's TLS socket begins with another.
				this.format = "buffer";
			}
		};
		return {
			now: () => surroundings.now(),
			setTimer: (callback, delay) => surroundings.setTimer(callback, delay),
			clearTimer: (timer) => surroundings.clearTimer(timer),
			random: () => surroundings.random(),
			resolve: (name, callback) => this.resolve(name, callback),
			TCP,
			UDP: undefined as never, // no machine here speaks it
		};
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

	// What the client and the sender tell.

	post(event: Reading | ControlMessage | MqttError): void {
		if (this.closed) return;
		this.queue.push(event);
		this.client.pause();
		this.arm();
	}

	offer(): void {
		this.offering = true;
		this.arm();
	}

	/** Something went wrong that the client survives. Who has no ear for it is not left in the belief that all is well, unless connections are made again. */
	failed(error: MqttError): void {
		const { reconnect = false, onError } = this.options.katydid ?? {};
		if (onError !== undefined) this.call("katydid.onError", () => onError.call(this.options.katydid, error));
		else if (reconnect === false) this.post(error);
	}

	// What the application is told.

	private arm(): void {
		if (this.timer !== undefined || this.telling || this.closed) return;
		this.timer = this.surroundings.setTimer(() => {
			this.timer = undefined;
			this.tellAll();
		}, 0);
	}

	private tellAll(): void {
		this.telling = true;
		while (this.queue.length > 0 && this.reading === undefined) this.tell(this.queue.shift()!);
		const offering = this.offering;
		this.offering = false;
		const { room } = this.sender;
		if (offering && room > 0) this.call("onWritable", () => this.options.onWritable?.call(this.owner, room));
		this.telling = false;
		if (this.offering) this.arm();
		else if (this.reading === undefined && !this.closed) this.client.resume();
	}

	private tell(event: Reading | ControlMessage | MqttError): void {
		const { options, owner } = this;
		if (event instanceof Reading) {
			this.reading = event;
			const { left, topicName: topic, qos: QoS, offset, size: byteLength } = event;
			const more = offset + left < byteLength;
			const said = offset === 0 ? { topic, QoS, byteLength, more } : { more };
			this.call("onReadable", () => options.onReadable?.call(owner, left, said));
			if (event.left === 0 || options.onReadable === undefined) this.reading = undefined;
		} else if (event instanceof MqttError) this.end(event);
		else {
			if (event.operation === CONNACK) this.sender.connected = this.offering = this.client.connected;
			const onControl = options.onControl as ((...control: unknown[]) => void) | undefined;
			const control = onControl !== undefined && onControl.length > 1 ? [event.operation, event] : [event];
			this.call("onControl", () => onControl?.apply(owner, control));
		}
	}

	private end(error: MqttError): void {
		const { options, owner } = this;
		if (this.sender.leaving && error.code === "CLOSED" && options.onClose !== undefined)
			this.call("onClose", () => options.onClose!.call(owner));
		else this.call("onError", () => options.onError?.call(owner, error));
		this.close();
	}

	/** Calls a function of the application. What it throws ends this client: escaping, it would reboot a device. */
	private call(name: string, callback: () => void): void {
		try {
			callback();
		} catch (thrown) {
			const ending = this.closed || name === "onError" || name === "onClose";
			if (!ending) this.end(new MqttError("CALLBACK", `${name} threw ${thrown}`, undefined, thrown));
		}
	}

	// What the application calls.

	read(count?: number | ByteBuffer): ArrayBuffer | number | undefined {
		const { reading } = this;
		const result = reading?.read(count);
		if (reading?.left === 0) {
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
		// As if the connection were lost, since §25 says that no DISCONNECT is sent.
		const now = this.surroundings.now();
		this.client.closed(now);
		this.client.close(now);
		this.resolver?.close?.();
	}
}
