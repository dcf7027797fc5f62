// SPDX-License-Identifier: MIT
// Responses (RFC 7252 §5.2, §5.9).
import type { Payload } from "../wire/index.ts";
import * as Code from "./code.ts";
import * as Format from "./format.ts";
import type { MessageWriter } from "./message-writer.ts";
import * as Option from "./option.ts";
import type { Resource } from "./resource.ts";

/** An answer in full. What is left out takes its default. */
export interface Response {
	/** A response code; Code.CONTENT to GET, CHANGED to PUT and POST, DELETED to DELETE when absent. */
	code?: number;
	payload?: Payload;
	/** The payload's Content-Format; the resource's first `ct` when absent, or else text/plain for a string, octet-stream for bytes. */
	format?: number;
	/** For how many seconds the representation stays fresh; clients assume 60 when absent. */
	maxAge?: number;
	/** 1 to 8 bytes that change with the representation. */
	etag?: Uint8Array;
	/** Where the resource that POST created is. */
	locationPath?: readonly string[];
	locationQuery?: readonly string[];
}

/** What a handler may return; a bare payload or nothing stands for a success. */
export type Result = Payload | Response | undefined;

/** The one response record of a server. -1 stands for an option that is not there. */
export class Reply {
	code = Code.EMPTY;
	payload: Payload | undefined;
	format = -1;
	maxAge = -1;
	etag: Uint8Array | undefined;
	locationPath: readonly string[] | undefined;
	locationQuery: readonly string[] | undefined;
	observe = -1;
	block2 = -1;
	block1 = -1;
	/** Whether the handler gave a response in full, with options of its own. */
	private full = false;

	/** Becomes a bare `code`. */
	only(code: number): void {
		this.code = code;
		this.payload = undefined;
		this.format = -1;
		this.observe = -1;
		this.block2 = -1;
		this.block1 = -1;
		if (!this.full) return;
		this.full = false;
		this.maxAge = -1;
		this.etag = undefined;
		this.locationPath = undefined;
		this.locationQuery = undefined;
	}

	/** Becomes what a handler of `resource` returned. Throws TypeError when that is no response. */
	take(result: Result, method: number, resource: Resource): void {
		this.only(method === Code.GET ? Code.CONTENT : method === Code.DELETE ? Code.DELETED : Code.CHANGED);
		if (result === undefined) return;
		if (typeof result === "string" || result instanceof Uint8Array) this.payload = result;
		else this.takeResponse(result);
		const payload = this.payload;
		if (this.format < 0 && payload !== undefined && this.successful) {
			const format = resource.format;
			this.format = format >= 0 ? format : typeof payload === "string" ? Format.TEXT : Format.OCTET_STREAM;
		}
	}

	/** Whether the code is of class 2. */
	get successful(): boolean {
		return this.code >> 5 === 2;
	}

	/** Writes options and payload after a header. */
	write(writer: MessageWriter): void {
		if (this.full && this.etag !== undefined) writer.opaqueOption(Option.ETAG, this.etag);
		if (this.observe >= 0) writer.uintOption(Option.OBSERVE, this.observe);
		if (this.full && this.locationPath !== undefined) writeStrings(writer, Option.LOCATION_PATH, this.locationPath);
		if (this.format >= 0) writer.uintOption(Option.CONTENT_FORMAT, this.format);
		if (this.full) this.writeRest(writer);
		if (this.block2 >= 0) writer.uintOption(Option.BLOCK2, this.block2);
		if (this.block1 >= 0) writer.uintOption(Option.BLOCK1, this.block1);
		const payload = this.payload;
		if (payload !== undefined && payload.length > 0) writer.payload(payload);
	}

	private writeRest(writer: MessageWriter): void {
		if (this.maxAge >= 0) writer.uintOption(Option.MAX_AGE, this.maxAge);
		if (this.locationQuery !== undefined) writeStrings(writer, Option.LOCATION_QUERY, this.locationQuery);
	}

	private takeResponse(response: Response): void {
		this.full = true;
		if (typeof response !== "object" || response === null) throw new TypeError(`expected a response, got ${response}`);
		const { code, payload, format, maxAge, etag } = response;
		if (code !== undefined) this.code = checked("a response code", code, 0x40, 0xbf);
		if (format !== undefined) this.format = checked("a Content-Format", format, 0, 0xffff);
		if (maxAge !== undefined) this.maxAge = checked("seconds in maxAge", maxAge, 0, 0xffffffff);
		if (etag !== undefined) checked("bytes in etag", etag.length, 1, 8);
		if (payload !== undefined && typeof payload !== "string" && !(payload instanceof Uint8Array))
			throw new TypeError(`expected text or bytes in payload, got ${typeof payload}`);
		this.payload = payload;
		this.etag = etag;
		this.locationPath = response.locationPath;
		this.locationQuery = response.locationQuery;
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
