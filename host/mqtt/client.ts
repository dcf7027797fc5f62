// SPDX-License-Identifier: MIT
import { StreamDriver } from "../../src/drive/index.ts";
import {
	type Capabilities,
	Client,
	type Message,
	MqttError,
	type PayloadSource,
	type PublishOptions,
	type RequestOptions,
	Requests,
	type SubscribeOptions,
} from "../../src/mqtt/index.ts";
import { WebSocketStream } from "../../src/websocket/index.ts";
import type { FileStore } from "../store/index.ts";
import { unguessable } from "../unguessable.ts";
import { Listeners, type MessageHandler } from "./listeners.ts";
import { type ReceivedMessage, receivedMessage } from "./message.ts";
import { type ConnectOptions, clientOptions } from "./options.ts";
import { Promises, type Settle } from "./promises.ts";
import { Sockets } from "./sockets.ts";
import { Waiting } from "./waiting.ts";

/** How a topic filter is subscribed to; QoS 0 unless said otherwise. */
export type SubscriptionOptions = Omit<SubscribeOptions, "onMessage" | "onComplete"> & { readonly qos?: 0 | 1 | 2 };

/** How a message is published; QoS 0 and not retained unless said otherwise. */
export type MessageOptions = Omit<PublishOptions, "onComplete">;

/**
 * An MQTT client on Node, over TCP, TLS and WebSocket. It has one life: `connect` begins it; `close` ends it, and so does the end of a connection with
 * `reconnect: false`. What goes wrong rejects a promise with an MqttError and, since nobody needs to wait for one, is told to "error", too; no
 * rejection is ever unhandled. A caller's mistake throws a TypeError or RangeError at once.
 */
export class MqttClient extends Listeners {
	private readonly machine: Client;
	private readonly sockets = new Sockets();
	private readonly platform = this.sockets.platform;
	/** The store that is closed with this client. */
	private readonly store: FileStore | undefined;
	private readonly waiting: Waiting;
	private readonly promises = new Promises();
	private readonly flushes = new Set<(complete: boolean) => void>();
	/** Made with the first request. */
	private requests: Requests | undefined;
	private opening: Promise<void> | undefined;
	private opened: Settle<void> | undefined;
	private closing: Promise<boolean> | undefined;
	private closed: ((complete: boolean) => void) | undefined;
	/** Why it is over. */
	private over: Error | undefined;

	/**
	 * Will connect to `url`, which is `mqtt://`, `mqtts://`, `ws://` or `wss://`, then `[user:password@]host[:port]`, or to one of several. Throws TypeError or
	 * RangeError on what cannot work, and what the store's file throws.
	 */
	constructor(url: string | readonly string[], options: ConnectOptions = {}) {
		super(options);
		const given = clientOptions(url, options);
		this.store = given.ownStore;
		try {
			this.machine = new Client({
				...given.options,
				onConnected: (sessionPresent) => this.connectedNow(sessionPresent),
				onDisconnected: (reason, retry) => this.disconnected(reason, retry),
				onMessage: (message) => this.received(message),
				onWritable: () => this.waiting.flush(),
				onError: (error) => this.report(error),
			});
		} catch (error) {
			this.store?.close();
			throw error;
		}
		const { maximumQueuedMessages: messages, maximumQueuedBytes: bytes } = given.options;
		this.waiting = new Waiting((...message) => this.machine.publish(...message), { messages, bytes });
		new StreamDriver(new WebSocketStream(this.machine, unguessable), this.platform);
		options.signal?.addEventListener("abort", this.aborted);
	}

	get connected(): boolean {
		return this.machine.connected;
	}

	/** What the broker of this connection takes and decides; undefined without one. */
	get broker(): Capabilities | undefined {
		return this.machine.broker;
	}

	/** Messages that were accepted and will not be delivered. */
	get dropped(): number {
		return this.machine.dropped;
	}

	/**
	 * Connects, and from then on again whenever a connection ends. Resolves when a broker accepted us for the first time; rejects when the client is closed or
	 * its `signal` aborts before that and, with `reconnect: false`, when it failed. Called while the client waits for another attempt, it tries at once.
	 */
	connect(): Promise<void> {
		const { signal } = this.options;
		if (signal?.aborted && this.opening === undefined) this.end(signal.reason);
		this.opening ??= this.promise((settle) => {
			this.opened = settle;
		});
		if (this.over === undefined && this.closing === undefined) this.machine.connect(this.platform.now());
		return this.opening;
	}

	/**
	 * Publishes; when this returns the payload was copied and, at QoS 1 and 2, is in the store. Resolves when the message is done: sent at QoS 0, acknowledged
	 * at QoS 1 and 2, to the Reason Code that the broker gave: 0, or 0x10 when nobody is subscribed. Rejects when it was refused or dropped.
	 */
	publish(topicName: string, payload: string | Uint8Array | PayloadSource, options?: MessageOptions): Promise<number> {
		return this.promise((settle) => {
			const onComplete = (error?: MqttError, reasonCode = 0) => this.settle(settle, error, reasonCode);
			if (this.accept(topicName, payload, { ...options, onComplete })) return;
			const why = this.connected || options?.qos || options?.queue ? "there is no room" : "there is no connection";
			onComplete(new MqttError("DROPPED", `a message to "${topicName}" was not accepted: ${why}`));
		});
	}

	private accept(topicName: string, payload: string | Uint8Array | PayloadSource, options: PublishOptions): boolean {
		const plain = typeof payload === "string" || payload instanceof Uint8Array;
		if (!plain || options.qos || options.queue) return this.machine.publish(topicName, payload, options);
		// At QoS 0 they wait for room here, for as long as the connection lasts.
		if (this.waiting.empty && this.machine.publish(topicName, payload, options)) return true;
		return this.connected && this.waiting.add(topicName, payload, options);
	}

	/**
	 * Wants what is published to `topicFilter`, on this connection and every later one, until `unsubscribe`; a second call takes the place of the first. Messages go to
	 * `handler`, without one to "message". Resolves to the QoS that the broker granted; rejects when it refused.
	 */
	subscribe(topicFilter: string, options?: SubscriptionOptions, handler?: MessageHandler): Promise<number>;
	subscribe(topicFilter: string, handler: MessageHandler): Promise<number>;
	subscribe(
		topicFilter: string,
		options: SubscriptionOptions | MessageHandler = {},
		handler?: MessageHandler,
	): Promise<number> {
		if (typeof options === "function") return this.subscribe(topicFilter, {}, options);
		const { qos = 0, ...others } = options;
		const onMessage = handler && ((message: Message) => this.hand(handler, message));
		return this.promise((settle) => {
			this.machine.subscribe(topicFilter, qos, {
				...others,
				...(onMessage && { onMessage }),
				onComplete: (error, reasonCode) => this.settle(settle, error, reasonCode),
			});
		});
	}

	/** Wants it no longer. Resolves when the broker knows, or to false when this client had not subscribed to it, which changes nothing. */
	unsubscribe(topicFilter: string): Promise<boolean> {
		return this.promise((settle) => {
			if (!this.machine.unsubscribe(topicFilter, (error) => this.settle(settle, error, true))) settle.resolve(false);
		});
	}

	/**
	 * Asks over MQTT 5.0, and resolves to the response (§4.10). Rejects when the request was refused, without connection, and when `timeout` passed (10 s unless
	 * given), which is a DOMException named TimeoutError.
	 */
	request(topicName: string, payload: string | Uint8Array, options?: RequestOptions): Promise<ReceivedMessage> {
		this.requests ??= new Requests(this.machine, { random: unguessable });
		const { requests } = this;
		return this.promise(({ resolve, reject }) => {
			const sent = requests.request(topicName, payload, options, this.platform.now(), (result) => {
				if (result.outcome === "response") resolve(receivedMessage(result.message));
				else if (result.outcome === "failed") reject(result.error);
				else reject(new DOMException(`nobody answered a request to "${topicName}"`, "TimeoutError"));
			});
			const why = this.connected ? "there is no room" : "there is no connection";
			if (!sent) reject(new MqttError("DROPPED", `a request to "${topicName}" was not accepted: ${why}`));
		});
	}

	/** Answers a request: publishes to its Response Topic, with its Correlation Data. Throws RangeError when it asks for no response. */
	reply(request: ReceivedMessage, payload: string | Uint8Array, options?: MessageOptions): Promise<number> {
		const { responseTopic, correlationData } = request.properties;
		if (responseTopic === undefined) throw new RangeError("expected a message with a Response Topic, got none");
		const properties = { ...options?.properties, ...(correlationData && { correlationData }) };
		return this.publish(responseTopic, payload, { ...options, properties });
	}

	/** Resolves to true when all that was accepted is sent and acknowledged, to false when `timeout` milliseconds passed before. */
	flush(timeout = 10_000): Promise<boolean> {
		return new Promise((resolve) => {
			const done = (complete: boolean) => {
				clearTimeout(timer);
				this.flushes.delete(done);
				resolve(complete);
			};
			const timer = setTimeout(() => done(false), timeout);
			this.flushes.add(done);
			// The machine knows one flush at a time: the last one stands for all.
			this.machine.flush(Number.POSITIVE_INFINITY, this.platform.now(), (complete) => this.flushed(complete));
			if (this.over !== undefined) done(this.machine.idle);
		});
	}

	/**
	 * Ends the client: when all that was accepted is acknowledged, or `closeTimeout` passed, the connection ends, in the first case with a DISCONNECT, so that the Will
	 * is not published. Resolves to whether all was; what was not is kept in the store at QoS 1 and 2, and its promises reject.
	 */
	close(): Promise<boolean> {
		return this.shut();
	}

	/** Ends the client at once, without a word: the broker publishes the Will. */
	terminate(): void {
		this.sockets.cut();
		void this.shut(0);
	}

	private shut(timeout?: number): Promise<boolean> {
		this.closing ??= new Promise((resolve) => {
			this.closed = resolve;
			if (this.over !== undefined) resolve(this.machine.idle);
			else if (this.opening === undefined) this.end(new MqttError("CLOSED", "the client was closed"));
			else this.machine.close(this.platform.now(), timeout);
		});
		return this.closing;
	}

	/** Closes it at the end of a block, with `await using`. */
	async [Symbol.asyncDispose](): Promise<void> {
		await this.close();
	}

	/** Authenticates again (5.0 §4.12.1); false when that cannot be now. */
	reauthenticate(): boolean {
		return this.machine.reauthenticate();
	}

	/** Goes on where `onPart` returned false, or where a source had nothing to read. */
	resume(): void {
		this.machine.resume();
	}

	private connectedNow(sessionPresent: boolean): void {
		this.options.signal?.removeEventListener("abort", this.aborted);
		this.opened!.resolve();
		this.options.onConnected?.(sessionPresent);
		this.emit("connect", sessionPresent);
	}

	private disconnected(reason: MqttError, retry: number | undefined): void {
		this.waiting.drop();
		if (retry === undefined) this.end(reason);
		this.options.onDisconnected?.(reason, retry);
		this.emit("disconnect", reason, retry);
	}

	private readonly aborted = (): void => {
		this.opened?.reject(this.options.signal!.reason);
		void this.close();
	};

	private flushed(complete: boolean): void {
		for (const done of [...this.flushes]) done(complete);
	}

	/** It is over: what was not settled never will be. */
	private end(reason: Error): void {
		this.over = reason;
		this.options.signal?.removeEventListener("abort", this.aborted);
		// What became of messages by now is told first.
		this.machine.expire(this.platform.now());
		this.promises.end(reason);
		this.flushed(this.machine.idle);
		this.store?.close();
		this.closed?.(this.machine.idle);
	}

	/** A promise that this client sees to, while it lives. */
	private promise<Value>(begin: (settle: Settle<Value>) => void): Promise<Value> {
		const { over } = this;
		return this.promises.make((settle) => (over === undefined ? begin(settle) : settle.reject(over)));
	}

	private settle<Value>({ resolve, reject }: Settle<Value>, error: MqttError | undefined, value: Value): void {
		if (error === undefined) resolve(value);
		else {
			reject(error);
			this.report(error);
		}
	}
}
