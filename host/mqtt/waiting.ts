// SPDX-License-Identifier: MIT
import { MqttError, type PublishOptions } from "../../src/mqtt/index.ts";

/** A message at QoS 0, and whom to tell what became of it. */
interface Passing {
	readonly topicName: string;
	readonly payload: string | Uint8Array;
	readonly options: PublishOptions;
	readonly size: number;
}

/** Publishes; false when there is no room now. */
type Publish = (topicName: string, payload: string | Uint8Array, options: PublishOptions) => boolean;

/** Messages at QoS 0 that came faster than their connection takes them, in their order: they have no place in a session's queue, and end with the connection. */
export class Waiting {
	private readonly messages: Passing[] = [];
	private bytes = 0;
	private readonly publish: Publish;
	private readonly limits: { readonly messages: number; readonly bytes: number };

	constructor(publish: Publish, limits: { readonly messages: number; readonly bytes: number }) {
		this.publish = publish;
		this.limits = limits;
	}

	get empty(): boolean {
		return this.messages.length === 0;
	}

	/** Takes a message, whose payload it copies; false when there are too many. */
	add(topicName: string, payload: string | Uint8Array, options: PublishOptions): boolean {
		const size = topicName.length + payload.length;
		if (this.messages.length >= this.limits.messages || this.bytes + size > this.limits.bytes) return false;
		const own = typeof payload === "string" ? payload : payload.slice();
		this.messages.push({ topicName, payload: own, options, size });
		this.bytes += size;
		return true;
	}

	/** There is room again. */
	flush(): void {
		let count = 0;
		for (const { topicName, payload, options, size } of this.messages) {
			if (!this.publish(topicName, payload, options)) break;
			this.bytes -= size;
			count++;
		}
		this.messages.splice(0, count);
	}

	/** The connection ended. */
	drop(): void {
		this.bytes = 0;
		for (const { topicName, options } of this.messages.splice(0)) {
			options.onComplete?.(new MqttError("DROPPED", `a message to "${topicName}" was lost with the connection`));
		}
	}
}
