// SPDX-License-Identifier: MIT
// What a request asks (RFC 7252 §5.4, §5.10).
import { Reader } from "../wire/index.ts";
import * as Block from "./block.ts";
import * as Code from "./code.ts";
import type { Message } from "./message.ts";
import * as Option from "./option.ts";
import type { Resource } from "./resource.ts";

/** A peer's IPv4 address and port. */
export interface Endpoint {
	address: string;
	port: number;
}

/** What a handler is given. The record and its payload are reused: they are valid until the handler returns. */
export interface Request {
	/** Code.GET, POST, PUT or DELETE. */
	readonly code: number;
	/** The resource's path, such as "light". */
	readonly path: string;
	/** The resource's path, cut at its slashes. */
	readonly segments: readonly string[];
	/** The Uri-Query options, such as "unit=Cel"; what is not UTF-8 reads as U+FFFD. */
	readonly query: readonly string[];
	/** The Content-Format that the client wants. */
	readonly accept: number | undefined;
	/** The Content-Format of the payload. */
	readonly contentFormat: number | undefined;
	/** The payload; empty when there is none. */
	readonly payload: Uint8Array;
	/** Who asks. */
	readonly endpoint: Readonly<Endpoint>;
	/** The payload as text. Throws FormatError when it is not UTF-8, which, let through, is answered 4.00. */
	text(): string;
}

const NOTHING: readonly string[] = [];

/** The one request record of a server, read from a message, or made for an observer. -1 stands for an option that is not there. */
export class IncomingRequest implements Request {
	code = Code.EMPTY;
	path = "";
	resource: Resource | undefined;
	accept: number | undefined;
	contentFormat: number | undefined;
	observe = -1;
	block1 = -1;
	block2 = -1;
	noResponse = 0;
	/** Whether If-Match or If-None-Match is there. */
	conditional = false;
	/** The code that the options earned already, or 0. */
	refusal = 0;
	endpoint!: Readonly<Endpoint>;
	/** How many Uri-Path options there are; a segment with a slash in it must not pass for two. */
	depth = 0;
	private message: Message | undefined;
	/** Whether fields that few requests set may need clearing. */
	private optional = false;
	private queries: readonly string[] | undefined;
	private readonly reader = new Reader();
	private readonly decoder = new TextDecoder("utf-8", { ignoreBOM: true });

	/** Reads the options of `message`. The message and `from` must stay as they are while the request is of use. */
	read(message: Message, from: Readonly<Endpoint>): void {
		this.clear(message.code, from);
		this.message = message;
		const numbers = message.optionNumber;
		const count = message.optionCount;
		let previous = 0;
		for (let i = 0; i < count; i++) {
			const number = numbers[i]!;
			const start = message.optionStart[i]!;
			const end = message.optionEnd[i]!;
			if (number === Option.URI_PATH && end - start <= 255) this.addSegment(message.bytes.subarray(start, end));
			else if (recognized(number, end - start, previous)) this.take(message, number, i);
			else if (Option.critical(number)) {
				this.refusal = Code.BAD_OPTION;
				return;
			}
			previous = number;
		}
	}

	/** Becomes the GET that an observer once sent. */
	observed(
		resource: Resource,
		from: Readonly<Endpoint>,
		query: readonly string[],
		accept: number | undefined,
		block2: number,
	): void {
		this.clear(Code.GET, from);
		this.message = undefined;
		this.resource = resource;
		this.path = resource.path;
		this.queries = query;
		this.accept = accept;
		this.optional = true;
		this.block2 = block2;
	}

	get segments(): readonly string[] {
		return this.resource === undefined ? NOTHING : this.resource.segments;
	}

	get query(): readonly string[] {
		this.queries ??= this.parseQuery();
		return this.queries;
	}

	get payload(): Uint8Array {
		const message = this.message;
		return message === undefined ? new Uint8Array(0) : message.bytes.subarray(message.payloadAt, message.end);
	}

	/** How many bytes of payload there are. */
	get payloadLength(): number {
		return this.message === undefined ? 0 : this.message.end - this.message.payloadAt;
	}

	text(): string {
		const message = this.message;
		if (message === undefined) return "";
		return this.reader.over(message.bytes, message.payloadAt, message.end).text(this.payloadLength);
	}

	/** Whether an option `number` has the value `etag`; an empty If-Match has any (§5.10.8.1). */
	names(number: number, etag: Uint8Array | undefined): boolean {
		const message = this.message;
		if (message === undefined) return false;
		for (let i = 0; i < message.optionCount; i++) {
			if (message.optionNumber[i] !== number) continue;
			const value = message.bytes.subarray(message.optionStart[i]!, message.optionEnd[i]!);
			if (number === Option.IF_MATCH && value.length === 0) return true;
			if (etag !== undefined && same(value, etag)) return true;
		}
		return false;
	}

	/** Whether an option `number` is there. */
	has(number: number): boolean {
		const message = this.message;
		return message?.optionNumber.subarray(0, message.optionCount).includes(number) === true;
	}

	private clear(code: number, from: Readonly<Endpoint>): void {
		this.code = code;
		this.path = "";
		this.depth = 0;
		this.resource = undefined;
		this.queries = undefined;
		this.accept = undefined;
		this.observe = -1;
		this.endpoint = from;
		this.refusal = 0;
		if (!this.optional) return;
		this.optional = false;
		this.contentFormat = undefined;
		this.block1 = -1;
		this.block2 = -1;
		this.noResponse = 0;
		this.conditional = false;
	}

	private addSegment(bytes: Uint8Array): void {
		const segment = this.decoder.decode(bytes);
		this.path = this.depth++ === 0 ? segment : `${this.path}/${segment}`;
	}

	private take(message: Message, number: number, index: number): void {
		this.optional = true;
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
		if (message === undefined) return NOTHING;
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
