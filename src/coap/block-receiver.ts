// SPDX-License-Identifier: MIT
// A body that comes in blocks (RFC 7959): Block1 at a server, Block2 at a client.
import * as Block from "./block.ts";

/**
 * What became of a block:
 * - "more": it was the next one, and not the last;
 * - "whole": it was the last one, and `body` is there;
 * - "again": it is the one that came before, and changes nothing;
 * - "gap": it is not the next one;
 * - "length": its payload has not the length that its option tells;
 * - "large": the body is longer than it may be.
 */
export type Taken = "more" | "whole" | "again" | "gap" | "length" | "large";

/** Puts a body together from blocks that come in order, of sizes that may change: call `take` for each. */
export class BlockReceiver {
	/** How many bytes of the body came. */
	received = 0;
	/** How many bytes of memory it takes. */
	capacity = 0;
	private readonly limit: number;
	/** Where the latest block starts; -1 before there is one. */
	private latest = -1;
	private bytes = EMPTY;

	/** A body of at most `limit` bytes. */
	constructor(limit: number) {
		this.limit = limit;
	}

	/** Takes the block with the option value `block`; the payload is copied. Anything but "more" and "whole" leaves all as it was. */
	take(block: number, payload: Uint8Array): Taken {
		const next = this.follow(block, payload.length);
		if (next === "more" || next === "whole") this.keep(payload);
		return next;
	}

	/** Takes the block as `take` does, but only counts its bytes: they are the caller's to use at once. */
	follow(block: number, length: number): Taken {
		const start = Block.offset(block);
		const more = Block.more(block);
		if (!fits(block, length)) return "length";
		if (start === this.latest && start + length === this.received) return "again";
		if (start !== this.received) return "gap";
		// Where more follows, at least one byte does.
		if (start + length + (more ? 1 : 0) > this.limit) return "large";
		this.latest = start;
		this.received = start + length;
		return more ? "more" : "whole";
	}

	/** The option value that asks for what comes next, in blocks like the one with the option value `block`. */
	next(block: number): number {
		return Block.encode(this.received, false, Block.szx(block));
	}

	/** What came so far, as a view. */
	get body(): Uint8Array {
		return this.bytes.subarray(0, this.received);
	}

	/** Forgets the body. */
	clear(): void {
		this.received = this.capacity = 0;
		this.latest = -1;
		this.bytes = EMPTY;
	}

	/** Adds the bytes that `follow` counted last. */
	private keep(payload: Uint8Array): void {
		const end = this.received;
		if (end > this.capacity) this.grow(end);
		this.bytes.set(payload, end - payload.length);
	}

	private grow(least: number): void {
		this.capacity = Math.max(least, Math.min(2 * this.capacity, this.limit));
		const bytes = new Uint8Array(this.capacity);
		bytes.set(this.bytes);
		this.bytes = bytes;
	}
}

const EMPTY = new Uint8Array(0);

/** Whether a payload of `length` bytes can be what `block` tells: all but the last have full size (§2.2). */
function fits(block: number, length: number): boolean {
	const size = Block.size(block);
	if (Block.szx(block) === Block.BERT) return !Block.more(block) || (length > 0 && length % size === 0); // RFC 8323 §6
	return Block.more(block) ? length === size : length <= size;
}
