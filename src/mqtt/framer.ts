// SPDX-License-Identifier: MIT
import { FormatError, Reader } from "../wire/index.ts";
import { FixedHeader, FLAGS, parseFixedHeader } from "./fixed-header.ts";
import { PUBLISH } from "./packet-type.ts";
import type { Version } from "./version.ts";

/**
 * Cuts what a stream delivers into packets: fill `room`, then call `next` until it is 0. Packets are read where they came; only
 * one that would not fit behind others is moved, once they are read.
 */
export class Framer {
	/** The flags of what `next` found. */
	flags = 0;
	/** Covers the packet's bytes after its Fixed Header, until `next` is called again. */
	readonly reader = new Reader();
	/** What the packets are written in. */
	version: Version;
	/** How many bytes are missing of what `next` found: a PUBLISH larger than the buffer, of which the beginning is there; 0 for every other packet. */
	missing = 0;
	private readonly header = new FixedHeader();
	private readonly bytes: Uint8Array;
	private readonly size: number;
	/** Where the next packet begins, and where what came ends. */
	at = 0;
	end = 0;
	/** What `room` returned last, and where it begins. */
	private free: Uint8Array;
	private freeAt = 0;

	/** `maximum` is the size of the largest packet that is read whole, in bytes, its Fixed Header included. */
	constructor(version: Version, maximum: number) {
		this.version = version;
		this.size = maximum;
		this.bytes = this.free = new Uint8Array(maximum);
		this.reader.over(this.bytes);
	}

	/** Room for `most` bytes or fewer, and one at least. `next` must have been 0. */
	room(most: number): Uint8Array {
		let at = this.end;
		if (this.at === at) this.at = this.end = at = 0;
		else if (this.at > 0 && this.size - at < most) at = this.compact();
		let end = at + most;
		if (end > this.size) end = this.size;
		this.end = end;
		// A stream of packets that are alike needs one view.
		if (this.freeAt === at && this.free.length === end - at) return this.free;
		this.freeAt = at;
		this.free = this.bytes.subarray(at, end);
		return this.free;
	}

	/** The type of the next packet; 0 when it has not all come. Throws FormatError on a broken Fixed Header, or a packet over the maximum that is no PUBLISH. */
	next(): number {
		const bytes = this.bytes;
		const at = this.at;
		const end = this.end;
		if (end - at < 2) return 0;
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
		// Nearly all packets are short, there, and in order.
		if (next > end || (type !== PUBLISH && first !== ((type << 4) | FLAGS[type]!))) return this.any();
		const reader = this.reader;
		reader.at = start;
		reader.end = this.at = next;
		this.flags = first & 0xf;
		return type;
	}

	/** What `next` says of a packet of any kind. */
	private any(): number {
		const header = this.header;
		const reader = this.reader;
		const at = this.at;
		const end = this.end;
		reader.at = at;
		reader.end = end;
		if (!parseFixedHeader(reader, this.version, header)) return 0;
		const next = reader.at + header.length;
		if (next > end && !this.exceeds(at, next)) return 0;
		reader.end = this.at = Math.min(next, end);
		this.flags = header.flags;
		return header.type;
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
	}

	/** Whether the packet that has not all come is a PUBLISH over the maximum, of which as much is there as fits. */
	private exceeds(at: number, next: number): boolean {
		const maximum = this.bytes.length;
		if (next - at <= maximum) return false;
		if (this.header.type !== PUBLISH) throw new FormatError("packet too large", at);
		if (this.end - at < maximum) return false;
		this.missing = next - this.end;
		return true;
	}

	/** Moves the packet of which the beginning came to the start; returns where it ends. */
	private compact(): number {
		this.bytes.copyWithin(0, this.at, this.end);
		this.end -= this.at;
		this.at = 0;
		return this.end;
	}
}
