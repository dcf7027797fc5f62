// SPDX-License-Identifier: MIT
import type { Client } from "../../src/mqtt/index.ts";
import { outboxOf } from "./client-contents.ts";

/** Who was promised which message, and what came. A message is named by its payload, `QoS.number`, numbers in the order of publishing. */
export class Deliveries {
	/** The number of the next message. */
	count = 0;
	/** Messages that `publish` was called for and has not answered. */
	private readonly uncertain = new Set<string>();
	private readonly promised = new Set<string>();
	private readonly announced = new Set<string>();
	private readonly toClient = new Set<string>();
	private readonly seen: string[] = [];

	publishing(payload: string): void {
		this.uncertain.add(payload);
	}

	refused(payload: string): void {
		this.uncertain.delete(payload);
	}

	accepted(payload: string): void {
		this.uncertain.delete(payload);
		this.promised.add(payload);
	}

	/** The application was told that a message is dropped. */
	dropped(payload: string): void {
		this.announced.add(payload);
	}

	/** The broker has taken a message for the client. */
	owed(payload: string): void {
		this.toClient.add(payload);
	}

	/** The broker lost these with its session. */
	lost(payloads: string[]): void {
		for (const payload of payloads) this.toClient.delete(payload);
	}

	/** The application of the client has a message. */
	delivered(payload: string): void {
		this.seen.push(payload);
	}

	/** The power was cut after a message was put and before the application had it: then it never has, as QoS 2 forbids twice. */
	unseen(payload: string): void {
		this.toClient.delete(payload);
	}

	/** The power is cut while the record under `deleting` is deleted: what this client would have told next, it never will. */
	cut(client: Client | undefined, deleting: number | undefined): void {
		if (client === undefined) return;
		const { outcomes, messages } = outboxOf(client);
		for (const { message } of outcomes) this.announced.add(message.topicName.slice(2));
		for (const { key, topicName } of messages) if (key === deleting) this.announced.add(topicName.slice(2));
	}

	/** Throws Error when a promise was not kept. `arrived`: what came to the broker, in order. */
	check(arrived: readonly string[]): void {
		const mayCome = (payload: string) => this.promised.has(payload) || this.uncertain.has(payload);
		once("the broker", arrived);
		once("the client", this.seen);
		for (const payload of arrived) if (!mayCome(payload)) throw new Error(`message ${payload} came, which was refused`);
		for (const payload of this.promised)
			if (!arrived.includes(payload) && !(this.announced.has(payload) && payload.startsWith("2")))
				throw new Error(`message ${payload} was accepted, and neither came to the broker nor was announced`);
		for (const payload of this.toClient)
			if (!this.seen.includes(payload)) throw new Error(`message ${payload} did not come to the client`);
	}
}

/** At QoS 2 nothing comes twice; what comes first comes in the order of publishing [MQTT-4.6.0]. */
function once(where: string, payloads: readonly string[]): void {
	const came = new Set<string>();
	let last = -1;
	for (const payload of payloads) {
		const [qos, number] = payload.split(".").map(Number);
		if (came.has(payload)) {
			if (qos === 2) throw new Error(`message ${payload} came to ${where} twice`);
			continue;
		}
		came.add(payload);
		if (number! < last) throw new Error(`message ${payload} came to ${where} after ${last}`);
		last = number!;
	}
}
