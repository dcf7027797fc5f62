// SPDX-License-Identifier: MIT
// The message format of RFC 7252 §3, with the extended tokens of RFC 8974.
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

/** Where the token starts: right after the header, unless it is an extended one. */
export const TOKEN_AT = 4;

/** The longest token that is no extended one, in bytes (§3). */
export const TOKEN_SIZE = 8;

/** Where a token of `length` bytes starts: its length takes up to two bytes of its own (RFC 8974 §2.1). */
export function tokenAt(length: number): number {
	return length < 13 ? TOKEN_AT : length < 269 ? TOKEN_AT + 1 : TOKEN_AT + 2;
}

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
		let tokenLength = first & 15;
		let at = TOKEN_AT + tokenLength;
		if (tokenLength > TOKEN_SIZE) {
			tokenLength = extendedLength(this.reader.over(bytes, TOKEN_AT, length), tokenLength);
			this.extended(tokenLength);
			at = tokenAt(tokenLength) + tokenLength;
		}
		const code = bytes[1]!;
		this.bytes = bytes;
		this.end = length;
		this.type = (first >> 4) & 3;
		this.code = code;
		this.messageId = (bytes[2]! << 8) | bytes[3]!;
		this.tokenLength = tokenLength;
		if (code === Code.EMPTY && length > TOKEN_AT) throw new FormatError("empty message", TOKEN_AT); // §4.1
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
		const length = this.tokenLength;
		const at = length > TOKEN_SIZE ? tokenAt(length) : TOKEN_AT;
		return this.bytes.subarray(at, at + length);
	}

	/** The token is an extended one, of `length` bytes, if they are there; called before `option`. */
	protected extended(_length: number): void {}

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

/** The length of an extended token. 9 to 12 are left to RFC 7252, which calls them a format error, by whom most peers go. */
function extendedLength(reader: Reader, nibble: number): number {
	if (nibble < 13 || nibble === 15) throw new FormatError("token length", 0);
	return extended(reader, nibble);
}

/** An option's delta or length, of which more than 12 takes more bytes (§3.1). */
function extended(reader: Reader, nibble: number): number {
	if (nibble < 13) return nibble;
	if (nibble === 13) return 13 + reader.uint8();
	if (nibble === 14) return 269 + reader.uint16();
	throw new FormatError("reserved nibble", reader.at);
}
