// SPDX-License-Identifier: MIT
// Deduplication (RFC 7252 §4.5) in bounded memory.
import type { Endpoint } from "./handler.ts";
import { MESSAGE_SIZE } from "./message.ts";

/** How many requests of one endpoint are remembered. */
const EXCHANGES = 8;

/** A reply of no more bytes than this is kept as long as its request. */
const SHORT = 128;

/**
 * What is remembered of one endpoint: its latest requests in a ring, and the replies to them. Call `find` for a request; when it is new, answer it, then `remember` it with its reply.
 */
export class Peer {
	address = "";
	port = 0;
	/** When it was last heard of. */
	heard = 0;
	/** Whether it showed that it is where it says (RFC 9175 §2.3). */
	reachable = false;
	private readonly messageIds: number[] = new Array(EXCHANGES).fill(0);
	private readonly expiries: number[] = new Array(EXCHANGES).fill(0);
	private readonly replies: (Uint8Array | undefined)[] = new Array(EXCHANGES).fill(undefined);
	private next = 0;

	/** Becomes another endpoint, of which nothing is remembered. */
	assign({ address, port }: Readonly<Endpoint>): void {
		this.address = address;
		this.port = port;
		this.reachable = false;
		this.expiries.fill(0);
		this.replies.fill(undefined);
	}

	/** The exchange that `messageId` already opened, or -1. */
	find(messageId: number, now: number): number {
		const messageIds = this.messageIds;
		if (!messageIds.includes(messageId)) return -1;
		let exchange = messageIds.indexOf(messageId);
		while (exchange >= 0 && this.expiries[exchange]! <= now) exchange = messageIds.indexOf(messageId, exchange + 1);
		return exchange;
	}

	/** Remembers a request and its reply, if there is one, until `expiry`, in the place of the oldest; `reply` is kept as it is. */
	remember(messageId: number, expiry: number, reply: Uint8Array | undefined): void {
		const exchange = this.next;
		this.messageIds[exchange] = messageId;
		this.expiries[exchange] = expiry;
		this.replies[exchange] = reply;
		if (reply !== undefined && reply.length > SHORT) this.makeRoom(exchange);
		this.next = (exchange + 1) % EXCHANGES;
	}

	/** `reply` is what a request that is remembered gets from now on. */
	replace(messageId: number, reply: Uint8Array): void {
		const exchange = this.messageIds.lastIndexOf(messageId);
		if (exchange < 0) return;
		this.replies[exchange] = reply;
		if (reply.length > SHORT) this.makeRoom((this.next + EXCHANGES - 1) % EXCHANGES);
	}

	/** The reply to `exchange`; undefined when there was none or it had to give way. */
	reply(exchange: number): Uint8Array | undefined {
		return this.replies[exchange];
	}

	/** Long replies share MESSAGE_SIZE bytes: of those before `newest`, drops the ones that no longer fit. */
	private makeRoom(newest: number): void {
		const replies = this.replies;
		let length = 0;
		for (let i = 0; i < EXCHANGES; i++) {
			const exchange = (newest + EXCHANGES - i) % EXCHANGES;
			const reply = replies[exchange];
			if (reply === undefined || reply.length <= SHORT) continue;
			length += reply.length;
			if (length > MESSAGE_SIZE) replies[exchange] = undefined;
		}
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

	/** The memory for an endpoint, if there is one. */
	find({ address, port }: Readonly<Endpoint>): Peer | undefined {
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
