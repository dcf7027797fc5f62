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

/** A parsed message as numbers and offsets into `bytes`, which stay their owner's. One record is reused for every datagram. */
export class Message {
	bytes!: Uint8Array;
	type = CON;
	code = Code.EMPTY;
	messageId = 0;
	tokenLength = 0;
	optionCount = 0;
	/** In ascending order; the value of option i is `bytes[optionStart[i]…optionEnd[i])`. */
	readonly optionNumber = new Uint16Array(MAX_OPTIONS);
	readonly optionStart = new Uint16Array(MAX_OPTIONS);
	readonly optionEnd = new Uint16Array(MAX_OPTIONS);
	/** The payload is `bytes[payloadAt…end)`; there is none when the two are equal. */
	payloadAt = 0;
	end = 0;
	private reader = new Reader();

	/**
	 * Reads one datagram. Throws FormatError for everything §3 calls a message format error, for another version, and for more
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
		if (TOKEN_AT + tokenLength > length) throw new FormatError("truncated", length);
		this.parseOptions(bytes, TOKEN_AT + tokenLength, length);
		return this;
	}

	/** The token, as a view of `bytes`. */
	get token(): Uint8Array {
		return this.bytes.subarray(TOKEN_AT, TOKEN_AT + this.tokenLength);
	}

	/** The value of option `index` as an unsigned integer (§3.2); the caller knows that it has at most four bytes. */
	uint(index: number): number {
		const bytes = this.bytes;
		const end = this.optionEnd[index]!;
		let value = 0;
		for (let at = this.optionStart[index]!; at < end; at++) value = value * 256 + bytes[at]!;
		return value;
	}

	private parseOptions(bytes: Uint8Array, from: number, end: number): void {
		const optionNumber = this.optionNumber;
		const optionStart = this.optionStart;
		const optionEnd = this.optionEnd;
		let at = from;
		let number = 0;
		let count = 0;
		while (at < end) {
			const head = bytes[at]!;
			if (head === PAYLOAD_MARKER) {
				if (++at === end) throw new FormatError("payload marker without payload", at - 1);
				break;
			}
			let delta = head >> 4;
			let length = head & 15;
			let start = at + 1;
			if (delta > 12 || length > 12) {
				const reader = this.reader.over(bytes, start, end);
				delta = extended(reader, delta);
				length = extended(reader, length);
				start = reader.at;
			}
			number += delta;
			if (start + length > end) throw new FormatError("truncated", end);
			if (number > 0xffff) throw new FormatError("option number", at);
			if (count === MAX_OPTIONS) throw new FormatError("too many options", at);
			at = start + length;
			optionNumber[count] = number;
			optionStart[count] = start;
			optionEnd[count] = at;
			count++;
		}
		this.optionCount = count;
		this.payloadAt = at;
	}
}

/** An option's delta or length, of which more than 12 takes more bytes (§3.1). */
function extended(reader: Reader, nibble: number): number {
	if (nibble < 13) return nibble;
	if (nibble === 13) return 13 + reader.uint8();
	if (nibble === 14) return 269 + reader.uint16();
	throw new FormatError("reserved nibble", reader.at);
}
