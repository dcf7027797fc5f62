// SPDX-License-Identifier: MIT
import { FormatError, Reader } from "../wire/index.ts";
import { FIRST_BYTES, parseFixedHeader } from "./fixed-header.ts";
import { LARGE_PUBLISH, PUBLISH } from "./packet-type.ts";
import type { Version } from "./version.ts";

/** How large the buffer is before it is known what comes, in bytes. */
const LITTLE = 128;

/**
 * Cuts what a stream delivers into packets: fill `room`, then call `next` until it is 0; it is then the reader of the packet's bytes after
 * its Fixed Header. Packets are read where they came; only one that would not fit behind others is moved, once they are read. The
 * buffer grows for what comes, and is small again after `reset`.
 */
export class Framer extends Reader {
	/** What the Fixed Header says of the packet that `next` found: of a short one the flags alone, and those only where there is a choice. */
	type = 0;
	flags = 0;
	length = 0;
	/** What the packets are written in. */
	version: Version;
	/** How many bytes are missing of a LARGE_PUBLISH; 0 for every other packet. */
	missing = 0;
	/** Where the next packet begins, and where what came ends. */
	from = 0;
	filled = 0;
	private readonly maximum: number;
	/** What `room` returned last at the beginning of the bytes. */
	private free!: Uint8Array;

	/** `maximum` is the size of the largest packet that is read whole, in bytes, its Fixed Header included. */
	constructor(version: Version, maximum: number) {
		super();
		this.version = version;
		this.maximum = maximum;
		this.hold(Math.min(LITTLE, maximum));
	}

	/** Room for `most` bytes or fewer, and one at least. `next` must have been 0. */
	room(most: number): Uint8Array {
		if (this.from !== this.filled || most > this.bytes.length) {
			if (this.filled + most > this.bytes.length) this.makeRoom(most);
			const at = this.filled;
			this.filled = Math.min(at + most, this.bytes.length);
			return this.bytes.subarray(at, this.filled);
		}
		this.from = 0;
		this.filled = most;
		// A stream of packets that are alike needs one view.
		if (this.free.length !== most) this.free = this.bytes.subarray(0, most);
		return this.free;
	}

	/** The type of the next packet, or LARGE_PUBLISH; 0 when it has not all come. Throws FormatError on a broken Fixed Header, or a packet over the maximum that is no PUBLISH. */
	next(): number {
		const bytes = this.bytes;
		const from = this.from;
		const first = bytes[from]!;
		let length = bytes[from + 1]!;
		let at = from + 2;
		if (length > 0x7f) {
			length += (bytes[at]! << 7) - 0x80;
			// A second byte that ends it makes 128 to 16,383.
			if (length < 0x80 || length > 0x3fff) return this.any();
			at++;
		}
		const end = at + length;
		const type = first >> 4;
		// Nearly all packets are short, there, and in order. Of one that is not there, what was read of it says nothing.
		if (!(end <= this.filled)) return this.any();
		if (type === PUBLISH) this.flags = first & 0xf;
		else if (first !== FIRST_BYTES[type]) return this.any();
		this.at = at;
		this.end = this.from = end;
		return type;
	}

	/** What `next` says of a packet of any kind. */
	private any(): number {
		const { from, filled } = this;
		this.at = from;
		this.end = filled;
		if (!parseFixedHeader(this, this.version, this)) return 0;
		const end = this.at + this.length;
		if (end > filled) return this.exceeds(end - from) ? LARGE_PUBLISH : 0;
		this.end = this.from = end;
		return this.type;
	}

	/** More of a LARGE_PUBLISH came, which can now be read. */
	more(): void {
		this.at = this.from;
		this.end = this.from = Math.min(this.filled, this.from + this.missing);
		this.missing -= this.end - this.at;
	}

	/** Forgets everything: the connection ended. */
	reset(): void {
		this.from = this.filled = this.missing = 0;
		if (this.bytes.length > LITTLE) this.hold(LITTLE);
	}

	/** Whether the packet of `size` bytes that has not all come is a PUBLISH over the maximum, of which as much is there as fits. */
	private exceeds(size: number): boolean {
		if (size <= this.maximum) return false;
		const came = this.filled - this.from;
		if (this.type !== PUBLISH) throw new FormatError("packet too large", this.from);
		if (came < this.maximum) return false;
		this.missing = size - came;
		this.from = this.filled;
		return true;
	}

	/** Moves the packet of which the beginning came to the start, of a larger buffer if it must be. */
	private makeRoom(most: number): void {
		const { from, filled, bytes, maximum } = this;
		const size = filled - from + most;
		if (size <= bytes.length || bytes.length === maximum) bytes.copyWithin(0, from, filled);
		else {
			this.hold(Math.min(Math.max(size, 2 * bytes.length), maximum));
			this.bytes.set(bytes.subarray(from, filled));
		}
		this.from = 0;
		this.filled = filled - from;
	}

	/** Has a buffer of `size` bytes from now on. */
	private hold(size: number): void {
		this.bytes = this.free = new Uint8Array(size);
	}
}
