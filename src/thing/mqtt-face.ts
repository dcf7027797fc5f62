// SPDX-License-Identifier: MIT
import { Client, type ClientOptions, type Message } from "../mqtt/index.ts";
import type { Property, Value } from "./property.ts";
import type { Thing } from "./thing.ts";

/** Where the broker is and what it needs to know; the face decides what is left out, and the thing's id is its Client Identifier. */
export type MqttFaceOptions = Omit<ClientOptions, "clientId" | "will" | "availability" | "onWritable"> & {
	/** A command came; `error` says why its value is not allowed. Called before the actuator is. */
	onCommand?(property: string, payload: string, error?: unknown): void;
};

/** A property's state topic, and whether the broker does not have its newest state yet. */
interface State {
	readonly property: Property;
	readonly topicName: string;
	/** Where its commands come. */
	readonly commandTopic: string;
	due: boolean;
}

const STATE = Object.freeze({ qos: 1, retain: true, policy: "latest" } as const);

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
	private states: State[];

	constructor(thing: Thing, options: MqttFaceOptions) {
		this.thing = thing;
		this.options = options;
		this.states = thing.properties.map((property) => ({
			property,
			topicName: `${thing.topic}/${property.name}`,
			commandTopic: `${thing.topic}/${property.name}/set`,
			due: false,
		}));
		this.client = new Client({
			...options,
			clientId: thing.id,
			availability: { topicName: `${thing.topic}/status`, qos: STATE.qos, retain: STATE.retain },
			onConnected: (sessionPresent) => {
				this.announce();
				options.onConnected?.(sessionPresent);
			},
			onMessage: (message) => this.receive(message),
			onWritable: () => this.publish(),
		});
		for (const { property, commandTopic } of this.states) if (property.writable) this.client.subscribe(commandTopic, 1);
		thing.observe((property) => {
			if (!this.client.connected) return;
			this.states[property.index]!.due = true;
			this.publish();
		});
	}

	/** Publishes `offline` and disconnects. */
	close(now: number): void {
		this.client.close(now);
	}

	private announce(): void {
		for (const state of this.states) state.due = state.property.value !== undefined;
		this.publish();
	}

	private publish(): void {
		const states = this.states;
		for (let i = 0; i < states.length; i++) {
			const state = states[i]!;
			if (state.due) state.due = !this.say(state);
		}
	}

	/** Publishes one state; false when there is no room now. One that can never be sent is reported, and holds up no other. */
	private say({ property, topicName }: State): boolean {
		try {
			return this.client.publish(topicName, property.text, STATE);
		} catch (error) {
			this.thing.report(error, `${property.name} on mqtt`);
			return true;
		}
	}

	private receive(message: Message): void {
		const state = this.states.find(
			({ property, commandTopic }) => property.writable && commandTopic === message.topicName,
		);
		if (!state) this.options.onMessage?.(message);
		// A retained command is a ghost: whoever sent it meant the thing of that day.
		else if (!message.retain) this.command(state.property, message.payload);
	}

	private command(property: Property, bytes: Uint8Array): void {
		let payload = "";
		let value: Value;
		try {
			payload = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
			value = property.parse(payload);
		} catch (error) {
			this.options.onCommand?.(property.name, payload, error);
			return;
		}
		this.options.onCommand?.(property.name, payload);
		this.thing.command(property, value);
	}
}
