// SPDX-License-Identifier: MIT
// Who is not known to be where it says gets no more than a few times what it sent (RFC 9175 §2.4).
import * as Block from "./block.ts";
import type { BlockTransfers } from "./block-transfers.ts";
import * as Code from "./code.ts";
import { ECHO_SIZE, Echo } from "./echo.ts";
import type { Reply } from "./reply.ts";
import type { Asked } from "./request.ts";

/** How many bytes options take, but for the rare one that follows at a distance. */
const ECHO_OPTION = 2 + ECHO_SIZE;
const ETAG_OPTION = 1 + 4;
const BLOCK_OPTION = 1 + 1;

/** How many bytes the smallest block has. */
const SMALLEST = 16;

/** Makes responses keep to a budget, and asks clients to show where they are. */
export class Reachability {
	readonly echo: Echo;
	private readonly blocks: BlockTransfers;
	private readonly asksFirst: boolean;

	/** With `asksFirst`, a client that may not be given all is asked to show where it is; else it gets a small block. */
	constructor(blocks: BlockTransfers, random: () => number, asksFirst: boolean) {
		this.echo = new Echo(random);
		this.blocks = blocks;
		this.asksFirst = asksFirst;
	}

	/** Asks the client to show that it is where it says, and that it asks now. */
	challenge(reply: Reply, { endpoint }: Asked, now: number): void {
		reply.only(Code.UNAUTHORIZED);
		reply.echo = this.echo.value(endpoint, now);
	}

	/**
	 * The response that `write` wrote last has `length` bytes: makes it keep to `budget`. `write` writes it anew and returns how long it is.
	 * A block gets an Echo value when there is room, which spares a client that knows what to do with it other small blocks.
	 */
	adapt(reply: Reply, request: Asked, budget: number, length: number, now: number, write: () => number): void {
		if (length > budget) this.reduce(reply, request, budget, length, now, write);
		else if (length + ECHO_OPTION <= budget && Block.more(reply.block2)) {
			reply.echo = this.echo.value(request.endpoint, now);
			write();
		}
	}

	/** Makes it a smaller block, or a question where the client is, or cuts its diagnostic payload, or leaves no more than the code. */
	private reduce(reply: Reply, request: Asked, budget: number, length: number, now: number, write: () => number): void {
		// Of what was changed already, the client must not be asked to do it again.
		const safe = request.code === Code.GET || request.code === Code.FETCH;
		// Observers got such a block when they registered; a question would end the observation.
		const told = request.cacheKey() === undefined;
		if (!reply.successful) reply.shorten(length - budget);
		else if (safe && this.asksFirst && !told) this.challenge(reply, request, now);
		else {
			const room =
				budget - length + reply.payloadLength() - (reply.etag === undefined ? ETAG_OPTION : 0) - BLOCK_OPTION;
			const echo = room >= ECHO_OPTION + SMALLEST;
			if (echo) reply.echo = this.echo.value(request.endpoint, now);
			if (told || room >= SMALLEST)
				this.blocks.shrink(request, reply, Block.szxOf(echo ? room - ECHO_OPTION : room), now);
			else if (safe) this.challenge(reply, request, now);
			else reply.only(reply.code);
		}
		if (write() <= budget || (told && reply.successful)) return;
		if (safe && reply.successful) this.challenge(reply, request, now);
		else reply.only(reply.code);
		write();
	}
}
