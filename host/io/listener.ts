// SPDX-License-Identifier: MIT
import { type AddressInfo, createServer, type Server } from "node:net";
import type { ListenerOptions, Listener as TCPListener } from "../../src/drive/index.ts";
import { checkAddress, checkFormat, checkPort } from "./check.ts";
import { Connection } from "./connection.ts";
import { TCP } from "./tcp.ts";

const ANY = "0.0.0.0";

/** ECMA-419's TCP listener socket on node:net. */
export class Listener implements TCPListener {
	target?: unknown;
	private server: Server | undefined;
	private waiting: Connection[] = [];

	/** Takes only connections to `address`, an IPv4 literal, when there is one. Throws when the port is taken. */
	constructor(options: ListenerOptions & { address?: string }) {
		checkFormat("socket/tcp", options.format);
		const port = checkPort(options.port ?? 0);
		const address = checkAddress(options.address ?? ANY);
		const server = createServer((socket) => {
			// To listen there alone, Node would look the literal up, and bind later.
			if (address !== ANY && socket.localAddress?.replace("::ffff:", "") !== address) {
				socket.destroy();
				return;
			}
			this.waiting.push(new Connection(socket));
			options.onReadable?.call(this, this.waiting.length);
		});
		// Without a host to resolve, Node binds before `listen` returns, but tells of a failure only later.
		server.on("error", () => {}).listen({ port, exclusive: true });
		if (!server.listening) throw new Error(`expected a free port, got ${port}`);
		this.server = server;
		this.target = options.target;
	}

	get port(): number {
		return (this.open().address() as AddressInfo).port;
	}

	get format(): "socket/tcp" {
		this.open();
		return "socket/tcp";
	}

	set format(format: "socket/tcp") {
		this.open();
		checkFormat("socket/tcp", format);
	}

	read(): TCP | undefined {
		this.open();
		const from = this.waiting.shift();
		return from && new TCP({ from });
	}

	/** Closes the connections that wait, too. */
	close(): void {
		this.server?.close();
		this.server = undefined;
		for (const connection of this.waiting.splice(0)) connection.close();
	}

	private open(): Server {
		if (!this.server) throw new Error("closed");
		return this.server;
	}
}
