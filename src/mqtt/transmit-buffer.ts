// SPDX-License-Identifier: MIT
import { Writer } from "../wire/index.ts";

/** How large the buffer is before more is written, in bytes. */
const LITTLE = 128;
/** Room that PUBLISH and SUBSCRIBE leave to acknowledgements and PINGREQ, in bytes. */
const RESERVED = 64;
/** Room that those leave to the DISCONNECT, in bytes. */
const LAST = 5;

/**
 * The bytes on their way to the socket. Packets are written here whole, after a look at the room, and leave in pieces as large as the socket takes.
 * It grows for what is written, and is small again after `clear`: whoever writes takes `bytes` anew after each call.
 */
export class TransmitBuffer extends Writer {
	/** Somebody has something to write when there is room, or to tell the application. */
	due = false;
	/** QoS 0 messages written since it was last empty. */
	messages = 0;
	private readonly maximum: number;
	/** How large a packet with content may be: what the broker takes, where that is less. */
	private most: number;
	/** How far packets with content may reach: less than nothing while one that is written piece by piece is not over. */
	limit: number;
	private urgentLimit: number;
	/** Where what was not taken begins. */
	private from = 0;
	/** What `take` returned last of the beginning. */
	private taken!: Uint8Array;
	private view!: DataView;
	/** Where text was written last, and all that is behind. */
	private rest!: Uint8Array;
	private restAt = 0;

	/** `maximum` is the size of the largest packet, in bytes. */
	constructor(maximum: number) {
		super();
		this.maximum = this.most = this.limit = maximum;
		this.urgentLimit = maximum + RESERVED - LAST;
		this.hold(Math.min(LITTLE, maximum));
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
		const end = Math.min(this.at + most, this.maximum);
		if (end > this.end) this.grow(end);
		return this.bytes.subarray(this.at, end);
	}

	override claim(count: number): number {
		const at = this.at;
		const end = at + count;
		if (end > this.end) this.grow(end);
		this.at = end;
		return at;
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
		if (done.read < text.length) {
			const most = this.maximum + RESERVED;
			if (this.end === most)
				throw new RangeError(`expected room for ${text.length} characters, got ${most - at} bytes`);
			this.grow(Math.min(at + 3 * text.length, most));
			return this.encode(text);
		}
		this.at = at + written;
		return written;
	}

	/** Writes `text` that is ASCII, a byte a character; false, and nothing is written, when it is not, or there is no room. */
	ascii(text: string): boolean {
		const at = this.at;
		if (this.restAt !== at) {
			this.restAt = at;
			this.rest = this.bytes.subarray(at);
		}
		const done = this.encoder.encodeInto(text, this.rest);
		const length = text.length;
		if (done.read !== length || done.written !== length) return false;
		this.at = at + length;
		return true;
	}

	/** Writes an acknowledgement that says Success, the same in both versions, as one number; false when there is no room. */
	acknowledge(packet: number): boolean {
		const at = this.at;
		if (at + 4 > this.urgentLimit) return false;
		if (at + 4 > this.end) this.grow(at + 4);
		// One call takes half of what four assignments would.
		this.view.setUint32(at, packet);
		this.at = at + 4;
		return true;
	}

	/** What leaves next, `most` bytes or fewer; undefined when there is nothing, or no `most`. It is overwritten after the next call. */
	take(most: number): Uint8Array | undefined {
		const count = this.at - this.from;
		if (count > most || this.from !== 0) return this.takePiece(count, most);
		this.at = this.messages = 0;
		// A stream of packets that are alike needs one view.
		if (this.taken.length === count) return this.taken;
		if (count === 0) return undefined;
		this.taken = this.bytes.subarray(0, count);
		return this.taken;
	}

	/** What leaves next of `count` bytes, of which some are too many, or some are gone. */
	private takePiece(count: number, most: number): Uint8Array | undefined {
		const { from, bytes } = this;
		if (count <= most) this.at = this.from = this.messages = 0;
		else {
			count = most;
			this.from = from + most;
		}
		return count === 0 ? undefined : bytes.subarray(from, from + count);
	}

	clear(): void {
		this.at = this.from = this.messages = 0;
		if (this.end > LITTLE) this.hold(LITTLE);
	}

	/** Has room up to `end`. Throws RangeError when that is too far. */
	private grow(end: number): void {
		const { at, bytes, maximum } = this;
		const most = maximum + RESERVED;
		if (end > most) throw new RangeError(`expected room for ${end - at} bytes, got ${most - at}`);
		this.hold(Math.max(end, Math.min(2 * bytes.length, most)));
		this.bytes.set(bytes);
	}

	/** Has a buffer of `size` bytes from now on. */
	private hold(size: number): void {
		this.bytes = this.taken = this.rest = new Uint8Array(size);
		this.view = new DataView(this.bytes.buffer);
		this.end = size;
		this.restAt = 0;
	}
}
