// SPDX-License-Identifier: MIT
import { Client, type ClientOptions, type ClientRequest } from "../../src/coap/client.ts";
import { type Endpoint, Server, type ServerOptions } from "../../src/coap/index.ts";
import type { Faults } from "./coap-link.ts";
import { seeded } from "./random.ts";

const CLIENT: Endpoint = { address: "192.0.2.2", port: 5000 };
const SERVER: Endpoint = { address: "192.0.2.1", port: 5683 };

type Machine = Client | Server;

/** A client and a server at either end of a link that loses, repeats and reorders datagrams as the seed decides, on a clock of its own. */
export class Network {
	readonly client: Client;
	readonly server: Server;
	readonly errors: Error[] = [];
	/** How many datagrams were sent. */
	sent = 0;
	now = 0;
	private readonly faults: Faults;
	private readonly random: () => number;
	private readonly events: { at: number; run: () => void }[] = [];
	private readonly to: Endpoint = { address: "", port: 0 };

	constructor(
		seed: number,
		faults: Faults,
		options: { client?: Partial<ClientOptions>; server?: Partial<ServerOptions> } = {},
	) {
		const random = seeded(seed);
		const onError = (error: Error) => this.errors.push(error);
		this.faults = faults;
		this.random = random;
		this.client = new Client({ random, onError, ...options.client });
		this.server = new Server({ random, onError, ...options.server });
		this.client.wake = () => this.at(this.now, () => this.drain(this.client));
		this.server.wake = () => this.at(this.now, () => this.drain(this.server));
	}

	/** Does something at a time. */
	at(time: number, run: () => void): void {
		this.events.push({ at: time, run });
	}

	/** Asks the server. */
	ask(request: Omit<ClientRequest, "endpoint">) {
		return this.client.request({ endpoint: SERVER, ...request });
	}

	/** Lets time pass until nothing is on its way, and nothing is due before `until`. */
	run(until: number): void {
		const { client, server, events } = this;
		for (;;) {
			events.sort((a, b) => a.at - b.at);
			const next = Math.min(events[0]?.at ?? Infinity, server.deadline, client.deadline);
			if (next > until) break;
			this.now = Math.max(this.now, next);
			const late = [client, server].find(({ deadline }) => deadline <= this.now);
			if (late !== undefined) {
				late.expire(this.now);
				this.drain(late);
			} else events.shift()!.run();
		}
		this.now = until;
	}

	private drain(machine: Machine): void {
		while (machine.due) {
			const bytes = machine.transmit(this.to, this.now);
			if (bytes === undefined) return;
			this.carry(machine, bytes.slice());
		}
	}

	private carry(from: Machine, bytes: Uint8Array): void {
		const { loss, duplication, latency } = this.faults;
		this.sent++;
		const arrive = () => this.arrive(from === this.client ? this.server : this.client, bytes.slice());
		if (this.random() >= loss) this.at(this.now + this.random() * latency, arrive);
		if (this.random() < duplication) this.at(this.now + this.random() * latency, arrive);
	}

	private arrive(at: Machine, bytes: Uint8Array): void {
		const reply = at.receive(bytes, at === this.server ? CLIENT : SERVER, this.now);
		if (reply !== undefined) this.carry(at, reply.slice());
		this.drain(at);
	}
}
