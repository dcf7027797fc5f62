// SPDX-License-Identifier: MIT
// A server of /time in a process of its own: `katydid`, `node-coap` or `echo`, and its port.
import { createSocket } from "node:dgram";
import { createServer } from "coap";
import { nodePlatform } from "../../host/platform.ts";
import { Server } from "../../src/coap/index.ts";
import { DatagramDriver } from "../../src/drive/index.ts";
import { serve } from "./child.ts";

/** What libcoap's server would say. */
const TIME = "Nov 23 07:14:33";

const servers: Record<string, (port: number) => void> = {
	katydid(port) {
		const server = new Server({ random: Math.random });
		server.resource("time", { get: () => TIME });
		new DatagramDriver(server, nodePlatform("127.0.0.1", Math.random), port, (error) => console.error(error));
	},

	"node-coap"(port) {
		const server = createServer((_, response) => {
			response.setOption("Content-Format", "text/plain");
			response.end(TIME);
		});
		server.listen(port, "127.0.0.1");
	},

	/** What comes goes back: Node's ceiling. */
	echo(port) {
		const socket = createSocket("udp4", (bytes, from) => socket.send(bytes, from.port, from.address));
		socket.bind(port, "127.0.0.1");
	},
};

const [kind, port] = process.argv.slice(2);
servers[kind!]!(Number(port));
serve({
	/** Megabytes that are in use, after a collection. */
	memory(): number {
		globalThis.gc!();
		const { heapUsed, external } = process.memoryUsage();
		return (heapUsed + external) / 2 ** 20;
	},
});
