// SPDX-License-Identifier: MIT
// Block2 at the server (RFC 7959 §2.4): the rest of what was answered in part, in bounded memory.
import type { Endpoint } from "./handler.ts";

/** How an application bounds what is kept of representations. */
export interface DownloadLimits {
	/** Of how many representations the rest is kept at a time. */
	readonly downloads: number;
	/** How many bytes they may take together; a longer one is made anew for each block. */
	readonly downloadMemory: number;
	/** For how many milliseconds after its latest block one is kept. */
	readonly downloadTimeout: number;
}

/** What the first block was cut from. */
export interface Download {
	readonly code: number;
	readonly body: Uint8Array;
	readonly etag: Uint8Array;
	readonly format: number;
	readonly maxAge: number | undefined;
	/** What made it. */
	readonly resource: object;
	/** The ETag, as it were, of the payload that asked for it. */
	readonly asked: Uint8Array | undefined;
}

interface Kept {
	readonly address: string;
	readonly port: number;
	readonly key: string;
	readonly download: Download;
	expiry: number;
}

/** Bodies of responses that were sent in part. `keep` one with its first block, `find` it for the others. */
export class Downloads {
	private readonly limits: DownloadLimits;
	/** In the order of their latest use. */
	private readonly list: Kept[] = [];

	constructor(limits: DownloadLimits) {
		this.limits = limits;
	}

	/** How many are kept. */
	get count(): number {
		return this.list.length;
	}

	/** When `expire` wants to be called; Infinity when never. */
	get deadline(): number {
		return this.list.length === 0 ? Infinity : this.list[0]!.expiry;
	}

	expire(now: number): void {
		while (this.list.length > 0 && this.list[0]!.expiry <= now) this.list.shift();
	}

	/**
	 * Keeps what answered the request with `key`, its body without a copy. The one used longest ago gives way. Returns false when there is
	 * no room.
	 */
	keep({ address, port }: Readonly<Endpoint>, key: string, download: Download, now: number): boolean {
		const { downloads, downloadMemory, downloadTimeout } = this.limits;
		const { list } = this;
		const before = this.indexOf({ address, port }, key);
		if (before >= 0) list.splice(before, 1);
		const length = download.body.length;
		if (downloads === 0 || length > downloadMemory) return false;
		let memory = length;
		for (const kept of list) memory += kept.download.body.length;
		while (list.length >= downloads || memory > downloadMemory) memory -= list.shift()!.download.body.length;
		list.push({ address, port, key, download, expiry: now + downloadTimeout });
		return true;
	}

	/** What was kept for the endpoint and `key`; undefined when it was not, or is no more. */
	find(endpoint: Readonly<Endpoint>, key: string, now: number): Download | undefined {
		this.expire(now);
		const { list } = this;
		const at = this.indexOf(endpoint, key);
		if (at < 0) return undefined;
		const kept = list[at]!;
		kept.expiry = now + this.limits.downloadTimeout;
		list.splice(at, 1);
		list.push(kept);
		return kept.download;
	}

	/** The endpoint is told of a newer representation of `resource`. */
	forget({ address, port }: Readonly<Endpoint>, resource: object): void {
		const { list } = this;
		for (let i = list.length - 1; i >= 0; i--) {
			const kept = list[i]!;
			if (kept.download.resource === resource && kept.port === port && kept.address === address) list.splice(i, 1);
		}
	}

	private indexOf({ address, port }: Readonly<Endpoint>, key: string): number {
		return this.list.findIndex((kept) => kept.port === port && kept.address === address && kept.key === key);
	}
}

/** An ETag for a representation that came without one: it changes with the bytes, all but always. */
export function etagOf(body: Uint8Array): Uint8Array {
	const { length } = body;
	const view = new DataView(body.buffer, body.byteOffset, length);
	const whole = length & ~3;
	let hash = length;
	// Four bytes at a time: a multiplication carries what changed upwards, the rotation carries it down again.
	for (let at = 0; at < whole; at += 4) {
		hash = Math.imul(hash ^ view.getInt32(at), 0x9e3779b1);
		hash = (hash << 13) | (hash >>> 19);
	}
	for (let at = whole; at < length; at++) hash = Math.imul(hash ^ body[at]!, 0x9e3779b1);
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash ^= hash >>> 13;
	return Uint8Array.of(hash >>> 24, hash >>> 16, hash >>> 8, hash);
}
