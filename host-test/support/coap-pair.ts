// SPDX-License-Identifier: MIT
import { type Endpoint, Server, type ServerOptions } from "../../src/coap/index.ts";
import { datagram, textOf } from "./coap-text.ts";

/** A datagram that the server sent. */
export interface Sent {
	at: number;
	port: number;
	bytes: Uint8Array;
	text: string;
}

/** A server with clients on a fake clock, over a link without faults. Message IDs of the server start at 1000 (hex). */
export class Pair {
	readonly server: Server;
	readonly errors: Error[] = [];
	readonly sent: Sent[] = [];
	/** How often the server asked to be driven. */
	woken = 0;
	now = 0;
	private readonly to: Endpoint = { address: "", port: 0 };

	constructor(options: Partial<ServerOptions> = {}) {
		this.server = new Server({
			random: () => 0.5,
			messageId: 0x1000,
			amplification: Infinity,
			onError: (error) => this.errors.push(error),
			...options,
		});
		this.server.wake = () => {
			this.woken++;
		};
	}

	/** A client at a port of its own. */
	client(port = 5000, address = "192.0.2.1"): Client {
		return new Client(this, { address, port });
	}

	/** Gives the server a datagram, and takes what it sends. */
	deliver(bytes: Uint8Array, from: Endpoint): Sent[] {
		// Bytes and endpoint are reused: what the server keeps of them without a copy goes bad.
		const lent = bytes.slice();
		const endpoint = { ...from };
		const sent: Sent[] = [];
		const reply = this.server.receive(lent, endpoint, this.now);
		if (reply !== undefined) sent.push(this.sends(reply, endpoint.port));
		lent.fill(0x5a);
		endpoint.port = 0;
		sent.push(...this.drain());
		return sent;
	}

	/** Gives the server a datagram that came to a multicast address. */
	multicast(bytes: Uint8Array, from: Endpoint): Sent[] {
		const lent = bytes.slice();
		const endpoint = { ...from };
		this.server.receiveMulticast(lent, endpoint, this.now);
		lent.fill(0x5a);
		endpoint.port = 0;
		return this.drain();
	}

	/** Takes what the server sends now. */
	drain(): Sent[] {
		const sent: Sent[] = [];
		while (this.server.due) {
			const bytes = this.server.transmit(this.to, this.now);
			if (bytes === undefined) break;
			sent.push(this.sends(bytes, this.to.port));
		}
		return sent;
	}

	private sends(bytes: Uint8Array, port: number): Sent {
		const sent = { at: this.now, port, bytes: bytes.slice(), text: textOf(bytes) };
		this.sent.push(sent);
		return sent;
	}

	/** Lets `milliseconds` pass; returns what the server sent meanwhile, as `<seconds> <message>`. */
	advance(milliseconds: number): string[] {
		const until = this.now + milliseconds;
		const sent: Sent[] = [];
		while (this.server.deadline <= until) {
			if (this.server.deadline <= this.now) throw new Error("the deadline stands still");
			this.now = this.server.deadline;
			this.server.expire(this.now);
			sent.push(...this.drain());
		}
		this.now = until;
		return sent.map(({ at, text }) => `${at / 1000} ${text}`);
	}
}

/** One endpoint that talks to the server of a pair. */
export class Client {
	private readonly pair: Pair;
	private readonly endpoint: Endpoint;

	constructor(pair: Pair, endpoint: Endpoint) {
		this.pair = pair;
		this.endpoint = endpoint;
	}

	/** Sends a message, given as text or as bytes; returns what the server sends thereupon, to whomever. */
	sends(message: string | Uint8Array): string[] {
		const bytes = typeof message === "string" ? datagram(message) : message;
		return this.pair.deliver(bytes, this.endpoint).map(({ text }) => text);
	}

	/** Sends a message to a multicast address; returns what the server sends at once. */
	multicasts(message: string | Uint8Array): string[] {
		const bytes = typeof message === "string" ? datagram(message) : message;
		return this.pair.multicast(bytes, this.endpoint).map(({ text }) => text);
	}
}
