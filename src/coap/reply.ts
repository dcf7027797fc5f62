// SPDX-License-Identifier: MIT
// Responses (RFC 7252 §5.2, §5.9).
import { type Payload, payloadBytes } from "../wire/index.ts";
import type { Download } from "./block-downloads.ts";
import * as Code from "./code.ts";
import * as Format from "./format.ts";
import type { Response, Result } from "./handler.ts";
import type { MessageWriter } from "./message-writer.ts";
import * as Option from "./option.ts";
import { problemDetails } from "./problem.ts";
import type { Resource } from "./resource.ts";

const BARE: Readonly<Response> = {};

/** The one response record of a server. -1 stands for an option that is not there. */
export class Reply {
	code = Code.EMPTY;
	payload: Payload | undefined;
	format = -1;
	observe = -1;
	block2 = -1;
	block1 = -1;
	size2 = -1;
	size1 = -1;
	/** An Echo value for the client's next request. */
	echo: Uint8Array | undefined;
	/** What the payload is a block of. */
	whole: Uint8Array | undefined;
	/** What the handler answered in full: the options that few responses have. */
	private response = BARE;
	private readonly blockSize: number;

	/** Payloads of more than `blockSize` bytes take more than one message. */
	constructor(blockSize: number) {
		this.blockSize = blockSize;
	}

	/** Becomes a bare `code`, with a payload in `format` if there is one. */
	only(code: number, payload?: Payload, format = -1): void {
		this.code = code;
		this.payload = payload;
		this.format = format;
		this.response = BARE;
		this.observe = this.block2 = this.block1 = this.size2 = this.size1 = -1;
		this.echo = this.whole = undefined;
	}

	/** Becomes a refusal for now: the client may try again after `seconds` (§5.9.3.4, RFC 8516 §3). */
	retry(code: number, seconds: number): void {
		this.only(code);
		this.response = { maxAge: seconds };
	}

	/** Becomes what a handler of `resource` returned, a success with `code` if it says no other. Throws TypeError when that is no response. */
	take(result: Result, code: number, resource: Resource): void {
		if (typeof result === "string") this.only(code, result, resource.textFormat);
		else if (result instanceof Uint8Array) this.only(code, result, resource.bytesFormat);
		else if (typeof result === "number" && Number.isFinite(result)) this.only(code, `${result}`, resource.textFormat);
		else {
			this.only(code);
			if (result !== undefined) this.takeResponse(result as Response, resource);
		}
	}

	/** An error gets problem details in place of its diagnostic payload (RFC 9290). */
	detail(): void {
		if (this.format >= 0) return;
		this.payload = problemDetails(this.code, typeof this.payload === "string" ? this.payload : undefined);
		this.format = Format.PROBLEM_DETAILS;
	}

	/** Whether the code is of class 2. */
	get successful(): boolean {
		return this.code >> 5 === 2;
	}

	get etag(): Uint8Array | undefined {
		return this.response.etag;
	}

	get maxAge(): number | undefined {
		return this.response.maxAge;
	}

	/** Gets an ETag. */
	tag(etag: Uint8Array): void {
		this.response = { ...this.response, etag };
	}

	/** Becomes what it was when the first block of it was sent. */
	again({ code, format, etag, maxAge }: Download): void {
		this.only(code, undefined, format);
		this.response = { etag, maxAge };
	}

	/** How many bytes the payload has. */
	payloadLength(): number {
		const bytes = payloadBytes(this.payload ?? "");
		this.payload = bytes;
		return bytes.length;
	}

	/** Takes so many bytes, or a few more, off the end of a text. */
	shorten(bytes: number): void {
		const text = payloadBytes(this.payload ?? "");
		let end = Math.max(text.length - bytes, 0);
		while (end > 0 && (text[end]! & 0xc0) === 0x80) end--; // No half characters.
		this.payload = text.subarray(0, end);
	}

	/** Whether the payload may not fit one message: UTF-8 takes at most three bytes for each UTF-16 unit. */
	get long(): boolean {
		return this.payload !== undefined && this.payload.length * 3 > this.blockSize;
	}

	/** Writes the response with `token` into `into`, as `type` with `messageId`. */
	write(writer: MessageWriter, into: Uint8Array, type: number, messageId: number, token: Uint8Array): void {
		if (this.response === BARE) writer.response(into, type, this.code, messageId, token, this.observe, this.format);
		else {
			writer.header(into, type, this.code, messageId, token);
			this.writeOptions(writer, this.response);
		}
		if (this.block2 >= 0) writer.uintOption(Option.BLOCK2, this.block2);
		if (this.block1 >= 0) writer.uintOption(Option.BLOCK1, this.block1);
		if (this.size2 >= 0) writer.uintOption(Option.SIZE2, this.size2);
		if (this.size1 >= 0) writer.uintOption(Option.SIZE1, this.size1);
		if (this.echo !== undefined) writer.opaqueOption(Option.ECHO, this.echo);
		const payload = this.payload;
		if (payload !== undefined && payload.length > 0) writer.payload(payload);
	}

	private writeOptions(writer: MessageWriter, response: Response): void {
		if (response.etag !== undefined) writer.opaqueOption(Option.ETAG, response.etag);
		if (this.observe >= 0) writer.uintOption(Option.OBSERVE, this.observe);
		if (response.locationPath !== undefined) writeStrings(writer, Option.LOCATION_PATH, response.locationPath);
		if (this.format >= 0) writer.uintOption(Option.CONTENT_FORMAT, this.format);
		if (response.maxAge !== undefined) writer.uintOption(Option.MAX_AGE, response.maxAge);
		if (response.locationQuery !== undefined) writeStrings(writer, Option.LOCATION_QUERY, response.locationQuery);
	}

	private takeResponse(response: Response, resource: Resource): void {
		if (typeof response !== "object" || response === null) throw new TypeError(`expected a response, got ${response}`);
		const { code, payload, format, maxAge, etag, locationPath, locationQuery } = response;
		if (code !== undefined) this.code = checked("a response code", code, 0x40, 0xbf);
		if (format !== undefined) this.format = checked("a Content-Format", format, 0, 0xffff);
		else if (payload !== undefined && this.successful)
			this.format = typeof payload === "string" ? resource.textFormat : resource.bytesFormat;
		if (maxAge !== undefined) checked("seconds in maxAge", maxAge, 0, 0xffffffff);
		if (etag !== undefined) checked("bytes in etag", etag.length, 1, 8);
		if (payload !== undefined && typeof payload !== "string" && !(payload instanceof Uint8Array))
			throw new TypeError(`expected text or bytes in payload, got ${typeof payload}`);
		this.payload = payload;
		if (etag !== undefined || maxAge !== undefined || locationPath !== undefined || locationQuery !== undefined)
			this.response = response;
	}
}

function checked(what: string, value: number, least: number, most: number): number {
	if (!Number.isInteger(value) || value < least || value > most)
		throw new TypeError(`expected ${what} from ${least} to ${most}, got ${value}`);
	return value;
}

function writeStrings(writer: MessageWriter, number: number, values: readonly string[]): void {
	for (let i = 0; i < values.length; i++) writer.stringOption(number, values[i]!);
}
