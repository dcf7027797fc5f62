// SPDX-License-Identifier: MIT
// What a request asks (RFC 7252 §5.4, §5.10).
import { Reader } from "../wire/index.ts";
import * as Block from "./block.ts";
import * as Code from "./code.ts";
import type { Endpoint, Request } from "./handler.ts";
import type { Message } from "./message.ts";
import * as Option from "./option.ts";
import type { Resource } from "./resource.ts";

/** A request as the responder sees it. */
export interface Asked extends Request {
	code: number;
	readonly resource: Resource | undefined;
	/** The values of Block1 and Block2; -1 for none. */
	readonly block1: number;
	readonly block2: number;
	/** Whether If-Match or If-None-Match is there. */
	readonly conditional: boolean;
	/** The code that its options earned already, or 0. */
	readonly refusal: number;
	/** Whether its options say no more than its path. */
	readonly plain: boolean;
	/** Whether an option `number` has the value `etag`; an empty If-Match has any (§5.10.8.1). */
	names(number: number, etag: Uint8Array | undefined): boolean;
	/** Whether an option `number` is there. */
	has(number: number): boolean;
}

const NOTHING: readonly string[] = [];

/** The one request record of a server, read from a message. -1 stands for an option that is not there. */
export class IncomingRequest implements Asked {
	code = Code.EMPTY;
	path = "";
	resource: Resource | undefined;
	accept: number | undefined;
	contentFormat: number | undefined;
	observe = -1;
	block1 = -1;
	block2 = -1;
	noResponse = 0;
	conditional = false;
	refusal = 0;
	plain = true;
	endpoint!: Readonly<Endpoint>;
	/** How many Uri-Path options there are; a segment with a slash in it must not pass for two. */
	depth = 0;
	private message!: Message;
	private queries: readonly string[] | undefined;
	private readonly reader = new Reader();
	private readonly decoder = new TextDecoder("utf-8", { ignoreBOM: true });

	/** Reads the options of `message`. The message and `from` must stay as they are while the request is of use. */
	read(message: Message, from: Readonly<Endpoint>): void {
		this.message = message;
		this.code = message.code;
		this.endpoint = from;
		this.resource = undefined;
		if (!this.plain) this.clear();
		const bytes = message.bytes;
		const numbers = message.optionNumber;
		const starts = message.optionStart;
		const ends = message.optionEnd;
		const count = message.optionCount;
		let path = "";
		let depth = 0;
		let previous = 0;
		let i = 0;
		while (i < count) {
			const number = numbers[i]!;
			const start = starts[i]!;
			const end = ends[i]!;
			if (number === Option.URI_PATH && end - start <= 255) {
				const segment = this.decoder.decode(bytes.subarray(start, end));
				path = depth++ === 0 ? segment : `${path}/${segment}`;
			} else if (recognized(number, end - start, previous)) this.take(message, number, i);
			else if (Option.critical(number)) {
				this.plain = false;
				this.refusal = Code.BAD_OPTION;
				break;
			}
			previous = number;
			i++;
		}
		this.path = path;
		this.depth = depth;
	}

	get segments(): readonly string[] {
		return this.resource === undefined ? NOTHING : this.resource.segments;
	}

	get query(): readonly string[] {
		if (this.plain) return NOTHING;
		this.queries ??= this.parseQuery();
		return this.queries;
	}

	get payload(): Uint8Array {
		const message = this.message;
		return message.bytes.subarray(message.payloadAt, message.end);
	}

	text(): string {
		const message = this.message;
		return this.reader.over(message.bytes, message.payloadAt, message.end).text(message.end - message.payloadAt);
	}

	names(number: number, etag: Uint8Array | undefined): boolean {
		const message = this.message;
		for (let i = 0; i < message.optionCount; i++) {
			if (message.optionNumber[i] !== number) continue;
			const value = message.bytes.subarray(message.optionStart[i]!, message.optionEnd[i]!);
			if (number === Option.IF_MATCH && value.length === 0) return true;
			if (etag !== undefined && same(value, etag)) return true;
		}
		return false;
	}

	has(number: number): boolean {
		const message = this.message;
		return message.optionNumber.subarray(0, message.optionCount).includes(number);
	}

	private clear(): void {
		this.plain = true;
		this.refusal = 0;
		this.queries = undefined;
		this.accept = undefined;
		this.contentFormat = undefined;
		this.observe = -1;
		this.block1 = -1;
		this.block2 = -1;
		this.noResponse = 0;
		this.conditional = false;
	}

	private take(message: Message, number: number, index: number): void {
		this.plain = false;
		switch (number) {
			case Option.OBSERVE:
				this.observe = message.uint(index);
				break;
			case Option.CONTENT_FORMAT:
				this.contentFormat = message.uint(index);
				break;
			case Option.ACCEPT:
				this.accept = message.uint(index);
				break;
			case Option.BLOCK2:
				this.block2 = message.uint(index);
				if (Block.reserved(this.block2)) this.refusal = Code.BAD_REQUEST; // RFC 7959 §2.2
				break;
			case Option.BLOCK1:
				this.block1 = message.uint(index);
				if (Block.reserved(this.block1)) this.refusal = Code.BAD_REQUEST;
				break;
			case Option.NO_RESPONSE:
				this.noResponse = message.uint(index);
				break;
			case Option.IF_MATCH:
			case Option.IF_NONE_MATCH:
				this.conditional = true;
				break;
			case Option.PROXY_URI:
			case Option.PROXY_SCHEME:
				this.refusal = Code.PROXYING_NOT_SUPPORTED; // §5.10.2
		}
	}

	private parseQuery(): readonly string[] {
		const message = this.message;
		const query: string[] = [];
		for (let i = 0; i < message.optionCount; i++) {
			if (message.optionNumber[i] !== Option.URI_QUERY) continue;
			const start = message.optionStart[i]!;
			const end = message.optionEnd[i]!;
			query.push(this.decoder.decode(message.bytes.subarray(start, end)));
		}
		return query;
	}
}

/** Whether an option is known (§5.4.1), of a length that it may have (§5.4.3), and not repeated unless it may be (§5.4.5). */
function recognized(number: number, length: number, previous: number): boolean {
	const known = Option.definition(number);
	if (known === undefined || length < known.shortest || length > known.longest) return false;
	return number !== previous || known.repeatable;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false;
	for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
	return true;
}
