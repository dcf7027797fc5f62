// SPDX-License-Identifier: MIT
// A client that publishes as fast as it can, in a process of its own: `katydid` or `MQTT.js`, and the port of the broker.
import { connect } from "mqtt";
import { nodePlatform } from "../../host/platform.ts";
import { StreamDriver } from "../../src/drive/index.ts";
import { Client } from "../../src/mqtt/index.ts";
import { serve } from "./child.ts";

const TOPIC = "home/livingroom/thermostat/temperature";
const PAYLOAD = "22.5";

/** How many messages may be unacknowledged. */
const WINDOW = 20;

/** Publishes one message; false when it was not taken. */
type Publishing = (qos: 0 | 1, count: number) => Promise<void>;

const [kind, port] = process.argv.slice(2);
const publishing = await (kind === "katydid" ? katydid(Number(port)) : mqttJs(Number(port)));

serve({
	/** Publishes `count` messages; returns how many a second. At QoS 0 a last one at QoS 1 tells that the broker has them all. */
	async publish(qos: 0 | 1, count: number): Promise<number> {
		const start = performance.now();
		await publishing(qos, count);
		if (qos === 0) await publishing(1, 1);
		return (1000 * count) / (performance.now() - start);
	},
});

async function katydid(port: number): Promise<Publishing> {
	const platform = nodePlatform("127.0.0.1", Math.random);
	let writable = () => {};
	const client = await new Promise<Client>((resolve) => {
		const client: Client = new Client({
			host: "127.0.0.1",
			port,
			clientId: "katydid",
			random: Math.random,
			maximumInFlight: WINDOW,
			maximumQueuedMessages: WINDOW,
			onConnected: () => resolve(client),
			onWritable: () => writable(),
		});
		new StreamDriver(client, platform);
		client.connect(platform.now());
	});
	return (qos, count) =>
		new Promise((resolve) => {
			let left = count;
			const idle = () => (client.idle ? resolve() : setImmediate(idle));
			writable = () => {
				while (left > 0 && client.publish(TOPIC, PAYLOAD, { qos })) left--;
				if (left === 0) idle();
			};
			writable();
		});
}

async function mqttJs(port: number): Promise<Publishing> {
	const client = connect({ host: "127.0.0.1", port, clientId: "mqtt-js", protocolVersion: 4 });
	await new Promise((resolve) => client.once("connect", resolve));
	return (qos, count) =>
		new Promise((resolve) => {
			let left = count;
			let under = 0;
			const next = () => {
				while (left > 0 && under < WINDOW) {
					left--;
					under++;
					client.publish(TOPIC, PAYLOAD, { qos }, () => {
						under--;
						if (left > 0) next();
						else if (under === 0) resolve();
					});
				}
			};
			next();
		});
}
