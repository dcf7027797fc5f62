// SPDX-License-Identifier: MIT
// The message format of RFC 7252 §3, outgoing.
import { type Payload, Writer } from "../wire/index.ts";
import * as Code from "./code.ts";
import { TOKEN_AT, TOKEN_SIZE, tokenAt } from "./message.ts";
import * as Option from "./option.ts";

export const PAYLOAD_MARKER = 0xff;

/** The most that Observe and Content-Format take. */
const OBSERVE_AND_FORMAT = 7;

/** A reusable writer of messages: header, then options in ascending order, then the payload. Throws RangeError when there is no room. */
export class MessageWriter extends Writer {
	/** Encodes text for those who write some of a message themselves. */
	readonly utf8 = new TextEncoder();
	private lastOption = 0;

	/** Starts a message with `token` at the start of `bytes`, which stay the caller's. A `token` over 8 bytes is for who knows RFC 8974. */
	header(bytes: Uint8Array, type: number, code: number, messageId: number, token: Uint8Array): void {
		this.response(bytes, type, code, messageId, token, -1, -1);
	}

	/**
	 * Starts a message as `header` does, with what most responses have: `observe` and `format` are the values of Observe and
	 * Content-Format, -1 for none.
	 */
	response(
		bytes: Uint8Array,
		type: number,
		code: number,
		messageId: number,
		token: Uint8Array,
		observe: number,
		format: number,
	): void {
		const long = token.length > TOKEN_SIZE;
		const start = long ? tokenAt(token.length) : TOKEN_AT;
		let at = start + token.length;
		const end = bytes.length;
		const needed = format < 0 && observe < 0 ? at : at + OBSERVE_AND_FORMAT;
		if (needed > end) throw new RangeError(`expected room for ${needed} bytes, got ${end}`);
		bytes[0] = 0x40 | (type << 4) | (long ? nibble(token.length) : token.length);
		bytes[1] = code;
		bytes[2] = messageId >> 8;
		bytes[3] = messageId;
		bytes.set(token, start);
		if (long) this.extend(bytes, token.length);
		let last = 0;
		if (observe >= 0) {
			last = Option.OBSERVE;
			const size = observe > 0xffff ? 3 : observe > 0xff ? 2 : observe > 0 ? 1 : 0;
			bytes[at++] = (Option.OBSERVE << 4) | size;
			if (size > 2) bytes[at++] = observe >> 16;
			if (size > 1) bytes[at++] = observe >> 8;
			if (size > 0) bytes[at++] = observe;
		}
		if (format >= 0) {
			const size = format > 0xff ? 2 : format > 0 ? 1 : 0;
			bytes[at++] = ((Option.CONTENT_FORMAT - last) << 4) | size;
			if (size > 1) bytes[at++] = format >> 8;
			if (size > 0) bytes[at++] = format;
			last = Option.CONTENT_FORMAT;
		}
		this.bytes = bytes;
		this.at = at;
		this.end = end;
		this.lastOption = last;
	}

	/**
	 * Writes the head of an option and claims room for its value, of `length` bytes; returns the offset where the value goes. Throws
	 * RangeError when the numbers do not ascend.
	 */
	option(number: number, length: number): number {
		const delta = number - this.lastOption;
		if (delta < 0) throw new RangeError(`expected an option from ${this.lastOption} on, got ${number}`);
		this.lastOption = number;
		if (delta > 12 || length > 12) return this.longOption(delta, length);
		const at = this.at;
		const value = at + 1;
		if (value + length > this.end) return this.claim(1 + length);
		this.bytes[at] = (delta << 4) | length;
		this.at = value + length;
		return value;
	}

	/** Writes an option whose value is a number below 2^32, in as few bytes as it takes (§3.2). */
	uintOption(number: number, value: number): void {
		if (value === 0) this.option(number, 0);
		else if (value > 0xff) this.longUintOption(number, value);
		else {
			const at = this.option(number, 1);
			this.bytes[at] = value;
		}
	}

	opaqueOption(number: number, value: Uint8Array): void {
		const at = this.option(number, value.length);
		this.bytes.set(value, at);
	}

	/** Writes an option whose value is `text` in UTF-8. */
	stringOption(number: number, text: string): void {
		this.opaqueOption(number, new TextEncoder().encode(text));
	}

	/** Marks the end of the options and writes the payload, which has at least one byte. Throws TypeError on a lone surrogate. */
	payload(payload: Payload): void {
		const at = this.at;
		this.bytes[at] = PAYLOAD_MARKER;
		this.at = at + 1; // Whether there is room for the marker, too, is found out with the payload's first byte.
		if (typeof payload === "string") this.text(payload);
		else this.copy(payload);
	}

	private longOption(delta: number, length: number): number {
		this.uint8((nibble(delta) << 4) | nibble(length));
		if (delta > 12) this.extension(delta);
		if (length > 12) this.extension(length);
		return this.claim(length);
	}

	private longUintOption(number: number, value: number): void {
		const length = value > 0xffffff ? 4 : value > 0xffff ? 3 : 2;
		const at = this.option(number, length);
		const bytes = this.bytes;
		for (let i = 0; i < length; i++) bytes[at + i] = value >>> (8 * (length - 1 - i));
	}

	/** Writes what of a token's length the header has no room for (RFC 8974 §2.1). */
	private extend(bytes: Uint8Array, length: number): void {
		this.over(bytes, TOKEN_AT);
		if (length > 12) this.extension(length);
	}

	private extension(value: number): void {
		if (value < 269) this.uint8(value - 13);
		else this.uint16(value - 269);
	}
}

/** An Empty message (§4.1): an acknowledgement or a rejection of the message with `messageId`. */
export function empty(type: number, messageId: number): Uint8Array {
	return Uint8Array.of(0x40 | (type << 4), Code.EMPTY, messageId >> 8, messageId);
}

function nibble(value: number): number {
	return value < 13 ? value : value < 269 ? 13 : 14;
}
