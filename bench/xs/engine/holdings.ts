// SPDX-License-Identifier: MIT
// What an application has more of: each step adds one, and it stays.
import type { Definitions } from "../../../src/thing/index.ts";
import { answer } from "./broker.ts";
import { observe, serve } from "./coap.ts";
import { connect } from "./mqtt.ts";
import { PAYLOAD, request, TOPIC } from "./packets.ts";
import { start } from "./thing.ts";

const PROPERTY = { type: "number", unit: "Cel", minimum: -40, maximum: 85, value: 22.5 } as const;

/** More than any step adds. */
const MANY = 1000;

/** Each gives what adds one more. */
export const holdings: Record<string, () => () => void> = {
	client: () => connect,
	server: () => serve,
	"thing with one property": () => () => start(properties(1)),
	"thing with nine properties": () => () => start(properties(9)),

	subscription() {
		const { client, socket } = connect();
		let last = 100;
		return () => {
			client.subscribe(`home/${last++}`, 1);
			answer(socket);
		};
	},

	message() {
		const limits = { maximumInFlight: MANY, maximumQueuedMessages: MANY, maximumQueuedBytes: 0xffff };
		const { client } = connect(limits);
		return () => client.publish(TOPIC, PAYLOAD, { qos: 1 });
	},

	resource() {
		const { server } = serve();
		let last = 100;
		return () => {
			const options = { title: "Sensor", rt: "temperature", if: "core.s", ct: [0], get: () => PAYLOAD };
			server.resource(`sensor-${last++}`, options);
		};
	},

	observer() {
		const { socket } = serve({ observers: MANY, peers: 1 });
		let port = 50_000;
		return () => observe(socket, port++);
	},

	endpoint() {
		const { socket } = serve({ peers: MANY });
		let port = 50_000;
		return () => socket.receives(request(port++, 1, 0xb0 | 11, "temperature").fresh());
	},
};

function properties(count: number): Definitions {
	return Object.fromEntries(Array.from({ length: count }, (_, i) => [`property-${i}`, PROPERTY]));
}
