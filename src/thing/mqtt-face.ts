// SPDX-License-Identifier: MIT
import { Client, type ClientOptions, type Message } from "../mqtt/index.ts";
import type { Property, Value } from "./property.ts";
import type { Thing } from "./thing.ts";

/** Where the broker is and what it needs to know; the face decides what is left out, and the thing's id is its Client Identifier. */
export type MqttFaceOptions = Omit<ClientOptions, "clientId" | "will" | "onMessage" | "onWritable"> & {
	/** A command came; `error` says why its value is not allowed. Called before the actuator is. */
	onCommand?(property: string, payload: string, error?: unknown): void;
};

const STATE = Object.freeze({ qos: 1, retain: true } as const);

/**
 * A thing on MQTT: each property's state at `<topic>/<property>` (retained, QoS 1), commands at `<topic>/<property>/set`,
 * availability at `<topic>/status` (`online`, and `offline` as the Will).
 *
 * A change marks its property; the newest state is published when there is room. While there is no connection nothing queues: every
 * state is published again when there is one.
 */
export class MqttFace {
	readonly client: Client;
	private thing: Thing;
	private options: MqttFaceOptions;
	/** Properties whose newest state the broker does not have yet. */
	private due: Set<Property>;
	private online = false;
	private status: string;

	constructor(thing: Thing, options: MqttFaceOptions) {
		this.thing = thing;
		this.options = options;
		this.status = `${thing.topic}/status`;
		this.due = new Set();
		this.client = new Client({
			...options,
			clientId: thing.id,
			will: { topicName: this.status, payload: "offline", ...STATE },
			onConnected: (sessionPresent) => {
				this.announce();
				options.onConnected?.(sessionPresent);
			},
			onMessage: (message) => this.command(message),
			onWritable: () => this.publish(),
		});
		for (const property of thing.properties)
			if (property.writable) this.client.subscribe(`${thing.topic}/${property.name}/set`, 1);
		thing.observe((property) => {
			if (!this.client.connected) return;
			this.due.add(property);
			this.publish();
		});
	}

	/** Publishes `offline` and disconnects. */
	close(now: number): void {
		if (this.client.connected) this.client.publish(this.status, "offline", STATE);
		this.client.close(now);
	}

	private announce(): void {
		this.online = false;
		this.due = new Set(this.thing.properties);
		this.publish();
	}

	private publish(): void {
		this.online ||= this.client.publish(this.status, "online", STATE);
		if (!this.online) return;
		for (const property of this.due) {
			if (
				property.value !== undefined &&
				!this.client.publish(`${this.thing.topic}/${property.name}`, property.text, STATE)
			)
				return;
			this.due.delete(property);
		}
	}

	private command(message: Message): void {
		// A retained command is a ghost: whoever sent it meant the thing of that day.
		if (message.retain) return;
		const name = message.topicName.slice(this.thing.topic.length + 1, -"/set".length);
		const property = this.thing.property(name);
		let payload = "";
		let value: Value;
		try {
			payload = new TextDecoder("utf-8", { fatal: true }).decode(message.payload);
			value = property.parse(payload);
		} catch (error) {
			this.options.onCommand?.(name, payload, error);
			return;
		}
		this.options.onCommand?.(name, payload);
		this.thing.command(property, value);
	}
}
