// SPDX-License-Identifier: MIT
import { Writer } from "../wire/index.ts";

/** Room that PUBLISH and SUBSCRIBE leave to acknowledgements and PINGREQ, in bytes. */
const RESERVED = 64;
/** Room that those leave to the DISCONNECT, in bytes. */
const LAST = 5;

/** The bytes on their way to the socket. Packets are written here whole and leave in pieces as large as the socket takes. */
export class TransmitBuffer {
	/** Packets are written with it, after a look at the room. */
	readonly writer = new Writer();
	private readonly bytes: Uint8Array;
	private readonly maximum: number;
	/** Where what was not taken begins. */
	private at = 0;
	/** What `take` returned last, and where it began. */
	private taken: Uint8Array;
	private takenAt = 0;
	/** QoS 0 messages written since it was last empty. */
	messages = 0;

	/** `maximum` is the size of the largest packet, in bytes. */
	constructor(maximum: number) {
		this.maximum = maximum;
		this.bytes = this.taken = new Uint8Array(maximum + RESERVED);
		this.writer.over(this.bytes);
	}

	get empty(): boolean {
		return this.writer.at === 0;
	}

	/** How large a packet with content may be that is written next, in bytes. */
	get room(): number {
		return this.maximum - this.writer.at;
	}

	/** How large an acknowledgement or a PINGREQ may be that is written next, in bytes. */
	get urgentRoom(): number {
		return this.maximum + RESERVED - LAST - this.writer.at;
	}

	/** What leaves next, `most` bytes or fewer; undefined when there is nothing, or no `most`. It is overwritten after the next call. */
	take(most: number): Uint8Array | undefined {
		const writer = this.writer;
		const at = this.at;
		let count = writer.at - at;
		if (count <= most) writer.at = this.at = this.messages = 0;
		else {
			count = most;
			this.at = at + most;
		}
		if (count === 0) return undefined;
		// A stream of packets that are alike needs one view.
		if (this.takenAt === at && this.taken.length === count) return this.taken;
		this.takenAt = at;
		this.taken = this.bytes.subarray(at, at + count);
		return this.taken;
	}

	clear(): void {
		this.writer.at = this.at = this.messages = 0;
	}
}
