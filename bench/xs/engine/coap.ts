// SPDX-License-Identifier: MIT
import { Code, type Resource, Server, type ServerOptions } from "../../../src/coap/index.ts";
import { DatagramDriver } from "../../../src/drive/index.ts";
import { metered } from "./meter.ts";
import { type MockUDP, mock, platform } from "./mock.ts";
import { acknowledgement, PAYLOAD, request } from "./packets.ts";

const CLIENT = 50_000;
const TEMPERATURE = [0xb0 | 11, "temperature"] as const;
/** An Observe number takes three bytes most of the time. */
const SEQUENCE = 1 << 20;
const NEVER = Number.MAX_SAFE_INTEGER;

/** A server with one observable resource, and the socket that it is on. */
export function serve(options: Partial<ServerOptions> = {}): { server: Server; resource: Resource; socket: MockUDP } {
	const server = new Server({ random: platform.random, sequence: SEQUENCE, ...options });
	const resource = server.resource("temperature", {
		title: "Temperature",
		rt: "temperature",
		if: "core.s",
		ct: [0],
		observable: true,
		get: () => PAYLOAD,
		put: () => undefined,
	});
	new DatagramDriver(server, platform, 5683, () => {});
	return { server, resource, socket: mock.udp };
}

/** A client at `port` observes the resource. */
export function observe(socket: MockUDP, port: number): void {
	socket.receives(request(port, Code.GET, 0x60, 0x50 | 11, "temperature").fresh());
}

function requests(code: number, ...rest: (string | number)[]): () => void {
	const { socket } = serve();
	const message = request(CLIENT, code, ...rest);
	return () => socket.receives(message.fresh());
}

function notifies(observers: number): () => void {
	const { resource, socket } = serve({ confirmEvery: NEVER });
	for (let i = 0; i < observers; i++) observe(socket, CLIENT + i);
	const change = () => resource.changed();
	return () => {
		mock.now += 3_000; // What changes sooner is told by a CON.
		metered(change);
	};
}

export const operations: Record<string, () => () => void> = {
	"GET → 2.05, piggybacked": () => requests(Code.GET, ...TEMPERATURE),
	"PUT → 2.04": () => requests(Code.PUT, ...TEMPERATURE, 0xff, PAYLOAD),

	"duplicate CON"() {
		const { socket } = serve();
		const message = request(CLIENT, Code.GET, ...TEMPERATURE);
		socket.receives(message.fresh());
		return () => socket.receives(message.datagram);
	},

	"notification to one observer": () => notifies(1),
	"notification to eight observers": () => notifies(8),

	"notification as a CON, with its ACK"() {
		const { resource, socket } = serve({ confirmEvery: 1 });
		observe(socket, CLIENT);
		const change = () => resource.changed();
		const ack = acknowledgement(CLIENT);
		return () => {
			metered(change);
			socket.receives(ack.answering(socket.written.bytes));
		};
	},

	"/.well-known/core with eight resources"() {
		const { server, socket } = serve();
		for (let i = 1; i < 8; i++) {
			const options = { title: `Sensor ${i}`, rt: "temperature", if: "core.s", ct: [0], get: () => PAYLOAD };
			server.resource(`sensor-${i}`, options);
		}
		const message = request(CLIENT, Code.GET, 0xb0 | 11, ".well-known", 4, "core");
		return () => socket.receives(message.fresh());
	},
};
