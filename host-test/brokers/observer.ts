// SPDX-License-Identifier: MIT
import { once } from "node:events";
import { connect as open } from "node:net";
import { connectAsync, type IClientPublishOptions, type MqttClient } from "mqtt";
import { generate } from "mqtt-packet";
import { Lines } from "../support/lines.ts";
import { type Broker, PASSWORD } from "./broker.ts";
import type { Kind, Version } from "./table.ts";

/** The other side: MQTT.js, which shares no line with Katydid. */
export class Observer {
	/** `topic qos payload` for each message, and ` retained`, ` properties {…}`. */
	readonly log = new Lines();
	private readonly client: MqttClient;

	private constructor(client: MqttClient) {
		this.client = client;
	}

	static async connect(kind: Kind, broker: Broker, version: Version = kind.versions[0]!): Promise<Observer> {
		const client = await connectAsync({
			host: "127.0.0.1",
			port: broker.port,
			protocolVersion: version === "5.0" ? 5 : 4,
			clientId: `observer-${counter++}`,
			username: kind.username,
			password: PASSWORD,
			reconnectPeriod: 0,
		});
		const observer = new Observer(client);
		client.on("message", (topic, payload, { qos, retain, properties }) => {
			const said = properties && Object.keys(properties).length > 0 ? ` properties ${JSON.stringify(properties)}` : "";
			observer.log.push(`${topic} ${qos} ${payload}${retain ? " retained" : ""}${said}\n`);
		});
		return observer;
	}

	/** Returns when the broker has answered. */
	async subscribe(topicFilters: string | string[], qos: 0 | 1 | 2): Promise<void> {
		await this.client.subscribeAsync(topicFilters, { qos });
	}

	/** Returns when the message is acknowledged. */
	async publish(topicName: string, payload: string, options: IClientPublishOptions): Promise<void> {
		await this.client.publishAsync(topicName, payload, options);
	}

	async close(): Promise<void> {
		await this.client.endAsync();
	}
}
let counter = 0;

/** A client that says nothing after CONNECT with a Keep Alive of 1 s; returns when the broker has closed its connection. */
export async function silentClient(kind: Kind, broker: Broker): Promise<void> {
	const socket = open(broker.port, "127.0.0.1").resume();
	const who = { clientId: "silent", username: kind.username, password: Buffer.from(PASSWORD) };
	socket.write(generate({ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, keepalive: 1, ...who }));
	await once(socket, "close");
}
