// SPDX-License-Identifier: MIT
import type { PayloadSource } from "../mqtt/index.ts";

/** A message that the application writes in fragments. */
export class Writing implements PayloadSource {
	/** Of the whole message, in bytes. */
	readonly length: number;
	/** All of it is in memory, since it may have to be sent again; else the client reads the fragments as they come. */
	readonly kept: boolean;
	/** How many bytes were written. */
	private at = 0;
	/** How many of these the client has read. */
	private taken = 0;
	private bytes: Uint8Array;
	/** Where `bytes` begin in the message. */
	private base = 0;
	/** Nobody will write the rest. */
	private abandoned = false;
	private readonly onTaken: () => void;

	/** `onTaken`: the client has read all that was written. */
	constructor(length: number, kept: boolean, onTaken: () => void) {
		this.length = length;
		this.kept = kept;
		this.onTaken = onTaken;
		this.bytes = new Uint8Array(kept ? length : 0);
	}

	/** How many bytes the application has not written yet. */
	get left(): number {
		return this.length - this.at;
	}

	/** There is room for another fragment. */
	get drained(): boolean {
		return this.kept || this.taken === this.at;
	}

	/** Takes the next fragment, once the last one is `drained`, as a copy. */
	write(fragment: Uint8Array): void {
		if (this.kept) this.bytes.set(fragment, this.at);
		else {
			this.bytes = fragment.slice();
			this.base = this.at;
		}
		this.at += fragment.length;
	}

	/** What was not written will never be: a client that still reads this must not wait for it. */
	abandon(): void {
		this.abandoned = true;
	}

	read(into: Uint8Array, offset: number): number {
		if (this.abandoned && this.left > 0)
			throw new Error("expected the rest of a message, got none: the connection that it was written for has ended");
		if (offset < this.base)
			throw new Error(`expected to send ${this.base} bytes and more, which are all there are, got ${offset}`);
		const count = Math.min(into.length, this.at - offset);
		into.set(this.bytes.subarray(offset - this.base, offset - this.base + count));
		this.taken = Math.max(this.taken, offset + count);
		if (this.taken === this.at) this.onTaken();
		return count;
	}
}
