// SPDX-License-Identifier: MIT
import { FormatError, Reader } from "../wire/index.ts";
import { FixedHeader, parseFixedHeader } from "./fixed-header.ts";
import { PUBLISH } from "./packet-type.ts";
import type { Version } from "./version.ts";

/**
 * Cuts what a stream delivers into packets: fill `room`, then call `next` until it is false. Packets are read where they came; only
 * one that would not fit behind others is moved, once they are read.
 */
export class Framer {
	/** What `next` found, until it is called again. */
	readonly header = new FixedHeader();
	/** Covers the packet's bytes after its Fixed Header, until `next` is called again. */
	readonly reader = new Reader();
	/** Whether what `next` found is the beginning of a PUBLISH over the maximum, as much of it as fits; the rest is passed over. */
	oversized = false;
	/** How many bytes of it are still to be passed over. */
	private excess = 0;
	private readonly version: Version;
	private readonly bytes: Uint8Array;
	/** Where the next packet begins, and where what came ends. */
	private at = 0;
	private end = 0;
	/** What `room` returned last, and where it begins. */
	private free: Uint8Array;
	private freeAt = 0;

	/** `maximum` is the size of the largest packet, in bytes, its Fixed Header included. */
	constructor(version: Version, maximum: number) {
		this.version = version;
		this.bytes = this.free = new Uint8Array(maximum);
		this.reader.over(this.bytes);
	}

	/** Room for `most` bytes or fewer, and one at least. `next` must have been false. */
	room(most: number): Uint8Array {
		if (this.at > 0 && this.bytes.length - this.end < most) this.compact();
		const at = this.end;
		const end = Math.min(at + most, this.bytes.length);
		// A stream of packets that are alike needs one view.
		if (this.freeAt !== at || this.free.length !== end - at) {
			this.free = this.bytes.subarray(at, end);
			this.freeAt = at;
		}
		this.end = end;
		return this.free;
	}

	/** Whether another packet is there. Throws FormatError on a broken Fixed Header, or a packet over the maximum that is no PUBLISH. */
	next(): boolean {
		if (this.oversized) this.pass();
		const at = this.at;
		const end = this.end;
		if (at === end) {
			this.at = this.end = 0;
			return false;
		}
		const header = this.header;
		const reader = this.reader;
		reader.at = at;
		reader.end = end;
		if (!parseFixedHeader(reader, this.version, header)) return false;
		const next = reader.at + header.length;
		if (next > end) return this.exceeds(at, next);
		this.at = reader.end = next;
		return true;
	}

	/** Forgets everything: the connection ended. */
	reset(): void {
		this.at = this.end = 0;
		this.oversized = false;
	}

	/** Whether the packet that has not all come is a PUBLISH over the maximum, of which as much is there as fits. */
	private exceeds(at: number, next: number): boolean {
		const maximum = this.bytes.length;
		if (next - at <= maximum) return false;
		if (this.header.type !== PUBLISH) throw new FormatError("packet too large", at);
		if (this.end - at < maximum) return false;
		this.oversized = true;
		this.excess = next - this.end;
		this.at = this.end;
		return true;
	}

	private pass(): void {
		const passed = Math.min(this.excess, this.end - this.at);
		this.excess -= passed;
		this.at += passed;
		this.oversized = this.excess > 0;
	}

	/** Moves the packet of which the beginning came to the start, where it fits. */
	private compact(): void {
		this.bytes.copyWithin(0, this.at, this.end);
		this.end -= this.at;
		this.at = 0;
	}
}
