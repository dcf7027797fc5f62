// SPDX-License-Identifier: MIT
import { StreamDriver } from "../../../src/drive/index.ts";
import { Client, type ClientOptions } from "../../../src/mqtt/index.ts";
import { accept, answer } from "./broker.ts";
import { metered } from "./meter.ts";
import { type MockTCP, mock, platform, rings } from "./mock.ts";
import { bytesOf, PAYLOAD, publishBytes, TOPIC } from "./packets.ts";

const QOS_1 = { qos: 1 } as const;
const QOS_2 = { qos: 2 } as const;

/** A client that the broker accepted. */
export function connect(options: Partial<ClientOptions> = {}): { client: Client; socket: MockTCP } {
	const client = new Client({
		host: "192.0.2.1",
		clientId: "thermostat-123",
		random: platform.random,
		onMessage() {},
		...options,
	});
	new StreamDriver(client, platform);
	client.connect(platform.now());
	accept();
	return { client, socket: mock.tcp };
}

function received(payload: string, qos: 0 | 1): () => void {
	const { socket } = connect();
	const bytes = publishBytes(payload, qos);
	return () => socket.receives(bytes);
}

export const operations: Record<string, () => () => void> = {
	"PUBLISH received, QoS 0": () => received(PAYLOAD, 0),
	"PUBLISH received, QoS 1, with its PUBACK": () => received(PAYLOAD, 1),
	"PUBLISH received, QoS 2, complete"() {
		const { socket } = connect();
		const publish = publishBytes(PAYLOAD, 2);
		const pubrel = bytesOf(0x62, 2, 0, 1);
		return () => {
			socket.receives(publish);
			socket.receives(pubrel);
		};
	},
	"PUBLISH received, QoS 0, 1 KB": () => received("x".repeat(1024), 0),

	"PUBLISH sent, QoS 0"() {
		const { client } = connect();
		const publish = () => client.publish(TOPIC, PAYLOAD);
		return () => metered(publish);
	},

	"PUBLISH sent, QoS 1, with its PUBACK"() {
		const { client, socket } = connect();
		const publish = () => client.publish(TOPIC, PAYLOAD, QOS_1);
		return () => {
			metered(publish);
			answer(socket);
		};
	},

	"PUBLISH sent, QoS 2, complete"() {
		const { client, socket } = connect();
		const publish = () => client.publish(TOPIC, PAYLOAD, QOS_2);
		return () => {
			metered(publish);
			answer(socket);
			answer(socket);
		};
	},

	"Keep Alive: PINGREQ and PINGRESP"() {
		const { socket } = connect({ reconnect: { stable: 0 } });
		const pingresp = bytesOf(0xd0, 0);
		return () => {
			rings();
			socket.receives(pingresp);
		};
	},
};
