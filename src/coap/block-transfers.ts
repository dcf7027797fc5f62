// SPDX-License-Identifier: MIT
// Blocks at the server (RFC 7959): between a request and its handler, and between the handler's result and the response.
import { payloadBytes } from "../wire/index.ts";
import * as Block from "./block.ts";
import { type DownloadLimits, Downloads, etagOf } from "./block-downloads.ts";
import { type UploadLimits, Uploads } from "./block-uploads.ts";
import * as Code from "./code.ts";
import * as Option from "./option.ts";
import { atLeast, maxTransmitWait, type Parameters } from "./parameters.ts";
import type { Reply } from "./reply.ts";
import type { Asked, IncomingRequest } from "./request.ts";

/** After how many seconds a client that found no room for its body may try again. */
const RETRY_AFTER = 10;

/** How an application tunes blocks. */
export interface BlockOptions extends Partial<UploadLimits & DownloadLimits> {
	/** How many bytes of payload a message has at most, and a block: 64, 128, … 1,024, which is the default; clients may ask for smaller ones. */
	blockSize?: number;
}

/** What a server keeps of bodies that take more than one message. */
export class BlockTransfers {
	/** When `expire` wants to be called; Infinity when never. */
	deadline = Infinity;
	/** Called when the deadline came to be. */
	armed: () => void = () => {};
	readonly blockSize: number;
	readonly uploads: Uploads;
	readonly downloads: Downloads;
	private readonly uploadSize: number;
	private readonly szx: number;

	/** Throws RangeError on a number that is out of range. */
	constructor(options: BlockOptions, parameters: Parameters) {
		const { blockSize = 1024, uploads = 4, uploadSize = 8192, uploadMemory = 16_384 } = options;
		const { downloads = 4, downloadMemory = 16_384 } = options;
		// After that a client has given up its CON for the next block.
		const timeout = maxTransmitWait(parameters);
		const { uploadTimeout = timeout, downloadTimeout = timeout } = options;
		if (blockSize < 64 || Block.size(Block.szxOf(blockSize)) !== blockSize)
			throw new RangeError(`expected 64, 128, 256, 512 or 1024 as blockSize, got ${blockSize}`);
		atLeast("uploads", uploads, 0);
		atLeast("downloads", downloads, 0);
		this.uploads = new Uploads({ uploads, uploadSize, uploadMemory, uploadTimeout });
		this.downloads = new Downloads({ downloads, downloadMemory, downloadTimeout });
		this.uploadSize = uploadSize;
		this.blockSize = blockSize;
		this.szx = Block.szxOf(blockSize);
	}

	expire(now: number): void {
		if (now < this.deadline) return;
		this.uploads.expire(now);
		this.downloads.expire(now);
		this.deadline = Math.min(this.uploads.deadline, this.downloads.deadline);
	}

	/**
	 * A request with a block option came, which is not refused otherwise. Returns whether `reply` is the answer to it already; else its
	 * handler is to run.
	 */
	intercept(request: IncomingRequest, reply: Reply, now: number): boolean {
		const { block1, block2 } = request;
		if (block1 >= 0) return this.receive(request, reply, now);
		return block2 >= 16 && this.resume(request, reply, now);
	}

	/** The handler was given a block of a body that goes on: unless it refused, more may come. */
	streamed(request: Asked, reply: Reply): void {
		if (reply.successful) reply.only(Code.CONTINUE);
		else this.uploads.stop(request.endpoint, request.cacheKey()!);
	}

	/** Of the response's payload, what fits a message, or the block that the request asks for. */
	cut(request: Asked, reply: Reply, now: number): void {
		const body = payloadBytes(reply.payload ?? "");
		const asked = request.block2 < 0 ? this.szx : Block.atMost(request.block2, this.szx);
		if (request.block2 < 0 && body.length <= Block.size(asked)) return;
		const block2 = Block.slice(asked, body.length);
		if (block2 === undefined) {
			reply.only(Code.BAD_REQUEST); // §2.4
			return;
		}
		if (block2 >= 16 || Block.more(block2)) {
			// The client can tell the blocks of one body from those of the next by it.
			if (reply.etag === undefined) reply.tag(etagOf(body));
			if (Block.more(block2)) this.keep(request, reply, body, now);
		}
		this.part(request, reply, body, block2);
	}

	/** Of what `cut` left, a smaller block than the request asks for. */
	shrink(request: Asked, reply: Reply, szx: number, now: number): void {
		const body = reply.whole ?? payloadBytes(reply.payload ?? "");
		const block2 = Block.slice(Block.atMost(Math.max(request.block2, 0), szx), body.length);
		if (block2 === undefined) return;
		if (reply.etag === undefined) reply.tag(etagOf(body));
		if (reply.whole === undefined && Block.more(block2)) this.keep(request, reply, body, now);
		this.part(request, reply, body, block2);
	}

	private receive(request: IncomingRequest, reply: Reply, now: number): boolean {
		const { uploads, szx } = this;
		const { block1 } = request;
		const code = uploads.take(request, request.cacheKey(), request.resource!.options.streamed === true, now);
		this.arm(uploads.deadline);
		if (code === 0) {
			request.assemble(uploads.body, uploads.offset, uploads.more);
			return false;
		}
		if (code === Code.SERVICE_UNAVAILABLE) reply.retry(code, RETRY_AFTER);
		else reply.only(code);
		if (code === Code.CONTINUE) reply.block1 = negotiated(block1, szx);
		else if (code === Code.REQUEST_ENTITY_TOO_LARGE) reply.size1 = this.uploadSize; // §4
		return true;
	}

	/** A later block of what was answered before. */
	private resume(request: IncomingRequest, reply: Reply, now: number): boolean {
		const download = this.downloads.find(request.endpoint, request.cacheKey(), now);
		if (download === undefined || (request.payload.length > 0 && !same(download.asked, etagOf(request.payload)))) {
			if (request.code === Code.GET || request.code === Code.FETCH) return false; // It is made anew.
			reply.only(Code.REQUEST_ENTITY_INCOMPLETE); // §2.9.2
			return true;
		}
		const { body } = download;
		const block2 = Block.slice(Block.atMost(request.block2, this.szx), body.length);
		if (block2 === undefined) reply.only(Code.BAD_REQUEST);
		else {
			reply.again(download);
			this.part(request, reply, body, block2);
		}
		return true;
	}

	private keep(request: Asked, reply: Reply, body: Uint8Array, now: number): void {
		const { code, format, maxAge } = reply;
		const resource = request.resource!;
		const key = request.cacheKey();
		if (key === undefined)
			this.downloads.forget(request.endpoint, resource); // A notification: its other blocks are asked for anew.
		else {
			const asked = request.payload.length > 0 ? etagOf(request.payload) : undefined;
			const etag = reply.etag!;
			this.downloads.keep(request.endpoint, key, { code, body, etag, format, maxAge, resource, asked }, now);
			this.arm(this.downloads.deadline);
		}
	}

	/** What is kept is kept until `deadline` at least; a deadline that comes too early does no harm. */
	private arm(deadline: number): void {
		if (deadline >= this.deadline) return;
		this.deadline = deadline;
		this.armed();
	}

	private part(request: Asked, reply: Reply, body: Uint8Array, block2: number): void {
		reply.whole = body;
		reply.block2 = block2;
		reply.payload = Block.part(body, block2);
		if (Block.num(block2) === 0 && request.has(Option.SIZE2)) reply.size2 = body.length; // §4
	}
}

/** The Block1 of 2.31: the block that came, and the size that is asked for from now on (§2.3). */
function negotiated(block1: number, szx: number): number {
	return Block.szx(block1) <= szx ? block1 : (block1 & ~7) | szx;
}

function same(a: Uint8Array | undefined, b: Uint8Array): boolean {
	return a !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}
