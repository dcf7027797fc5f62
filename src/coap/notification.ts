// SPDX-License-Identifier: MIT
import * as Code from "./code.ts";
import { CON, tokenAt } from "./message.ts";
import { type MessageWriter, PAYLOAD_MARKER } from "./message-writer.ts";

/** The longest text that it has room for, in bytes of UTF-8. */
const ROOM = 64;

/** The most that Observe, Content-Format and the payload marker take. */
const OPTIONS = 4 + 3 + 1;

/**
 * The notification of a short text to one observer: its head is written once, of the next ones only what is new. The datagram stays as it
 * is until the next `write`.
 */
export class Notification {
	private readonly format: number;
	private readonly writer: MessageWriter;
	private readonly bytes: Uint8Array;
	private readonly tokenLength: number;
	/** The first byte of a CON. */
	private first = 0;
	/** How many bytes the Observe number takes, and what it is without its last one; -1 before it is written. */
	private size = -1;
	private high = -1;
	/** Where the last byte of the Observe option is. */
	private lastOfObserve = 0;
	private payloadAt = 0;
	/** `bytes` from `payloadAt` on. */
	private room!: Uint8Array;
	/** The latest datagram. */
	private datagram: Uint8Array;

	/** The token, which is copied, and the text's Content-Format; `writer` writes heads. */
	constructor(token: Uint8Array, format: number, writer: MessageWriter) {
		const at = tokenAt(token.length);
		this.bytes = new Uint8Array(at + token.length + OPTIONS + ROOM);
		this.bytes.set(token, at);
		this.tokenLength = token.length;
		this.datagram = this.bytes;
		this.format = format;
		this.writer = writer;
	}

	/** The observer's token. */
	get token(): Uint8Array {
		const at = tokenAt(this.tokenLength);
		return this.bytes.subarray(at, at + this.tokenLength);
	}

	/** The datagram with `text`, at least one character, as `type`; undefined when the text is too long or has a lone surrogate. */
	write(type: number, messageId: number, observe: number, text: string): Uint8Array | undefined {
		const bytes = this.bytes;
		if (observe >> 8 !== this.high) this.raise(observe);
		bytes[0] = this.first | (type << 4);
		bytes[2] = messageId >> 8;
		bytes[3] = messageId;
		bytes[this.lastOfObserve] = observe;
		const done = this.writer.utf8.encodeInto(text, this.room);
		if (done.read < text.length || (done.written > done.read && !text.isWellFormed())) return undefined;
		const end = this.payloadAt + done.written;
		if (end !== this.datagram.length) this.datagram = bytes.subarray(0, end);
		return this.datagram;
	}

	/** Writes all of the Observe number but its last byte. */
	private raise(observe: number): void {
		const { bytes, lastOfObserve } = this;
		const size = observe > 0xffff ? 3 : observe > 0xff ? 2 : observe > 0 ? 1 : 0;
		if (size !== this.size) this.start(size, observe);
		else {
			if (size > 1) bytes[lastOfObserve - 1] = observe >> 8;
			if (size > 2) bytes[lastOfObserve - 2] = observe >> 16;
		}
		this.high = size === 0 ? -1 : observe >> 8; // 0 has no last byte, so the next number needs another head.
	}

	/** Writes the head anew, with an Observe number that takes `size` bytes. */
	private start(size: number, observe: number): void {
		const { bytes, writer, token } = this;
		writer.response(bytes, CON, Code.CONTENT, 0, token, observe, this.format);
		this.first = bytes[0]!;
		bytes[writer.at] = PAYLOAD_MARKER;
		this.size = size;
		this.payloadAt = writer.at + 1;
		// A number without bytes has its last one where the payload goes.
		this.lastOfObserve = size === 0 ? this.payloadAt : tokenAt(token.length) + token.length + size;
		this.room = bytes.subarray(this.payloadAt);
	}
}
