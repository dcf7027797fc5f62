// SPDX-License-Identifier: MIT
// The message format of RFC 7252 §3, outgoing.
import { type Payload, Writer } from "../wire/index.ts";
import { TOKEN_AT } from "./message.ts";

const PAYLOAD_MARKER = 0xff;

/** A reusable writer of messages: header, then options in ascending order, then the payload. Throws RangeError when there is no room. */
export class MessageWriter extends Writer {
	private lastOption = 0;

	/** Starts a message with `token`, at most 8 bytes. */
	header(type: number, code: number, messageId: number, token: Uint8Array): void {
		const tokenLength = token.length;
		const at = this.claim(TOKEN_AT + tokenLength);
		const bytes = this.bytes;
		bytes[at] = 0x40 | (type << 4) | tokenLength;
		bytes[at + 1] = code;
		bytes[at + 2] = messageId >> 8;
		bytes[at + 3] = messageId;
		if (tokenLength > 0) bytes.set(token, at + TOKEN_AT);
		this.lastOption = 0;
	}

	/** Writes the head of an option, after which its `length` bytes follow. Throws RangeError when the numbers do not ascend. */
	option(number: number, length: number): void {
		const delta = number - this.lastOption;
		if (delta < 0) throw new RangeError(`expected an option from ${this.lastOption} on, got ${number}`);
		this.lastOption = number;
		if (delta < 13 && length < 13) {
			this.bytes[this.claim(1)] = (delta << 4) | length;
			return;
		}
		this.uint8((nibble(delta) << 4) | nibble(length));
		if (delta > 12) this.extension(delta);
		if (length > 12) this.extension(length);
	}

	/** Writes an option whose value is a number below 2^32, in as few bytes as it takes (§3.2). */
	uintOption(number: number, value: number): void {
		if (value > 0xff) this.longOption(number, value);
		else if (value === 0) this.option(number, 0);
		else {
			this.option(number, 1);
			this.bytes[this.claim(1)] = value;
		}
	}

	opaqueOption(number: number, value: Uint8Array): void {
		this.option(number, value.length);
		this.copy(value);
	}

	/** Writes an option whose value is `text` in UTF-8. */
	stringOption(number: number, text: string): void {
		this.opaqueOption(number, new TextEncoder().encode(text));
	}

	/** Marks the end of the options and writes the payload, which has at least one byte. Throws TypeError on a lone surrogate. */
	payload(payload: Payload): void {
		this.bytes[this.claim(1)] = PAYLOAD_MARKER;
		if (typeof payload === "string") this.text(payload);
		else this.copy(payload);
	}

	private longOption(number: number, value: number): void {
		const length = value > 0xffffff ? 4 : value > 0xffff ? 3 : 2;
		this.option(number, length);
		for (let shift = 8 * (length - 1); shift >= 0; shift -= 8) this.uint8((value >>> shift) & 0xff);
	}

	private extension(value: number): void {
		if (value < 269) this.uint8(value - 13);
		else this.uint16(value - 269);
	}
}

function nibble(value: number): number {
	return value < 13 ? value : value < 269 ? 13 : 14;
}
