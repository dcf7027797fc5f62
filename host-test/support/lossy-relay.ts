// SPDX-License-Identifier: MIT
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { seeded } from "./random.ts";

/** A UDP port of loopback behind which another one is, over a link that loses datagrams both ways as the seed decides. */
export class LossyRelay {
	readonly port: number;
	/** How many datagrams were lost. */
	lost = 0;
	private readonly socket: Socket;
	private readonly target: number;
	private readonly loss: number;
	private readonly random: () => number;
	/** What speaks to the target for each client, by the client's port. */
	private readonly clients = new Map<number, Socket>();

	private constructor(socket: Socket, target: number, loss: number, seed: number) {
		this.socket = socket;
		this.port = socket.address().port;
		this.target = target;
		this.loss = loss;
		this.random = seeded(seed);
		socket.on("message", (bytes, { port }) => {
			if (!this.loses()) this.client(port).send(bytes, this.target, "127.0.0.1");
		});
	}

	/** `loss` is a chance from 0 to 1. */
	static async start(target: number, loss: number, seed: number): Promise<LossyRelay> {
		const socket = createSocket("udp4").bind(0, "127.0.0.1");
		await once(socket, "listening");
		return new LossyRelay(socket, target, loss, seed);
	}

	close(): void {
		this.socket.close();
		for (const client of this.clients.values()) client.close();
	}

	private client(port: number): Socket {
		let client = this.clients.get(port);
		if (client === undefined) {
			client = createSocket("udp4");
			this.clients.set(port, client);
			client.on("message", (bytes) => {
				if (!this.loses()) this.socket.send(bytes, port, "127.0.0.1");
			});
		}
		return client;
	}

	private loses(): boolean {
		const loses = this.random() < this.loss;
		if (loses) this.lost++;
		return loses;
	}
}
