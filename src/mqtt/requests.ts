// SPDX-License-Identifier: MIT
import type { Payload } from "../wire/index.ts";
import type { Capabilities } from "./capabilities.ts";
import { checkProperties } from "./check-properties.ts";
import { checkPayload, checkTopicName, duration } from "./checks.ts";
import type { Client } from "./client.ts";
import { MqttError } from "./mqtt-error.ts";
import type { Message, PublishOptions, PublishProperties } from "./options.ts";
import { V5 } from "./version.ts";

/** How requests are made. */
export interface RequestsOptions {
	/**
	 * Where responses come; unless given, the Client Identifier below the Response Information, for which `requestResponseInformation` asks
	 * the broker, or below `responses` where it gives none.
	 */
	readonly responseTopic?: string;
	/** Numbers in [0, 1), so that no response to an earlier run is taken for one to this. */
	readonly random: () => number;
}

/** How one request is made. */
export interface RequestOptions {
	/** Milliseconds until it is given up; 10 s unless given. */
	readonly timeout?: number;
	/** 1 unless given. */
	readonly qos?: 0 | 1 | 2;
	readonly properties?: Omit<PublishProperties, "responseTopic" | "correlationData">;
}

/** What came of a request; the message is valid until the callback returns. */
export type RequestResult =
	| { readonly outcome: "response"; readonly message: Message }
	| { readonly outcome: "timeout" }
	| { readonly outcome: "failed"; readonly error: MqttError };

interface Pending {
	readonly topicName: string;
	readonly payload: Payload;
	readonly options: RequestOptions | undefined;
	readonly correlationData: Uint8Array;
	readonly deadline: number;
	readonly done: (result: RequestResult) => void;
	sent: boolean;
}

/**
 * Asks over MQTT 5.0, and waits for responses (§4.10): each request has a Response Topic, which this subscribes to before the first one
 * of a connection is sent, and Correlation Data, by which its response is found. Several may be made at once.
 */
export class Requests {
	private readonly client: Client;
	private readonly options: RequestsOptions;
	private readonly pending: Pending[] = [];
	private readonly run: number;
	private count = 0;
	/** The connection that was told of the Response Topic. */
	private broker: Capabilities | undefined = undefined;
	private responseTopic = "";
	/** The broker has said that responses will come. */
	private listening = false;

	/** Throws TypeError or RangeError on a Response Topic that is no topic name. */
	constructor(client: Client, options: RequestsOptions) {
		if (options.responseTopic !== undefined) checkTopicName(options.responseTopic);
		this.client = client;
		this.options = options;
		this.run = Math.floor(options.random() * 0x100000000);
	}

	/** When the next request is given up; Infinity while there is none. */
	get deadline(): number {
		let deadline = Number.POSITIVE_INFINITY;
		for (let i = 0; i < this.pending.length; i++) deadline = Math.min(deadline, this.pending[i]!.deadline);
		return deadline;
	}

	/**
	 * Sends a request, and tells `done` once what came of it; false without connection, or without room for it, and then it never does. Throws
	 * TypeError or RangeError on what cannot be sent, and where the broker speaks 3.1.1, which knows no responses.
	 */
	request(
		topicName: string,
		payload: Payload,
		options: RequestOptions | undefined,
		now: number,
		done: (result: RequestResult) => void,
	): boolean {
		checkTopicName(topicName);
		checkPayload(payload);
		const { timeout = 10_000, properties } = options ?? {};
		if (properties !== undefined) checkProperties(properties);
		const deadline = now + duration("timeout", timeout);
		const { client } = this;
		const { broker } = client;
		if (broker === undefined) return false;
		if (broker.version !== V5) throw new RangeError("expected a broker that speaks 5.0, got 3.1.1");
		if (broker !== this.broker) this.listen(broker);
		const pending: Pending = {
			topicName,
			payload: typeof payload === "string" ? payload : payload.slice(),
			options,
			correlationData: this.correlationData(),
			deadline,
			done,
			sent: false,
		};
		this.pending.push(pending);
		try {
			if (this.listening && !this.send(pending)) {
				this.remove(pending);
				return false;
			}
		} catch (error) {
			this.remove(pending);
			throw error;
		}
		client.watch(this);
		return true;
	}

	/** Gives up what waited too long; the client calls it. */
	expire(now: number): void {
		for (let i = this.pending.length - 1; i >= 0; i--) {
			const pending = this.pending[i];
			if (pending !== undefined && pending.deadline <= now) this.finish(pending, { outcome: "timeout" });
		}
	}

	/** Subscribes to the Response Topic, which the broker may have a say in. */
	private listen(broker: Capabilities): void {
		const { client, options } = this;
		const base = broker.responseInformation ?? "responses";
		const responseTopic = options.responseTopic ?? `${base}${base.endsWith("/") ? "" : "/"}${broker.clientId}`;
		checkTopicName(responseTopic);
		this.listening = false;
		client.subscribe(responseTopic, 1, {
			retainHandling: 2,
			onMessage: (message) => this.responded(message),
			onComplete: (error) => this.answered(error),
		});
		if (this.responseTopic !== "" && this.responseTopic !== responseTopic) client.unsubscribe(this.responseTopic);
		this.responseTopic = responseTopic;
		this.broker = broker;
	}

	/** The broker answered the SUBSCRIBE: what waited is sent, or has failed. */
	private answered(error: MqttError | undefined): void {
		this.broker = error === undefined ? this.client.broker : undefined;
		this.listening = error === undefined;
		const waiting = this.pending.filter(({ sent }) => !sent);
		for (let i = 0; i < waiting.length; i++) {
			const why = error ?? this.trySend(waiting[i]!);
			if (why !== undefined) this.finish(waiting[i]!, { outcome: "failed", error: why });
		}
	}

	private trySend(pending: Pending): MqttError | undefined {
		try {
			return this.send(pending) ? undefined : new MqttError("DROPPED", "there was no room for a request");
		} catch (thrown) {
			return new MqttError("DROPPED", `a request cannot be sent: ${thrown}`, undefined, thrown);
		}
	}

	private send(pending: Pending): boolean {
		const { topicName, payload, options, correlationData } = pending;
		pending.sent = true;
		return this.client.publish(topicName, payload, {
			qos: options?.qos ?? 1,
			properties: { ...options?.properties, responseTopic: this.responseTopic, correlationData },
			onComplete: (error) => {
				if (error !== undefined) this.finish(pending, { outcome: "failed", error });
			},
		});
	}

	/** A message came to the Response Topic; one that nobody waits for any more is late. */
	private responded(message: Message): void {
		const came = message.properties?.correlationData;
		const pending = this.pending.find(({ correlationData }) => came !== undefined && same(correlationData, came));
		if (pending !== undefined) this.finish(pending, { outcome: "response", message });
	}

	private finish(pending: Pending, result: RequestResult): void {
		if (this.remove(pending)) pending.done(result);
	}

	private remove(pending: Pending): boolean {
		const index = this.pending.indexOf(pending);
		if (index >= 0) this.pending.splice(index, 1);
		return index >= 0;
	}

	/** What no other request of this client has: the run's number and its own. */
	private correlationData(): Uint8Array {
		const bytes = new Uint8Array(8);
		const view = new DataView(bytes.buffer);
		view.setUint32(0, this.run);
		view.setUint32(4, ++this.count);
		return bytes;
	}
}

/**
 * Answers a request: publishes to its Response Topic with its Correlation Data; false as `publish`. Throws RangeError when the message asks
 * for no response, and what `publish` throws.
 */
export function reply(client: Client, request: Message, payload: Payload, options?: PublishOptions): boolean {
	const { responseTopic, correlationData } = request.properties ?? {};
	if (responseTopic === undefined) throw new RangeError("expected a message with a Response Topic, got none");
	const properties = { ...options?.properties, ...(correlationData !== undefined && { correlationData }) };
	return client.publish(responseTopic, payload, { ...options, properties });
}

function same(one: Uint8Array, other: Uint8Array): boolean {
	if (one.length !== other.length) return false;
	for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
	return true;
}
