// SPDX-License-Identifier: MIT
import { Writer } from "../wire/index.ts";

/** Room that PUBLISH and SUBSCRIBE leave to acknowledgements and PINGREQ, in bytes. */
const RESERVED = 64;
/** Room that those leave to the DISCONNECT, in bytes. */
const LAST = 4;

/** The bytes on their way to the socket. Packets are written here whole and leave in pieces as large as the socket takes. */
export class TransmitBuffer {
	/** Packets are written with it, after a look at the room. */
	readonly writer = new Writer();
	/** QoS 0 messages written since it was last empty. */
	messages = 0;
	private readonly bytes: Uint8Array;
	private readonly maximum: number;
	private taken = 0;

	/** `maximum` is the size of the largest packet, in bytes. */
	constructor(maximum: number) {
		this.maximum = maximum;
		this.bytes = new Uint8Array(maximum + RESERVED);
		this.writer.over(this.bytes);
	}

	get empty(): boolean {
		return this.writer.at === 0;
	}

	/** Whether a packet with content, of at most `size` bytes, may be written. An empty buffer takes every allowed packet. */
	fits(size: number): boolean {
		return this.writer.at === 0 || this.writer.at + size <= this.maximum;
	}

	/** Whether an acknowledgement or a PINGREQ of `size` bytes may be written. */
	fitsUrgent(size: number): boolean {
		return this.writer.at + size + LAST <= this.bytes.length;
	}

	/** Moves what fits to the start of `into`; returns how many bytes. */
	take(into: Uint8Array): number {
		const { bytes, taken, writer } = this;
		const count = Math.min(into.length, writer.at - taken);
		if (count === 0) return 0;
		into.set(bytes.subarray(taken, taken + count));
		this.taken = taken + count;
		if (this.taken === writer.at) this.clear();
		return count;
	}

	clear(): void {
		this.writer.at = this.taken = this.messages = 0;
	}
}
