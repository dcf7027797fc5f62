// SPDX-License-Identifier: MIT
import { captureRejectionSymbol, EventEmitter } from "node:events";
import { type Message, MqttError } from "../../src/mqtt/index.ts";
import { type ReceivedMessage, receivedMessage } from "./message.ts";
import type { ConnectOptions } from "./options.ts";

/** What happens to a client, and what its listeners are given. What a listener throws comes to "error". */
export interface MqttClientEvents {
	/** The broker accepted us, in the session that was, or in a new one. */
	connect: [sessionPresent: boolean];
	/** A connection ended or was not made; another attempt follows after `retry` milliseconds, none when it is undefined. */
	disconnect: [reason: MqttError, retry: number | undefined];
	/** A message came that no handler of a subscription takes. */
	message: [message: ReceivedMessage];
	/** What a client survives: a message refused or dropped, a subscription refused, a callback that threw. Without a listener nothing happens. */
	error: [error: MqttError];
}

/** Takes the messages of a subscription. */
export type MessageHandler = (message: ReceivedMessage) => void | PromiseLike<void>;

/** Those who want to know what happens to a client: listeners, and the callbacks of its options. Whatever they throw or reject with is an "error", and goes no further. */
export class Listeners extends EventEmitter<MqttClientEvents> {
	protected readonly options: ConnectOptions;

	constructor(options: ConnectOptions) {
		super({ captureRejections: true });
		this.options = options;
	}

	/** What an async listener rejects with. */
	override [captureRejectionSymbol](thrown: Error, event: unknown, ..._given: unknown[]): void {
		this.threw(`a listener of "${String(event)}"`, thrown);
	}

	protected report(error: MqttError): void {
		try {
			this.options.onError?.(error);
			this.emit("error", error);
		} catch {
			// Nobody is left to tell; Node throws what nobody listens to.
		}
	}

	/** A message came that is for no handler of a subscription. */
	protected received(message: Message): void | PromiseLike<void> {
		const { onMessage } = this.options;
		const heard = this.emit("message", receivedMessage(message));
		if (onMessage !== undefined) return this.hand((own) => onMessage(own), message);
		if (heard) return;
		this.report(new MqttError("DROPPED", `a message to "${message.topicName}" came, and nobody takes it`));
	}

	/** Gives a handler its own copy of a message; returns the promise by which it acknowledges, if it does. */
	protected hand(handler: MessageHandler, message: Message): void | PromiseLike<void> {
		const result = handler(receivedMessage(message));
		if (typeof result?.then !== "function") return;
		if (this.options.manualAcknowledgement && message.qos === 1) return result;
		result.then(undefined, (thrown: unknown) => this.threw("a handler of messages", thrown));
	}

	private threw(who: string, thrown: unknown): void {
		this.report(new MqttError("CALLBACK", `${who} threw ${thrown}`, undefined, thrown));
	}
}
