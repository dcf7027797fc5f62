// SPDX-License-Identifier: MIT
// Block1 at the server (RFC 7959 §2.5): bodies that are being put together, of many endpoints, in bounded memory.
import * as Block from "./block.ts";
import { BlockReceiver } from "./block-receiver.ts";
import * as Code from "./code.ts";
import type { Endpoint } from "./handler.ts";

/** How an application bounds uploads. */
export interface UploadLimits {
	/** Of how many bodies parts are kept at a time. */
	readonly uploads: number;
	/** How long a body may be, in bytes. */
	readonly uploadSize: number;
	/** How many bytes all bodies under way may take together. */
	readonly uploadMemory: number;
	/** After how many milliseconds without another block a body is given up. */
	readonly uploadTimeout: number;
}

/** A block as a request brings it. */
export interface UploadedBlock {
	readonly endpoint: Readonly<Endpoint>;
	/** Its Block1 value. */
	readonly block1: number;
	/** What the client says of the length of the body; -1 for nothing. */
	readonly size1: number;
	readonly payload: Uint8Array;
}

/** One body under way. */
class Upload extends BlockReceiver {
	readonly key: string;
	readonly address: string;
	readonly port: number;
	expiry = 0;

	constructor(key: string, { address, port }: Readonly<Endpoint>, limit: number) {
		super(limit);
		this.key = key;
		this.address = address;
		this.port = port;
	}

	from({ address, port }: Readonly<Endpoint>): boolean {
		return this.port === port && this.address === address;
	}
}

/**
 * The bodies that come in blocks. Give each block of a request that would not be refused otherwise to `take`: it returns the code to
 * answer with, or 0 when the handler is to run on `body`.
 */
export class Uploads {
	/** The whole body, or the block that is streamed: valid until the next call. */
	body: Uint8Array = new Uint8Array(0);
	/** Where in the whole body `body` starts: 0 unless it is streamed. */
	offset = 0;
	/** Whether more is to come after `body`: false unless it is streamed. */
	more = false;
	/** How many bodies were given up: for another one, or because no more of them came. */
	abandoned = 0;
	private readonly limits: UploadLimits;
	private readonly list: Upload[] = [];

	constructor(limits: UploadLimits) {
		this.limits = limits;
	}

	/** How many bodies are under way. */
	get count(): number {
		return this.list.length;
	}

	/** When `expire` wants to be called; Infinity when never. */
	get deadline(): number {
		let deadline = Infinity;
		for (const { expiry } of this.list) if (expiry < deadline) deadline = expiry;
		return deadline;
	}

	expire(now: number): void {
		const list = this.list;
		for (let i = list.length - 1; i >= 0; i--) if (list[i]!.expiry <= now) this.abandon(list[i]!);
	}

	/**
	 * A block came. Bodies are told apart by endpoint and `key`. A streamed body is not kept: each block is handed on as it comes.
	 * Returns 0, or the code that answers: 2.31, 4.00, 4.08, 4.13 or 5.03.
	 */
	take(block: UploadedBlock, key: string, streamed: boolean, now: number): number {
		this.expire(now);
		const first = Block.num(block.block1) === 0;
		let upload = this.find(block.endpoint, key);
		if (upload !== undefined && first) {
			this.remove(upload); // A client that starts anew has given up the body before (§2.5).
			upload = undefined;
		}
		if (!streamed && block.size1 > this.limits.uploadSize) return Code.REQUEST_ENTITY_TOO_LARGE; // §4
		if (upload === undefined) {
			if (!first) return Code.REQUEST_ENTITY_INCOMPLETE; // §2.9.2
			upload = this.add(block, key, streamed);
			if (upload === undefined) return Code.SERVICE_UNAVAILABLE;
		}
		upload.expiry = now + this.limits.uploadTimeout;
		return this.follow(upload, block, streamed);
	}

	/** The handler refused a block that was streamed to it: no more of its body is taken. */
	stop(endpoint: Readonly<Endpoint>, key: string): void {
		const upload = this.find(endpoint, key);
		if (upload !== undefined) this.remove(upload);
	}

	private follow(upload: Upload, { block1, payload }: UploadedBlock, streamed: boolean): number {
		const before = upload.received;
		const taken = streamed ? upload.follow(block1, payload.length) : upload.take(block1, payload);
		switch (taken) {
			case "again":
				return Code.CONTINUE; // It had another Message ID.
			case "more":
				if (!streamed) return this.fits(upload) ? Code.CONTINUE : Code.SERVICE_UNAVAILABLE;
				break;
			case "whole":
				this.remove(upload);
				break;
			case "length":
				if (before === 0) this.remove(upload);
				return Code.BAD_REQUEST;
			case "gap":
				return Code.REQUEST_ENTITY_INCOMPLETE; // §2.9.2; the blocks before may still be followed by the right one.
			case "large":
				this.remove(upload);
				return Code.REQUEST_ENTITY_TOO_LARGE; // §2.9.3
		}
		this.body = streamed ? payload : upload.body;
		this.offset = streamed ? before : 0;
		this.more = taken === "more";
		return 0;
	}

	/** Whether there is memory for what came; else the upload is given up. */
	private fits(upload: Upload): boolean {
		let memory = 0;
		for (const { capacity } of this.list) memory += capacity;
		if (memory <= this.limits.uploadMemory) return true;
		this.abandon(upload);
		return false;
	}

	/** A place for another body: a free one, or that of another of the same endpoint; undefined when others have them all. */
	private add({ endpoint, block1 }: UploadedBlock, key: string, streamed: boolean): Upload | undefined {
		const { uploads, uploadSize } = this.limits;
		const upload = new Upload(key, endpoint, streamed ? Infinity : uploadSize);
		if (!Block.more(block1)) return upload; // It is whole at once.
		if (this.list.length >= uploads) {
			const other = this.list.find((other) => other.from(endpoint));
			if (other === undefined) return undefined;
			this.abandon(other);
		}
		this.list.push(upload);
		return upload;
	}

	private find(endpoint: Readonly<Endpoint>, key: string): Upload | undefined {
		return this.list.find((upload) => upload.from(endpoint) && upload.key === key);
	}

	private abandon(upload: Upload): void {
		this.abandoned++;
		this.remove(upload);
	}

	private remove(upload: Upload): void {
		const at = this.list.indexOf(upload);
		if (at >= 0) this.list.splice(at, 1);
	}
}
