// SPDX-License-Identifier: MIT
import { FormatError, Reader } from "../wire/index.ts";
import { FLAGS, parseFixedHeader } from "./fixed-header.ts";
import { LARGE_PUBLISH, PUBLISH } from "./packet-type.ts";
import type { Version } from "./version.ts";

/** How large the buffer is before it is known what comes, in bytes. */
const LITTLE = 128;

/**
 * Cuts what a stream delivers into packets: fill `room`, then call `next` until it is 0. Packets are read where they came; only
 * one that would not fit behind others is moved, once they are read. The buffer grows for what comes, and is small again after `reset`.
 */
export class Framer {
	/** What the Fixed Header says of the packet that `next` found. */
	type = 0;
	flags = 0;
	length = 0;
	/** Covers the packet's bytes after its Fixed Header, until `next` is called again. */
	readonly reader = new Reader();
	/** What the packets are written in. */
	version: Version;
	/** How many bytes are missing of a LARGE_PUBLISH; 0 for every other packet. */
	missing = 0;
	/** Where the next packet begins, and where what came ends. */
	at = 0;
	end = 0;
	private readonly maximum: number;
	private bytes!: Uint8Array;
	/** What `room` returned last at the beginning of the bytes. */
	private free!: Uint8Array;

	/** `maximum` is the size of the largest packet that is read whole, in bytes, its Fixed Header included. */
	constructor(version: Version, maximum: number) {
		this.version = version;
		this.maximum = maximum;
		this.hold(Math.min(LITTLE, maximum));
	}

	/** Room for `most` bytes or fewer, and one at least. `next` must have been 0. */
	room(most: number): Uint8Array {
		// A stream of packets that are alike needs one view.
		if (this.at === this.end && this.free.length === most) {
			this.at = 0;
			this.end = most;
			return this.free;
		}
		if (this.end + most > this.bytes.length) this.makeRoom(most);
		const at = this.at === this.end ? 0 : this.end;
		const end = Math.min(at + most, this.bytes.length);
		const room = this.bytes.subarray(at, end);
		if (at === 0) {
			this.at = 0;
			this.free = room;
		}
		this.end = end;
		return room;
	}

	/** The type of the next packet, or LARGE_PUBLISH; 0 when it has not all come. Throws FormatError on a broken Fixed Header, or a packet over the maximum that is no PUBLISH. */
	next(): number {
		const bytes = this.bytes;
		const at = this.at;
		const first = bytes[at]!;
		let length = bytes[at + 1]!;
		let start = at + 2;
		if (length > 0x7f) {
			length += (bytes[start]! << 7) - 0x80;
			// A second byte that ends it makes 128 to 16,383.
			if (length < 0x80 || length > 0x3fff) return this.any();
			start++;
		}
		const next = start + length;
		const type = first >> 4;
		// Nearly all packets are short, there, and in order. Of one that is not there, what was read of it says nothing.
		if (!(next <= this.end) || (type !== PUBLISH && first !== ((type << 4) | FLAGS[type]!))) return this.any();
		const reader = this.reader;
		reader.at = start;
		reader.end = this.at = next;
		this.flags = first & 0xf;
		return type;
	}

	/** What `next` says of a packet of any kind. */
	private any(): number {
		const reader = this.reader;
		const at = this.at;
		const end = this.end;
		reader.at = at;
		reader.end = end;
		if (!parseFixedHeader(reader, this.version, this)) return 0;
		const next = reader.at + this.length;
		if (next > end) return this.exceeds(at, next) ? LARGE_PUBLISH : 0;
		reader.end = this.at = next;
		return this.type;
	}

	/** More of a PUBLISH larger than the buffer came: the reader covers it. */
	more(): void {
		const reader = this.reader;
		reader.at = this.at;
		reader.end = this.at = Math.min(this.end, this.at + this.missing);
		this.missing -= reader.end - reader.at;
	}

	/** Forgets everything: the connection ended. */
	reset(): void {
		this.at = this.end = this.missing = 0;
		if (this.bytes.length > LITTLE) this.hold(LITTLE);
	}

	/** Whether the packet that has not all come is a PUBLISH over the maximum, of which as much is there as fits. */
	private exceeds(at: number, next: number): boolean {
		const maximum = this.maximum;
		if (next - at <= maximum) return false;
		if (this.type !== PUBLISH) throw new FormatError("packet too large", at);
		const end = this.end;
		if (end - at < maximum) return false;
		this.missing = next - end;
		this.reader.end = this.at = end;
		return true;
	}

	/** Moves the packet of which the beginning came to the start, of a larger buffer if it must be. */
	private makeRoom(most: number): void {
		const { at, end, bytes, maximum } = this;
		const size = end - at + most;
		if (size <= bytes.length || bytes.length === maximum) bytes.copyWithin(0, at, end);
		else {
			this.hold(Math.min(Math.max(size, 2 * bytes.length), maximum));
			this.bytes.set(bytes.subarray(at, end));
		}
		this.at = 0;
		this.end = end - at;
	}

	/** Has a buffer of `size` bytes from now on. */
	private hold(size: number): void {
		this.bytes = this.free = new Uint8Array(size);
		this.reader.over(this.bytes);
	}
}
