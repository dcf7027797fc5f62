// SPDX-License-Identifier: MIT
import { nodePlatform } from "../../host/platform.ts";
import { StreamDriver } from "../../src/drive/index.ts";
import { Client, type ClientOptions, type MqttError } from "../../src/mqtt/index.ts";
import { WebSocketStream } from "../../src/websocket/index.ts";
import { Lines } from "./lines.ts";

/** The client over real sockets of every kind; what happens is a line each that a test can wait for. */
export class LiveClient {
	/** `connected`, `disconnected: <reason>`, `<topic> <payload>`, `error: <what>`. */
	readonly events = new Lines();
	/** Why connections ended. */
	readonly reasons: MqttError[] = [];
	readonly client: Client;
	private readonly platform = nodePlatform("127.0.0.1", Math.random);

	/** Connects at once, to `localhost` unless told otherwise, and never a second time. */
	constructor(options: Partial<ClientOptions>) {
		const note = (line: string) => this.events.push(`${line}\n`);
		this.client = new Client({
			host: "localhost",
			clientId: "",
			random: Math.random,
			reconnect: false,
			onConnected: () => note("connected"),
			onDisconnected: (reason) => {
				this.reasons.push(reason);
				note(`disconnected: ${reason.message}`);
			},
			onMessage: ({ topicName, payload }) => note(`${topicName} ${new TextDecoder().decode(payload)}`),
			onError: (error) => note(`error: ${error.message}`),
			...options,
		});
		new StreamDriver(new WebSocketStream(this.client, Math.random), this.platform);
		this.client.connect(this.platform.now());
	}

	/** Publishes at QoS 1; resolves to the refusal, or undefined when the broker took it. */
	publish(topicName: string, payload: string | Uint8Array): Promise<MqttError | undefined> {
		return new Promise((resolve) => {
			if (!this.client.publish(topicName, payload, { qos: 1, onComplete: resolve })) throw new Error("no room");
		});
	}

	/** Says DISCONNECT, and resolves when the connection is over. */
	async close(): Promise<void> {
		this.client.close(this.platform.now());
		await this.events.line(/^disconnected/);
	}
}
