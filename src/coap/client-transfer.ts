// SPDX-License-Identifier: MIT
// The messages that one request takes: its body may leave in blocks, and so may what answers it come (RFC 7959).
import * as Block from "./block.ts";
import { BlockReceiver } from "./block-receiver.ts";
import { BlockSender } from "./block-sender.ts";
import { type OptionList, same } from "./client-options.ts";
import { bodyOf, type ClientRequest, methodOf, optionsOf } from "./client-request.ts";
import type { IncomingResponse } from "./client-response.ts";
import * as Code from "./code.ts";
import { MESSAGE_SIZE, PAYLOAD_SIZE } from "./message.ts";
import * as Option from "./option.ts";

/** How often a body is asked for anew that changed meanwhile, or sent anew that was lost. */
const RESTARTS = 3;

/** What the options take at most that are added for a block: Echo, Observe, Block1, Block2, Size1 and Request-Tag; and header, token, marker. */
const RESERVED = 43 + 4 + 4 + 5 + 6 + 7 + 9;

const NOTHING = new Uint8Array(0);

/**
 * What a response means: "done" when it is the response, with its whole body; "send" when another block of the request is to be sent, and "ask"
 * when another one of the response is to be asked for; "failed" for what `reason` says.
 */
export type Taken = "done" | "send" | "ask" | "failed";

/** Send `code`, `options` and `payload`, and give each response to `take`. */
export class Transfer {
	readonly code: number;
	readonly options: OptionList;
	/** The payload of the message that is to be sent. */
	payload: Uint8Array;
	reason = "";
	private readonly body: Uint8Array;
	private readonly limit: number;
	/** What Block2 says in the first message; -1 for nothing. */
	private readonly block2: number;
	/** Whether the application asks for a block itself. */
	private readonly single: boolean;
	private sender: BlockSender | undefined;
	private receiver: BlockReceiver | undefined;
	private etag: Uint8Array | undefined;
	/** The block size exponent that is wanted, and that of the latest block that came. */
	private readonly wanted: number;
	private szx = Block.LARGEST;
	/** Whether the server was shown that we are where we say. */
	private shown = false;
	private restarts = 0;
	/** What makes Request-Tag another one for each attempt to send the body (RFC 9175 §3.3). */
	private readonly tag: () => Uint8Array;

	/** Takes a response's body of at most `limit` bytes. Throws TypeError or RangeError on a request that cannot be sent. */
	constructor(request: ClientRequest, limit: number, tag: () => Uint8Array) {
		const { blockSize = PAYLOAD_SIZE, observe } = request;
		if (!(blockSize >= 16 && blockSize <= 1024))
			throw new RangeError(`expected blockSize from 16 to 1024, got ${blockSize}`);
		this.code = methodOf(request);
		this.options = optionsOf(request);
		this.body = this.payload = bodyOf(request);
		this.limit = limit;
		this.tag = tag;
		this.single = this.options.has(Option.BLOCK2);
		this.wanted = Block.szxOf(blockSize);
		this.block2 = request.blockSize === undefined || this.single ? -1 : this.wanted;
		if (this.block2 >= 0) this.options.setUint(Option.BLOCK2, this.block2);
		const most = Math.min(blockSize, MESSAGE_SIZE - RESERVED - this.options.length);
		if (this.body.length <= most) return;
		if (most < 16) throw new RangeError(`expected room for a block of 16 bytes beside the options, got ${most}`);
		if (observe) throw new RangeError(`expected at most ${most} bytes of payload to observe, got ${this.body.length}`);
		this.send(new BlockSender(this.body, Block.szxOf(most)));
	}

	/** Goes back to the first message, with this value of Observe. */
	observe(value: number): void {
		this.receiver = undefined;
		this.payload = this.body;
		this.options.set(Option.BLOCK2, undefined);
		this.options.set(Option.ECHO, undefined);
		if (this.block2 >= 0) this.options.setUint(Option.BLOCK2, this.block2);
		this.options.setUint(Option.OBSERVE, value);
	}

	/** A newer state of what is observed came: the rest of the one before is of no interest. */
	renew(): void {
		this.receiver = undefined;
		this.restarts = 0;
	}

	/** A response to the message came. */
	take(response: IncomingResponse): Taken {
		return this.uploaded(response) ?? this.downloaded(response);
	}

	/** Whether the body has blocks that are still to be sent; undefined when it has not, and the response is the one to look at. */
	private uploaded(response: IncomingResponse): Taken | undefined {
		const { code } = response;
		const answer = response.number(Option.BLOCK1) ?? -1;
		const sender = this.sender;
		if (code === Code.REQUEST_ENTITY_TOO_LARGE && answer >= 0) return this.smaller(answer);
		if (sender === undefined) return undefined;
		if (code === Code.REQUEST_ENTITY_INCOMPLETE && this.restarts++ < RESTARTS) {
			sender.restart();
			return this.send(sender); // §2.9.2
		}
		const goesOn = code === Code.CONTINUE || (Code.classOf(code) === 2 && answer >= 0);
		if (goesOn && sender.answered(answer)) return this.send(sender);
		if (code === Code.CONTINUE) return this.fail("the server wants more of the request's body than there is");
		this.sender = undefined;
		return undefined;
	}

	/** The server takes smaller blocks (§2.9.3). */
	private smaller(answer: number): Taken | undefined {
		const sender = this.sender;
		if (sender !== undefined) return sender.refused(answer) ? this.send(sender) : undefined;
		return this.body.length > Block.size(answer) ? this.send(new BlockSender(this.body, Block.szx(answer))) : undefined;
	}

	private send(sender: BlockSender): Taken {
		const first = Block.num(sender.block) === 0;
		this.sender = sender;
		this.options.setUint(Option.BLOCK1, sender.block);
		this.options.set(Option.SIZE1, undefined);
		this.options.set(Option.ECHO, undefined);
		if (first) {
			this.options.setUint(Option.SIZE1, this.body.length); // §4
			this.options.set(Option.REQUEST_TAG, this.tag());
		}
		this.payload = sender.payload;
		return "send";
	}

	/** Whether the response has blocks that are still to be asked for. */
	private downloaded(response: IncomingResponse): Taken {
		const block = response.number(Option.BLOCK2);
		const { receiver } = this;
		if (receiver !== undefined && response.code === Code.REQUEST_ENTITY_INCOMPLETE) return this.restart("in part");
		const whole = block === undefined || (receiver === undefined && block <= Block.LARGEST);
		if (whole || this.single) return "done";
		if (Block.reserved(block)) return this.fail("a block has the size that is reserved"); // §2.2
		this.szx = Block.szx(block);
		if (receiver === undefined && this.reveals(response)) return this.show(response.value(Option.ECHO)!);
		if (receiver === undefined) this.etag = response.etag?.slice();
		else if (!sameEtag(this.etag, response.etag)) return this.restart("of several representations"); // §2.4
		return this.collect(response, receiver ?? new BlockReceiver(this.limit), block);
	}

	/** Whether a block is small because the server does not know that we are where we say, and this tells how to show it (RFC 9175 §2.4). */
	private reveals(response: IncomingResponse): boolean {
		return this.repeatable && !this.shown && this.szx < this.wanted && response.value(Option.ECHO) !== undefined;
	}

	/** Asks for the first block anew, in the size that is wanted. */
	private show(echo: Uint8Array): Taken {
		this.shown = true;
		const taken = this.ask(this.wanted);
		this.options.set(Option.ECHO, echo.slice());
		return taken;
	}

	private collect(response: IncomingResponse, receiver: BlockReceiver, block: number): Taken {
		this.receiver = receiver;
		switch (receiver.take(block, response.payload)) {
			case "more":
				return this.ask(receiver.next(block));
			case "whole":
				response.body = receiver.body;
				this.receiver = undefined;
				return "done";
			case "large":
				return this.fail(`the response's body is longer than ${this.limit} bytes`);
			default:
				return this.restart("out of order");
		}
	}

	private restart(how: string): Taken {
		this.receiver = undefined;
		if (!this.repeatable) return this.fail(`the response's blocks came ${how}`);
		if (this.restarts++ >= RESTARTS) return this.fail(`the response's blocks came ${how}, again and again`);
		return this.ask(this.szx);
	}

	/** Whether the first block of the response may be asked for again: it does nothing else, and one message asks for it. */
	private get repeatable(): boolean {
		return this.code === Code.GET || (this.code === Code.FETCH && !this.options.has(Option.REQUEST_TAG));
	}

	/** Asks for a block of the response. */
	private ask(block: number): Taken {
		const { options } = this;
		for (const number of [Option.OBSERVE, Option.BLOCK1, Option.SIZE1, Option.ECHO]) options.set(number, undefined);
		options.setUint(Option.BLOCK2, block);
		// The server knows what it answered (§3.3); but a FETCH is about what its payload asks for (RFC 8132 §2).
		this.payload = this.repeatable ? this.body : NOTHING;
		return "ask";
	}

	private fail(reason: string): Taken {
		this.reason = reason;
		return "failed";
	}
}

function sameEtag(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
	return a === undefined || b === undefined ? a === b : same(a, b);
}
