// SPDX-License-Identifier: MIT
// Deduplication (RFC 7252 §4.5) in bounded memory.
import type { Endpoint } from "./handler.ts";
import { MESSAGE_SIZE } from "./message.ts";

/** How many requests of one endpoint are remembered. */
const EXCHANGES = 8;

/**
 * What is remembered of one endpoint: its latest requests in a ring, and the replies to them, one after another in a ring of
 * bytes. Call `find` for a request; when it is new, answer it, then `remember` it with its reply.
 */
export class Peer {
	address = "";
	port = 0;
	/** When it was last heard of. */
	heard = 0;
	private readonly messageIds: number[] = new Array(EXCHANGES).fill(0);
	private readonly expiries: number[] = new Array(EXCHANGES).fill(0);
	private readonly positions: number[] = new Array(EXCHANGES).fill(0);
	private readonly lengths: number[] = new Array(EXCHANGES).fill(0);
	private readonly replies = new Uint8Array(MESSAGE_SIZE);
	private next = 0;
	/** How many bytes were ever put into `replies`; a reply older than its length has been overwritten. */
	private written = 0;

	/** Becomes another endpoint, of which nothing is remembered. */
	assign({ address, port }: Readonly<Endpoint>): void {
		this.address = address;
		this.port = port;
		this.expiries.fill(0);
	}

	/** The exchange that `messageId` already opened, or -1. */
	find(messageId: number, now: number): number {
		const messageIds = this.messageIds;
		if (!messageIds.includes(messageId)) return -1;
		let exchange = messageIds.indexOf(messageId);
		while (exchange >= 0 && this.expiries[exchange]! <= now) exchange = messageIds.indexOf(messageId, exchange + 1);
		return exchange;
	}

	/** Remembers a request and its reply until `expiry`, in the place of the oldest; `reply` is copied, empty when there was none. */
	remember(messageId: number, expiry: number, reply: Uint8Array): void {
		const exchange = this.next;
		const length = reply.length;
		let position = this.written;
		let at = position % MESSAGE_SIZE;
		if (at + length > MESSAGE_SIZE) {
			position += MESSAGE_SIZE - at;
			at = 0;
		}
		this.replies.set(reply, at);
		this.messageIds[exchange] = messageId;
		this.expiries[exchange] = expiry;
		this.positions[exchange] = position;
		this.lengths[exchange] = length;
		this.written = position + length;
		this.next = (exchange + 1) % EXCHANGES;
	}

	/** The reply to `exchange`, until the next `remember`; empty when there was none or it has been overwritten. */
	reply(exchange: number): Uint8Array {
		const position = this.positions[exchange]!;
		const at = position % MESSAGE_SIZE;
		const kept = this.written - position <= MESSAGE_SIZE;
		return this.replies.subarray(at, kept ? at + this.lengths[exchange]! : at);
	}
}

/** The endpoints that were heard of most recently, at most `capacity` of them. */
export class Peers {
	/** How many endpoints were forgotten for another before their exchanges had expired. */
	forgotten = 0;
	private readonly capacity: number;
	private readonly lifetime: number;
	private readonly peers: Peer[] = [];
	private latest: Peer | undefined;

	/** An endpoint's memory is of use for `lifetime` milliseconds after it was heard of. */
	constructor(capacity: number, lifetime: number) {
		this.capacity = capacity;
		this.lifetime = lifetime;
	}

	/** The memory for an endpoint; when all are taken, the one that was silent for longest. */
	at(endpoint: Readonly<Endpoint>, now: number): Peer {
		let peer = this.latest;
		if (peer === undefined || peer.port !== endpoint.port || peer.address !== endpoint.address) {
			peer = this.find(endpoint) ?? this.take(endpoint, now);
			this.latest = peer;
		}
		peer.heard = now;
		return peer;
	}

	private find({ address, port }: Readonly<Endpoint>): Peer | undefined {
		const peers = this.peers;
		for (let i = 0; i < peers.length; i++) {
			const peer = peers[i]!;
			if (peer.port === port && peer.address === address) return peer;
		}
		return undefined;
	}

	private take(endpoint: Readonly<Endpoint>, now: number): Peer {
		const peer = this.peers.length < this.capacity ? this.add() : this.silent(now);
		peer.assign(endpoint);
		return peer;
	}

	private add(): Peer {
		const peer = new Peer();
		this.peers.push(peer);
		return peer;
	}

	private silent(now: number): Peer {
		const peers = this.peers;
		let silent = peers[0]!;
		for (let i = 1; i < peers.length; i++) if (peers[i]!.heard < silent.heard) silent = peers[i]!;
		if (silent.heard + this.lifetime > now) this.forgotten++;
		return silent;
	}
}
