// SPDX-License-Identifier: MIT
// A body that leaves in blocks of a client's choice: Block1 (RFC 7959 §2.5).
import * as Block from "./block.ts";

/**
 * Cuts a body into blocks, one after the other: send `block` and `payload`, then tell `answered` what the receiver's Block1 says, until
 * it returns false.
 */
export class BlockSender {
	/** The option value of the current block. */
	block = 0;
	/** The current block, as a view of the body. */
	payload!: Uint8Array;
	private readonly body: Uint8Array;
	/** How many blocks of 1,024 bytes a message takes, where BERT is spoken. */
	private readonly bert: number;
	private szx: number;

	/**
	 * `body` stays the caller's, as it is until the last block was answered. Blocks have the size that `szx` stands for; with Block.BERT,
	 * `bert` times 1,024 bytes.
	 */
	constructor(body: Uint8Array, szx: number, bert = 1) {
		this.body = body;
		this.szx = szx;
		this.bert = bert;
		this.cut(0);
	}

	/**
	 * The current block was answered with the Block1 value `answer`, or -1 for none: goes on to the next one, in smaller blocks when the
	 * answer asks for them. Returns false when that was the last one.
	 */
	answered(answer: number): boolean {
		const end = Block.offset(this.block) + this.payload.length;
		if (end >= this.body.length) return false;
		if (answer >= 0) this.szx = Math.min(this.szx, Block.szx(answer));
		this.cut(end);
		return true;
	}

	/**
	 * The block was refused as too large, with the Block1 value `answer` or -1: starts anew in the blocks that it asks for. Returns
	 * false when they are not smaller (§2.9.3).
	 */
	refused(answer: number): boolean {
		if (answer < 0 || Block.szx(answer) >= this.szx) return false;
		this.restart(Block.szx(answer));
		return true;
	}

	/** Starts anew from the first block, as after 4.08 (§2.9.2). */
	restart(szx: number = this.szx): void {
		this.szx = szx;
		this.cut(0);
	}

	private cut(start: number): void {
		const { body, szx } = this;
		const value = Block.encode(start, false, szx);
		const end = start + Block.size(value) * (szx === Block.BERT ? this.bert : 1);
		this.block = Block.encode(start, end < body.length, szx);
		this.payload = body.subarray(start, end);
	}
}
