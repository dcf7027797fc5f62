// SPDX-License-Identifier: MIT
import { type Endpoint, Server, type ServerOptions } from "../../src/coap/index.ts";
import { datagram, textOf } from "./coap-text.ts";
import { seeded } from "./random.ts";

/** What a link does to datagrams: chances from 0 to 1, and milliseconds. */
export interface Faults {
	loss: number;
	duplication: number;
	/** Each datagram takes between none and all of it, so that they overtake each other. */
	latency: number;
}

const ACK_TIMEOUT = 2_000;
const MAX_RETRANSMIT = 4;

interface Exchange {
	message: Uint8Array;
	reply?: string;
}

/**
 * A server and clients at either end of a link that loses, repeats and reorders datagrams as the seed decides, on a clock of its own. The
 * clients retransmit a CON as RFC 7252 §4.2 says, and acknowledge every CON they get.
 */
export class Link {
	readonly server: Server;
	now = 0;
	/** Every notification that reached a client, as text. */
	readonly notifications: string[] = [];
	private readonly faults: Faults;
	private readonly random: () => number;
	private readonly exchanges = new Map<string, Exchange>();
	private readonly events: { at: number; run: () => void }[] = [];

	constructor(seed: number, faults: Faults, options: Partial<ServerOptions> = {}) {
		this.faults = faults;
		this.random = seeded(seed);
		this.server = new Server({ random: this.random, amplification: Infinity, ...options });
		this.server.wake = () => this.at(this.now, () => this.drain());
	}

	/** Does something at a time. */
	at(time: number, run: () => void): void {
		this.events.push({ at: time, run });
	}

	/** A client at `port` sends a CON, until there is a reply to it or it has been retransmitted often enough. */
	sends(port: number, line: string): void {
		const message = datagram(line);
		const exchange: Exchange = { message };
		this.exchanges.set(keyOf(port, message), exchange);
		this.transmit(port, exchange, 0, ACK_TIMEOUT * (1 + this.random() / 2));
	}

	/** What reached the client at `port` in reply to `line`; undefined when nothing did. */
	replyTo(port: number, line: string): string | undefined {
		return this.exchanges.get(keyOf(port, datagram(line)))?.reply;
	}

	/** Lets time pass until nothing is on its way, and nothing is due before `until`. */
	run(until: number): void {
		for (;;) {
			this.events.sort((a, b) => a.at - b.at);
			const next = Math.min(this.events[0]?.at ?? Infinity, this.server.deadline);
			if (next > until) break;
			this.now = Math.max(this.now, next);
			if (this.server.deadline <= this.now) {
				this.server.expire(this.now);
				this.drain();
			} else this.events.shift()!.run();
		}
		this.now = until;
	}

	private transmit(port: number, exchange: Exchange, retransmissions: number, timeout: number): void {
		if (exchange.reply !== undefined || retransmissions > MAX_RETRANSMIT) return;
		this.toServer(port, exchange.message);
		this.at(this.now + timeout, () => this.transmit(port, exchange, retransmissions + 1, 2 * timeout));
	}

	private toServer(port: number, bytes: Uint8Array): void {
		this.carry(() => {
			const reply = this.server.receive(bytes, { address: "192.0.2.1", port }, this.now)?.slice();
			if (reply !== undefined) this.carry(() => this.toClient(port, reply));
			this.drain();
		});
	}

	private drain(): void {
		const to: Endpoint = { address: "", port: 0 };
		while (this.server.due) {
			const bytes = this.server.transmit(to, this.now)?.slice();
			if (bytes === undefined) return;
			const { port } = to;
			this.carry(() => this.toClient(port, bytes));
		}
	}

	private toClient(port: number, bytes: Uint8Array): void {
		const text = textOf(bytes);
		const exchange = this.exchanges.get(keyOf(port, bytes));
		if (text.startsWith("ACK")) {
			if (exchange?.reply !== undefined && exchange.reply !== text)
				throw new Error(`two replies: ${exchange.reply}, ${text}`);
			if (exchange !== undefined) exchange.reply = text;
			return;
		}
		this.notifications.push(text);
		if (text.startsWith("CON")) this.toServer(port, Uint8Array.from([0x60, 0, bytes[2]!, bytes[3]!]));
	}

	private carry(arrive: () => void): void {
		const { loss, duplication, latency } = this.faults;
		if (this.random() >= loss) this.at(this.now + this.random() * latency, arrive);
		if (this.random() < duplication) this.at(this.now + this.random() * latency, arrive);
	}
}

function keyOf(port: number, message: Uint8Array): string {
	return `${port} ${message[2]} ${message[3]}`;
}
