// SPDX-License-Identifier: MIT
import { createServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";

/** An MQTT 3.1.1 broker inside this process, so that the simulation needs nothing else; loopback only, nothing is kept. */
export interface EmbeddedBroker {
	close(): Promise<void>;
}

/** Starts a broker on `port`. Rejects when the port is taken. */
export async function startBroker(address: string, port: number): Promise<EmbeddedBroker> {
	const aedes = await Aedes.createBroker();
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket.once("close", () => sockets.delete(socket)));
		aedes.handle(socket);
	});
	await listen(server, address, port);
	return {
		async close() {
			const closed = new Promise((resolve) => server.close(resolve));
			// What subscribers have yet to be told leaves before the connection ends.
			for (const socket of sockets) socket.end();
			await new Promise<void>((resolve) => aedes.close(resolve));
			await closed;
		},
	};
}

function listen(server: Server, address: string, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", reject).listen(port, address, () => {
			server.off("error", reject);
			resolve();
		});
	});
}
