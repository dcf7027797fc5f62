// SPDX-License-Identifier: MIT
import { MqttError } from "./mqtt-error.ts";
import type { ClientOptions, Message } from "./options.ts";

/** The application's callbacks, each guarded: what one throws is reported to `onError`, and never breaks the machine. */
export class Events {
	private readonly options: ClientOptions;

	constructor(options: ClientOptions) {
		this.options = options;
	}

	connected(sessionPresent: boolean): void {
		try {
			this.options.onConnected?.(sessionPresent);
		} catch (thrown) {
			this.threw("onConnected", thrown);
		}
	}

	disconnected(reason: MqttError): void {
		try {
			this.options.onDisconnected?.(reason);
		} catch (thrown) {
			this.threw("onDisconnected", thrown);
		}
	}

	message(message: Message): void {
		try {
			this.options.onMessage?.(message);
		} catch (thrown) {
			this.threw("onMessage", thrown);
		}
	}

	writable(): void {
		try {
			this.options.onWritable?.();
		} catch (thrown) {
			this.threw("onWritable", thrown);
		}
	}

	error(error: MqttError): void {
		try {
			this.options.onError?.(error);
		} catch {
			// Nobody is left to tell.
		}
	}

	private threw(callback: string, thrown: unknown): void {
		this.error(new MqttError("CALLBACK", `${callback} threw ${thrown}`, undefined, thrown));
	}
}
