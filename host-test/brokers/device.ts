// SPDX-License-Identifier: MIT

import { TCP } from "../../host/io/index.ts";
import { nodePlatform } from "../../host/platform.ts";
import { StreamDriver } from "../../src/drive/index.ts";
import { Client, type ClientOptions, type PublishOptions } from "../../src/mqtt/index.ts";
import { Lines } from "../support/lines.ts";
import { seeded } from "../support/random.ts";

/** Milliseconds; what a step takes on a busy machine, and more. */
const PATIENCE = 20_000;

/** What a device is made with: it knows its broker, or several, and reconnects soon. */
export type DeviceOptions = Omit<ClientOptions, "random" | "host">;

/** Katydid's client on real sockets, as an application has it. */
export class Device {
	/** What happened, a line each: `connected`, `disconnected CODE reason`, `message topic qos payload`, `error CODE`. */
	readonly log = new Lines();
	readonly client: Client;
	private readonly platform = nodePlatform("127.0.0.1", seeded(1));
	private readonly sockets: TCP[] = [];
	private vanished = false;
	/** What is published when there is room, in order. */
	private readonly waiting: (() => boolean)[] = [];

	constructor(options: DeviceOptions) {
		const say = (line: string) => this.log.push(`${line}\n`);
		this.client = new Client({
			host: "127.0.0.1",
			random: this.platform.random,
			reconnect: { minimum: 20, maximum: 500 },
			...options,
			onConnected: (present) => say(present ? "connected, session present" : "connected"),
			onDisconnected: ({ code, reasonCode, message }) => say(`disconnected ${code} ${reasonCode} ${message}`),
			onMessage: ({ topicName, payload, qos, retain, properties }) => {
				const { responseTopic, correlationData } = properties ?? {};
				const answer = responseTopic ? ` answer ${new TextDecoder().decode(correlationData)} to ${responseTopic}` : "";
				say(`message ${topicName} ${qos} ${new TextDecoder().decode(payload)}${retain ? " retained" : ""}${answer}`);
			},
			onError: ({ code, reasonCode, message }) => say(`error ${code} ${reasonCode} ${message}`),
			onWritable: () => this.fill(),
		});
		const { setTimer } = this.platform;
		const sockets = this.sockets;
		new StreamDriver(this.client, {
			...this.platform,
			TCP: class extends TCP {
				constructor(parameters: ConstructorParameters<typeof TCP>[0]) {
					super(parameters);
					sockets.push(this);
				}
			},
			setTimer: (callback, delay) => (this.vanished ? undefined : setTimer(callback, delay)),
		});
	}

	/** Connects; returns what the log says of it. */
	connect(): Promise<string> {
		this.client.connect(this.platform.now());
		return this.log.line(/^connected/);
	}

	/** Subscribes; returns when the broker has answered. */
	async subscribe(topicFilter: string, qos: 0 | 1 | 2): Promise<void> {
		this.client.subscribe(topicFilter, qos);
		await this.flush();
	}

	/** Returns when all is acknowledged. */
	flush(): Promise<void> {
		return new Promise((resolve, reject) => {
			this.client.flush(PATIENCE, this.platform.now(), (complete) => {
				if (complete) resolve();
				else reject(new Error(`not acknowledged in time, after\n${this.log.all.join("\n")}`));
			});
		});
	}

	/** Publishes when there is room; returns when the message is done. */
	publish(topicName: string, payload: string, options: PublishOptions = {}): Promise<void> {
		return new Promise((resolve, reject) => {
			const onComplete = (error?: Error) => (error ? reject(error) : resolve());
			this.waiting.push(() => this.client.publish(topicName, payload, { ...options, onComplete }));
			if (this.waiting.length === 1) this.fill();
		});
	}

	private fill(): void {
		while (this.waiting[0]?.()) this.waiting.shift();
	}

	/** It vanished, or wants no connection. */
	get gone(): boolean {
		return this.vanished || this.client.target === undefined;
	}

	/** Closes; returns when that is over. */
	async close(): Promise<void> {
		this.client.close(this.platform.now());
		await this.log.line(/^disconnected CLOSED/);
	}

	/** The power is cut: its connection ends without a word, and nothing more is done. */
	vanish(): void {
		this.vanished = true;
		this.sockets.at(-1)?.close();
	}
}
