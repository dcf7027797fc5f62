// SPDX-License-Identifier: MIT
// The message format of RFC 7252 §3.
import { FormatError, Reader } from "../wire/index.ts";
import * as Code from "./code.ts";

export const CON = 0;
export const NON = 1;
export const ACK = 2;
export const RST = 3;

/** The longest message this stack sends, in bytes (§4.6). */
export const MESSAGE_SIZE = 1152;

/** The longest payload this stack sends, in bytes (§4.6). */
export const PAYLOAD_SIZE = 1024;

/** Where the token starts: right after the header. */
export const TOKEN_AT = 4;

const MAX_OPTIONS = 64;
const PAYLOAD_MARKER = 0xff;

/**
 * A parsed message as numbers and offsets into `bytes`, which stay their owner's. One record is reused for every datagram; a subclass
 * keeps what it needs of the options.
 */
export class Message {
	bytes!: Uint8Array;
	type = CON;
	code = Code.EMPTY;
	messageId = 0;
	tokenLength = 0;
	/** The payload is `bytes[payloadAt…end)`; there is none when the two are equal. */
	payloadAt = 0;
	end = 0;
	protected readonly reader = new Reader();

	/**
	 * Reads one datagram, and calls `option` for each of its options. Throws FormatError for everything §3 calls a message format error, for another version, and for more
	 * than 64 options.
	 */
	parse(bytes: Uint8Array, length: number): this {
		if (length < TOKEN_AT) throw new FormatError("truncated", length);
		const first = bytes[0]!;
		if (first >> 6 !== 1) throw new FormatError("version", 0);
		const tokenLength = first & 15;
		if (tokenLength > 8) throw new FormatError("token length", 0);
		const code = bytes[1]!;
		this.bytes = bytes;
		this.end = length;
		this.type = (first >> 4) & 3;
		this.code = code;
		this.messageId = (bytes[2]! << 8) | bytes[3]!;
		this.tokenLength = tokenLength;
		if (code === Code.EMPTY && length > TOKEN_AT) throw new FormatError("empty message", TOKEN_AT); // §4.1
		let at = TOKEN_AT + tokenLength;
		if (at > length) throw new FormatError("truncated", length);
		let number = 0;
		let count = 0;
		while (at < length) {
			const head = bytes[at]!;
			if (head === PAYLOAD_MARKER) {
				if (++at === length) throw new FormatError("payload marker without payload", at - 1);
				break;
			}
			let delta = head >> 4;
			let size = head & 15;
			let start = at + 1;
			if (delta > 12 || size > 12) {
				const reader = this.reader.over(bytes, start, length);
				delta = extended(reader, delta);
				size = extended(reader, size);
				start = reader.at;
			}
			number += delta;
			if (start + size > length) throw new FormatError("truncated", length);
			if (number > 0xffff) throw new FormatError("option number", at);
			if (++count > MAX_OPTIONS) throw new FormatError("too many options", at);
			at = start + size;
			this.option(number, start, at);
		}
		this.payloadAt = at;
		return this;
	}

	/** The token, as a view of `bytes`. */
	get token(): Uint8Array {
		return this.bytes.subarray(TOKEN_AT, TOKEN_AT + this.tokenLength);
	}

	/** An option is there, in ascending order; its value is `bytes[start…end)`. What follows may still be malformed. */
	protected option(_number: number, _start: number, _end: number): void {}

	/** `bytes[start…end)` as an unsigned integer (§3.2); the caller knows that it has at most four bytes. */
	protected uint(start: number, end: number): number {
		const bytes = this.bytes;
		let value = 0;
		for (let at = start; at < end; at++) value = value * 256 + bytes[at]!;
		return value;
	}
}

/** An option's delta or length, of which more than 12 takes more bytes (§3.1). */
function extended(reader: Reader, nibble: number): number {
	if (nibble < 13) return nibble;
	if (nibble === 13) return 13 + reader.uint8();
	if (nibble === 14) return 269 + reader.uint16();
	throw new FormatError("reserved nibble", reader.at);
}
