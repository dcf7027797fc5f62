// SPDX-License-Identifier: MIT
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { seeded } from "./random.ts";

const ADDRESS = "127.0.0.1";

/** A UDP relay on loopback that loses datagrams, each way, as its seed decides. */
export class LossyRelay {
	/** How many datagrams it was given, and how many it lost. */
	given = 0;
	lost = 0;
	private readonly socket = createSocket("udp4");
	/** A socket towards the server for each client. */
	private readonly clients = new Map<string, Socket>();
	private readonly to: number;
	private readonly loss: number;
	private readonly random: () => number;

	private constructor(to: number, loss: number, seed: number) {
		this.to = to;
		this.loss = loss;
		this.random = seeded(seed);
		this.socket.on("message", (bytes, { address, port }) => {
			const client = this.towardsServer(address, port);
			if (!this.loses()) client.send(bytes, this.to, ADDRESS);
		});
	}

	/** Relays to a port on loopback, and loses as many datagrams as `loss` says, from 0 to 1. */
	static async start(to: number, loss: number, seed: number): Promise<LossyRelay> {
		const relay = new LossyRelay(to, loss, seed);
		relay.socket.bind(0, ADDRESS);
		await once(relay.socket, "listening");
		return relay;
	}

	get port(): number {
		return (this.socket.address() as AddressInfo).port;
	}

	close(): void {
		this.socket.close();
		for (const client of this.clients.values()) client.close();
	}

	private towardsServer(address: string, port: number): Socket {
		const key = `${address} ${port}`;
		let client = this.clients.get(key);
		if (client === undefined) {
			client = createSocket("udp4");
			client.on("message", (bytes) => {
				if (!this.loses()) this.socket.send(bytes, port, address);
			});
			this.clients.set(key, client);
		}
		return client;
	}

	private loses(): boolean {
		this.given++;
		if (this.random() >= this.loss) return false;
		this.lost++;
		return true;
	}
}
