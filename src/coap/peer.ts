// SPDX-License-Identifier: MIT
// Deduplication (RFC 7252 §4.5) in bounded memory.
import { MESSAGE_SIZE } from "./message.ts";

/** How many requests of one endpoint are remembered. */
const EXCHANGES = 8;

/**
 * What is remembered of one endpoint: its latest requests in a ring, and the replies to them, one after another in a ring of
 * bytes. Call `find` for a request; when it is new, `open`, and `keep` once the reply is written.
 */
export class Peer {
	address = "";
	port = 0;
	/** When it was last heard of. */
	heard = 0;
	private readonly messageIds = new Uint16Array(EXCHANGES);
	private readonly expiries = new Float64Array(EXCHANGES);
	private readonly positions = new Float64Array(EXCHANGES);
	private readonly lengths = new Uint16Array(EXCHANGES);
	private readonly replies = new Uint8Array(MESSAGE_SIZE);
	private next = 0;
	/** How many bytes were ever put into `replies`; a reply older than its length has been overwritten. */
	private written = 0;

	/** Becomes another endpoint, of which nothing is remembered. */
	assign(address: string, port: number): void {
		this.address = address;
		this.port = port;
		this.expiries.fill(0);
	}

	/** The exchange that `messageId` already opened, or -1. */
	find(messageId: number, now: number): number {
		const messageIds = this.messageIds;
		let exchange = messageIds.indexOf(messageId);
		while (exchange >= 0 && this.expiries[exchange]! <= now) exchange = messageIds.indexOf(messageId, exchange + 1);
		return exchange;
	}

	/** Remembers a request until `expiry`, in the place of the oldest; returns its exchange. */
	open(messageId: number, expiry: number): number {
		const exchange = this.next;
		this.next = (exchange + 1) % EXCHANGES;
		this.messageIds[exchange] = messageId;
		this.expiries[exchange] = expiry;
		this.positions[exchange] = this.written;
		this.lengths[exchange] = 0;
		return exchange;
	}

	/** Keeps the first `length` bytes of `reply` as the answer to `exchange`. */
	keep(exchange: number, reply: Uint8Array, length: number): void {
		const size = this.replies.length;
		let position = this.written;
		let at = position % size;
		if (at + length > size) {
			position += size - at;
			at = 0;
		}
		this.replies.set(reply.subarray(0, length), at);
		this.positions[exchange] = position;
		this.lengths[exchange] = length;
		this.written = position + length;
	}

	/** Copies the reply to `exchange` into `into`; returns its length, 0 when there was none or it has been overwritten. */
	replay(exchange: number, into: Uint8Array): number {
		const replies = this.replies;
		const position = this.positions[exchange]!;
		if (this.written - position > replies.length) return 0;
		const at = position % replies.length;
		const length = this.lengths[exchange]!;
		into.set(replies.subarray(at, at + length));
		return length;
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
	at(address: string, port: number, now: number): Peer {
		let peer = this.latest;
		if (peer === undefined || peer.port !== port || peer.address !== address) {
			peer = this.find(address, port) ?? this.take(address, port, now);
			this.latest = peer;
		}
		peer.heard = now;
		return peer;
	}

	private find(address: string, port: number): Peer | undefined {
		const peers = this.peers;
		for (let i = 0; i < peers.length; i++) {
			const peer = peers[i]!;
			if (peer.port === port && peer.address === address) return peer;
		}
		return undefined;
	}

	private take(address: string, port: number, now: number): Peer {
		const peer = this.peers.length < this.capacity ? this.add() : this.silent(now);
		peer.assign(address, port);
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
