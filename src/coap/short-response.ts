// SPDX-License-Identifier: MIT
import { NON, TOKEN_AT } from "./message.ts";
import { PAYLOAD_MARKER } from "./message-writer.ts";
import * as Option from "./option.ts";

/** Where the payload starts: the longest head, of header, token, Content-Format and marker, ends here. */
const PAYLOAD_AT = 16;

/** Writes what most responses are: a text that fits one message, and no option but Content-Format. The payload has a fixed place, its head ends there. */
export class ShortResponse {
	private readonly buffer: ArrayBuffer;
	private readonly bytes: Uint8Array;
	private readonly room: Uint8Array;
	private readonly encoder = new TextEncoder();

	/** Writes into `buffer`, of MESSAGE_SIZE bytes, at most `size` bytes of text. */
	constructor(buffer: ArrayBuffer, size: number) {
		this.buffer = buffer;
		this.bytes = new Uint8Array(buffer);
		this.room = new Uint8Array(buffer, PAYLOAD_AT, size);
	}

	/**
	 * The datagram, with at least one character of text: a NON stays as it is until the next call, others are the caller's to keep.
	 * Undefined when the text is too long or has a lone surrogate.
	 */
	write(
		type: number,
		code: number,
		messageId: number,
		token: Uint8Array,
		format: number,
		text: string,
	): Uint8Array | undefined {
		const { read, written } = this.encoder.encodeInto(text, this.room);
		if (read < text.length || (written > read && !text.isWellFormed())) return undefined;
		const bytes = this.bytes;
		const length = token.length;
		let tokenAt = PAYLOAD_AT - 2 - length;
		bytes[PAYLOAD_AT - 1] = PAYLOAD_MARKER;
		if (format === 0) bytes[PAYLOAD_AT - 2] = Option.CONTENT_FORMAT << 4;
		else {
			bytes[PAYLOAD_AT - 2] = format;
			if (format > 0xff) bytes[PAYLOAD_AT - 3] = format >> 8;
			tokenAt -= format > 0xff ? 2 : 1;
			bytes[tokenAt + length] = (Option.CONTENT_FORMAT << 4) | (format > 0xff ? 2 : 1);
		}
		const start = tokenAt - TOKEN_AT;
		bytes[start] = 0x40 | (type << 4) | length;
		bytes[start + 1] = code;
		bytes[start + 2] = messageId >> 8;
		bytes[start + 3] = messageId;
		bytes.set(token, tokenAt);
		const end = PAYLOAD_AT + written;
		return type === NON
			? new Uint8Array(this.buffer, start, end - start)
			: new Uint8Array(this.buffer.slice(start, end));
	}
}
