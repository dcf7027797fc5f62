// SPDX-License-Identifier: MIT
import { FormatError, Reader } from "../wire/index.ts";
import { FixedHeader, parseFixedHeader } from "./fixed-header.ts";
import type { Version } from "./version.ts";

/**
 * Cuts what a stream delivers into packets: `offer` bytes, then call `next` until it is false. A packet that came whole is read
 * where it lies; only what is cut is kept, in a buffer of the size of the largest packet.
 */
export class Framer {
	/** What `next` found, until it is called again. */
	readonly header = new FixedHeader();
	/** Covers the packet's bytes after its Fixed Header, until `next` is called again. */
	readonly reader = new Reader();
	private readonly version: Version;
	private readonly held: Uint8Array;
	private heldLength = 0;
	private bytes: Uint8Array;
	private at = 0;
	private end = 0;

	/** `maximum` is the size of the largest packet, in bytes, its Fixed Header included. */
	constructor(version: Version, maximum: number) {
		this.version = version;
		this.held = new Uint8Array(maximum);
		this.bytes = this.held;
	}

	/** The first `length` bytes of `bytes` came. They stay the caller's: `next` must be false before they change. */
	offer(bytes: Uint8Array, length: number): void {
		this.bytes = bytes;
		this.at = 0;
		this.end = length;
	}

	/** Whether another packet is there. Throws FormatError on a broken Fixed Header or a packet over the maximum. */
	next(): boolean {
		if (this.heldLength > 0) return this.complete();
		const { bytes, at, end } = this;
		if (at === end) return false;
		const size = this.measure(bytes, at, end);
		if (size > 0 && size <= end - at) {
			this.at = at + size;
			this.reader.over(bytes, at + this.header.size, this.at);
			return true;
		}
		this.hold(end - at);
		return false;
	}

	/** Forgets everything: the connection ended. */
	reset(): void {
		this.heldLength = 0;
		this.at = this.end = 0;
	}

	/** Completes the packet whose beginning is held: byte by byte until its size is known, then at once. */
	private complete(): boolean {
		for (;;) {
			const size = this.measure(this.held, 0, this.heldLength);
			if (size === this.heldLength) break;
			const wanted = size > 0 ? size - this.heldLength : 1;
			const count = Math.min(wanted, this.end - this.at);
			if (count === 0) return false;
			this.hold(count);
		}
		this.reader.over(this.held, this.header.size, this.heldLength);
		this.heldLength = 0;
		return true;
	}

	/** The size of the packet at `at`, Fixed Header included; 0 while it is not known. */
	private measure(bytes: Uint8Array, at: number, end: number): number {
		const header = this.header;
		if (!parseFixedHeader(bytes, at, end, this.version, header)) return 0;
		const size = header.size + header.length;
		if (size > this.held.length) throw new FormatError("packet too large", at);
		return size;
	}

	private hold(count: number): void {
		this.held.set(this.bytes.subarray(this.at, this.at + count), this.heldLength);
		this.heldLength += count;
		this.at += count;
	}
}
