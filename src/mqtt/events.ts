// SPDX-License-Identifier: MIT
import { MqttError } from "./mqtt-error.ts";
import type { ClientOptions, Message, Receiver } from "./options.ts";
import type { Outcome } from "./outbox.ts";
import type { Answer } from "./subscriptions.ts";

/** The application's callbacks, each guarded: what one throws is reported to `onError`, and never breaks the machine. */
export class Events {
	private readonly options: ClientOptions;

	constructor(options: ClientOptions) {
		this.options = options;
	}

	connected(sessionPresent: boolean): void {
		this.call("onConnected", () => this.options.onConnected?.(sessionPresent));
	}

	disconnected(reason: MqttError, retry: number | undefined): void {
		this.call("onDisconnected", () => this.options.onDisconnected?.(reason, retry));
	}

	/** Who takes messages. It is not guarded: whoever receives a message guards all callbacks of a packet together. */
	get receiver(): Receiver {
		return this.options.onMessage === undefined ? { onMessage() {} } : (this.options as Receiver);
	}

	/** A part of a large message; what the application returned. */
	part(message: Message, offset: number, size: number): void | boolean {
		let more = undefined as void | boolean;
		this.call("onPart", () => {
			more = this.options.onPart?.(message, offset, size);
		});
		return more;
	}

	/** Whether the application takes large messages. */
	get takesParts(): boolean {
		return this.options.onPart !== undefined;
	}

	writable(): void {
		this.call("onWritable", () => this.options.onWritable?.());
	}

	/** A message is done, or will not be; what nobody asked to be told is an error of the client. */
	outcome({ message, error, reasonCode }: Outcome): void {
		if (message.onComplete !== undefined) this.call("onComplete", () => message.onComplete!(error, reasonCode));
		else if (error !== undefined) this.error(error);
	}

	/** A broker answered SUBSCRIBE or UNSUBSCRIBE. */
	answer({ calls, error, reasonCode }: Answer): void {
		for (const answered of calls) this.call("onComplete", () => answered(error, reasonCode));
		if (calls.length === 0 && error !== undefined) this.error(error);
	}

	/** Calls an application's function. */
	call(name: string, callback: () => void): void {
		try {
			callback();
		} catch (thrown) {
			this.threw(name, thrown);
		}
	}

	error(error: MqttError): void {
		try {
			this.options.onError?.(error);
		} catch {
			// Nobody is left to tell.
		}
	}

	threw(callback: string, thrown: unknown): void {
		this.error(new MqttError("CALLBACK", `${callback} threw ${thrown}`, undefined, thrown));
	}
}
