// SPDX-License-Identifier: MIT
import { Writer } from "../wire/index.ts";

/** Room that PUBLISH and SUBSCRIBE leave to acknowledgements and PINGREQ, in bytes. */
const RESERVED = 64;
/** Room that those leave to the DISCONNECT, in bytes. */
const LAST = 5;

/** The bytes on their way to the socket. Packets are written here whole, after a look at the room, and leave in pieces as large as the socket takes. */
export class TransmitBuffer extends Writer {
	/** QoS 0 messages written since it was last empty. */
	messages = 0;
	private readonly maximum: number;
	/** How large a packet with content may be: what the broker takes, where that is less. */
	private most: number;
	/** How far packets may reach: less than nothing while one that is written piece by piece is not over. */
	private limit: number;
	private urgentLimit: number;
	/** Where what was not taken begins. */
	private from = 0;
	/** What `take` returned last, and where it began. */
	private taken: Uint8Array;
	private takenFrom = 0;
	/** Where `encode` wrote last, and all that is behind. */
	private rest: Uint8Array;
	private restAt = 0;

	/** `maximum` is the size of the largest packet, in bytes. */
	constructor(maximum: number) {
		super();
		this.maximum = this.most = this.limit = maximum;
		this.urgentLimit = maximum + RESERVED - LAST;
		this.taken = this.rest = new Uint8Array(maximum + RESERVED);
		this.over(this.taken);
	}

	get empty(): boolean {
		return this.at === 0;
	}

	/** How large a packet with content may be that is written next, in bytes. */
	get room(): number {
		return this.limit - this.at;
	}

	/** How large an acknowledgement or a PINGREQ may be that is written next, in bytes. */
	get urgentRoom(): number {
		return this.urgentLimit - this.at;
	}

	/** The broker takes packets of `size` bytes at most [MQTT-3.2.2-15]. */
	restart(size: number): void {
		this.most = this.limit = Math.min(size, this.maximum);
	}

	/** A packet is being written piece by piece: until it is over, no other can be. */
	set blocked(blocked: boolean) {
		this.limit = blocked ? -1 : this.most;
		this.urgentLimit = blocked ? -1 : this.maximum + RESERVED - LAST;
	}

	/** Room for a piece of `most` bytes or fewer; advance `at` by what was filled. */
	free(most: number): Uint8Array {
		return this.bytes.subarray(this.at, Math.min(this.at + most, this.maximum));
	}

	override encode(text: string): number {
		const at = this.at;
		// Messages that are alike need one view.
		if (this.restAt !== at) {
			this.restAt = at;
			this.rest = this.bytes.subarray(at);
		}
		const done = this.encoder.encodeInto(text, this.rest);
		const written = done.written;
		if (done.read < text.length)
			throw new RangeError(`expected room for ${text.length} characters, got ${this.rest.length} bytes`);
		this.at = at + written;
		return written;
	}

	/** What leaves next, `most` bytes or fewer; undefined when there is nothing, or no `most`. It is overwritten after the next call. */
	take(most: number): Uint8Array | undefined {
		const from = this.from;
		let count = this.at - from;
		if (count <= most) this.at = this.from = this.messages = 0;
		else {
			count = most;
			this.from = from + most;
		}
		// A stream of packets that are alike needs one view.
		if (this.taken.length === count && this.takenFrom === from) return this.taken;
		if (count === 0) return undefined;
		this.takenFrom = from;
		this.taken = this.bytes.subarray(from, from + count);
		return this.taken;
	}

	clear(): void {
		this.at = this.from = this.messages = 0;
	}
}
