// SPDX-License-Identifier: MIT
import type { PayloadSource } from "../mqtt/index.ts";

/** A message that the application writes in fragments, and the client reads as they come. */
export class Writing implements PayloadSource {
	/** Of the whole message, in bytes. */
	readonly length: number;
	/** How many of them were written. */
	private at = 0;
	/** How many of these the client has read. */
	private taken = 0;
	private bytes: Uint8Array;
	/** Where `bytes` begin in the message. */
	private base = 0;
	private readonly kept: boolean;
	private readonly onTaken: () => void;

	/** `kept`: all of it stays in memory, since it may have to be sent again. `onTaken`: the client has read all that was written. */
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

	/** The client has read all that was written. */
	get drained(): boolean {
		return this.taken === this.at;
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

	read(into: Uint8Array, offset: number): number {
		if (offset < this.base)
			throw new Error(`expected to send ${this.base} bytes and more, which are all there are, got ${offset}`);
		const count = Math.min(into.length, this.at - offset);
		into.set(this.bytes.subarray(offset - this.base, offset - this.base + count));
		this.taken = Math.max(this.taken, offset + count);
		if (this.drained) this.onTaken();
		return count;
	}
}
