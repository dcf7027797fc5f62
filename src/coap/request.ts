// SPDX-License-Identifier: MIT
// What a request asks (RFC 7252 §5.4, §5.10).

import { FormatError } from "../wire/index.ts";
import * as Block from "./block.ts";
import { cacheKeyOf } from "./cache-key.ts";
import * as Code from "./code.ts";
import type { Endpoint, Request } from "./handler.ts";
import { Message } from "./message.ts";
import * as Option from "./option.ts";
import { optionsOf } from "./options-of.ts";
import type { Resource } from "./resource.ts";
import { NO_PARAMS } from "./route.ts";

/** A request as the responder sees it. */
export interface Asked extends Request {
	code: number;
	readonly resource: Resource | undefined;
	readonly token: Uint8Array;
	/** The values of Block1 and Block2; -1 for none. */
	readonly block1: number;
	readonly block2: number;
	/** What tells requests about different bodies apart; undefined for an observer. */
	cacheKey(): string | undefined;
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

/** The longest token that a request may have: with it, the longest payload still fits a message. */
const LONGEST_TOKEN = 64;
/** Of longer ones, those that fit a refusal. */
const LONGEST_ECHOED = 1_024;

const NOTHING: readonly string[] = [];

/** The one request record of a server. -1 stands for an option that is not there. */
export class IncomingRequest extends Message implements Asked {
	path = "";
	resource: Resource | undefined;
	accept: number | undefined;
	contentFormat: number | undefined;
	observe = -1;
	block1 = -1;
	block2 = -1;
	size1 = -1;
	/** How many milliseconds ago its Echo was given to this endpoint; Infinity without one that was. The server finds out. */
	age = Infinity;
	noResponse = 0;
	conditional = false;
	refusal = 0;
	/** The critical option that earned a Bad Option. */
	unrecognized = 0;
	plain = true;
	offset = 0;
	more = false;
	endpoint!: Readonly<Endpoint>;
	/** How many Uri-Path options there are; a segment with a slash in it must not pass for two. */
	depth = 0;
	/** Of the options of which there may be many: number, start and end of one after another. */
	private readonly values: number[] = [];
	/** The latest option that is not Uri-Path. */
	private previous = 0;
	private queries: readonly string[] | undefined;
	/** The path of a request for a resource whose path has parameters, and what stands for them. */
	private routed: readonly string[] = NOTHING;
	private matched = NO_PARAMS;
	/** What stands for the payload when that is only a block of it. */
	private body: Uint8Array | undefined;
	private readonly decoder = new TextDecoder("utf-8", { ignoreBOM: true });

	/** Whether blocks may be of the size that is reserved over UDP (RFC 8323 §6). */
	private readonly bert: boolean;

	constructor(bert = false) {
		super();
		this.bert = bert;
	}

	/** Reads a datagram, as `parse` does. The bytes and `from` must stay as they are while the request is of use. */
	read(bytes: Uint8Array, from: Readonly<Endpoint>): void {
		this.endpoint = from;
		this.resource = undefined;
		this.path = "";
		this.depth = 0;
		if (!this.plain) this.clear();
		this.parse(bytes, bytes.length);
	}

	protected override extended(length: number): void {
		if (length > LONGEST_ECHOED) throw new FormatError("token length", 0);
		this.plain = false;
		if (length > LONGEST_TOKEN) this.refusal = Code.BAD_REQUEST;
	}

	protected override option(number: number, start: number, end: number): void {
		if (number === Option.URI_PATH && end - start <= 255) {
			const segment = this.decoder.decode(this.bytes.subarray(start, end));
			this.path = this.depth++ === 0 ? segment : `${this.path}/${segment}`;
			return;
		}
		this.plain = false;
		if (recognized(number, end - start, this.previous)) this.take(number, start, end);
		else if (Option.critical(number)) {
			this.refusal = Code.BAD_OPTION;
			this.unrecognized = number;
		}
		this.previous = number;
	}

	/** It asks for `resource`, whose path has parameters. */
	route(resource: Resource, segments: readonly string[], params: Readonly<Record<string, string>>): void {
		this.resource = resource;
		this.routed = segments;
		this.matched = params;
	}

	/** What it carries is the whole of a body, or a part at `offset`, after which there is `more`. */
	assemble(body: Uint8Array, offset: number, more: boolean): void {
		this.body = body;
		this.offset = offset;
		this.more = more;
	}

	cacheKey(): string {
		return cacheKeyOf(this.bytes, this.end);
	}

	/** Makes what it was read from its own, so that it stays as it is. */
	keep(): void {
		if (this.body?.buffer === this.bytes.buffer) this.body = this.body.slice();
		this.bytes = this.bytes.slice(0, this.end);
		const { address, port, subject } = this.endpoint;
		this.endpoint = { address, port, subject };
	}

	get method(): string {
		return Code.methodName(this.code);
	}

	get segments(): readonly string[] {
		const resource = this.resource;
		return resource === undefined ? NOTHING : resource.pattern ? this.routed : resource.segments;
	}

	get params(): Readonly<Record<string, string>> {
		return this.resource?.pattern ? this.matched : NO_PARAMS;
	}

	get subject(): string | undefined {
		return this.endpoint.subject;
	}

	/** The Uri-Path options as they came. */
	uriPath(): readonly string[] {
		return this.options(Option.URI_PATH).map((segment) => this.decoder.decode(segment));
	}

	options(number: number): readonly Uint8Array[] {
		return optionsOf(this.bytes, this.end, number);
	}

	get query(): readonly string[] {
		if (this.plain) return NOTHING;
		this.queries ??= this.parseQuery();
		return this.queries;
	}

	get payload(): Uint8Array {
		if (this.body !== undefined) return this.body;
		return this.bytes.subarray(this.payloadAt, this.end);
	}

	text(): string {
		if (this.body !== undefined) return this.reader.over(this.body).text(this.body.length);
		return this.reader.over(this.bytes, this.payloadAt, this.end).text(this.end - this.payloadAt);
	}

	names(number: number, etag: Uint8Array | undefined): boolean {
		const values = this.values;
		for (let i = 0; i < values.length; i += 3) {
			if (values[i] !== number) continue;
			const value = this.bytes.subarray(values[i + 1]!, values[i + 2]!);
			if (number === Option.IF_MATCH && value.length === 0) return true;
			if (etag !== undefined && same(value, etag)) return true;
		}
		return false;
	}

	has(number: number): boolean {
		for (let i = 0; i < this.values.length; i += 3) if (this.values[i] === number) return true;
		return false;
	}

	/** Whether No-Response leaves an interest in a response with `code`: bit 1 is class 2, bit 3 class 4 (RFC 7967 §2.1). */
	wants(code: number): boolean {
		return ((this.noResponse >> (Code.classOf(code) - 1)) & 1) === 0;
	}

	private clear(): void {
		this.plain = true;
		this.refusal = 0;
		this.previous = 0;
		this.values.length = 0;
		this.queries = undefined;
		this.accept = undefined;
		this.contentFormat = undefined;
		this.observe = -1;
		this.block1 = -1;
		this.block2 = -1;
		this.size1 = -1;
		this.age = Infinity;
		this.noResponse = 0;
		this.conditional = false;
		this.body = undefined;
		this.offset = 0;
		this.more = false;
	}

	private take(number: number, start: number, end: number): void {
		if (this.refusal === Code.BAD_OPTION) return;
		switch (number) {
			case Option.OBSERVE:
				this.observe = this.uint(start, end);
				break;
			case Option.CONTENT_FORMAT:
				this.contentFormat = this.uint(start, end);
				break;
			case Option.ACCEPT:
				this.accept = this.uint(start, end);
				break;
			case Option.BLOCK2:
				this.block2 = this.uint(start, end);
				if (Block.reserved(this.block2) && !this.bert) this.refusal = Code.BAD_REQUEST; // RFC 7959 §2.2
				break;
			case Option.BLOCK1:
				this.block1 = this.uint(start, end);
				if (Block.reserved(this.block1) && !this.bert) this.refusal = Code.BAD_REQUEST;
				break;
			case Option.SIZE1:
				this.size1 = this.uint(start, end);
				break;
			case Option.HOP_LIMIT: {
				const limit = this.uint(start, end);
				if (limit === 0 || limit > 255) this.refusal = Code.BAD_REQUEST; // RFC 8768 §3
				break;
			}
			case Option.NO_RESPONSE:
				this.noResponse = this.uint(start, end);
				break;
			case Option.IF_MATCH:
			case Option.IF_NONE_MATCH:
				this.conditional = true;
				this.values.push(number, start, end);
				break;
			case Option.ETAG:
			case Option.ECHO:
			case Option.SIZE2:
			case Option.URI_QUERY:
				this.values.push(number, start, end);
				break;
			case Option.PROXY_URI:
			case Option.PROXY_SCHEME:
				this.refusal = Code.PROXYING_NOT_SUPPORTED; // §5.10.2
		}
	}

	private parseQuery(): readonly string[] {
		const values = this.values;
		const query: string[] = [];
		for (let i = 0; i < values.length; i += 3) {
			if (values[i] !== Option.URI_QUERY) continue;
			query.push(this.decoder.decode(this.bytes.subarray(values[i + 1]!, values[i + 2]!)));
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
