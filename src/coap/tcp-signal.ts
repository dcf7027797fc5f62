// SPDX-License-Identifier: MIT
// Signaling messages, codes of class 7 (RFC 8323 §5), as the datagrams that FrameReader and `framed` speak of.
import { Message, NON } from "./message.ts";
import type { MessageWriter } from "./message-writer.ts";

export const CSM = 0xe1;
export const PING = 0xe2;
export const PONG = 0xe3;
export const RELEASE = 0xe4;
export const ABORT = 0xe5;

/** Max-Message-Size of a peer that says none (§5.3.1). */
export const BASE_MESSAGE_SIZE = 1152;

/** Options have numbers of their own for each code. */
const MAX_MESSAGE_SIZE = 2;
const BLOCK_WISE_TRANSFER = 4;
const CUSTODY = 2;
const BAD_CSM_OPTION = 2;

const NO_TOKEN = new Uint8Array(0);

/** Whether a code is of class 7. */
export function signals(code: number): boolean {
	return code >> 5 === 7;
}

/** A signaling message that came. -1 stands for an option that is not there. */
export class Signal extends Message {
	maxMessageSize = -1;
	blockWiseTransfer = false;
	custody = false;
	/** A critical option that is not recognized: the connection is to be aborted (§5.2). */
	badOption = -1;

	/** The payload, which is for people (§5.1). */
	get diagnostic(): string {
		return new TextDecoder().decode(this.bytes.subarray(this.payloadAt, this.end));
	}

	/** Reads a message. Throws FormatError. */
	read(bytes: Uint8Array): this {
		this.maxMessageSize = this.badOption = -1;
		this.blockWiseTransfer = this.custody = false;
		return this.parse(bytes, bytes.length);
	}

	protected override option(number: number, start: number, end: number): void {
		const { code } = this;
		const length = end - start;
		if (code === CSM && number === MAX_MESSAGE_SIZE && length <= 4) this.maxMessageSize = this.uint(start, end);
		else if (code === CSM && number === BLOCK_WISE_TRANSFER && length === 0) this.blockWiseTransfer = true;
		else if ((code === PING || code === PONG) && number === CUSTODY && length === 0) this.custody = true;
		else if ((number & 1) === 1) this.badOption = number;
	}
}

/** Writes the CSM that says how long messages may be, and that block-wise transfer is spoken (§5.3). */
export function writeCsm(writer: MessageWriter, into: Uint8Array, maxMessageSize: number): void {
	writer.header(into, NON, CSM, 0, NO_TOKEN);
	if (maxMessageSize !== BASE_MESSAGE_SIZE) writer.uintOption(MAX_MESSAGE_SIZE, maxMessageSize);
	writer.option(BLOCK_WISE_TRANSFER, 0);
}

/** Writes a Ping, or the Pong that answers one with the same token (§5.4). */
export function writePing(
	writer: MessageWriter,
	into: Uint8Array,
	code: typeof PING | typeof PONG,
	token: Uint8Array,
	custody: boolean,
): void {
	writer.header(into, NON, code, 0, token);
	if (custody) writer.option(CUSTODY, 0);
}

/** Writes a Release (§5.5). */
export function writeRelease(writer: MessageWriter, into: Uint8Array): void {
	writer.header(into, NON, RELEASE, 0, NO_TOKEN);
}

/** Writes an Abort that says why; `badCsmOption` is the option of a CSM that was not recognized, or -1 (§5.6). */
export function writeAbort(writer: MessageWriter, into: Uint8Array, why: string, badCsmOption: number): void {
	writer.header(into, NON, ABORT, 0, NO_TOKEN);
	if (badCsmOption >= 0) writer.uintOption(BAD_CSM_OPTION, badCsmOption);
	writer.payload(why);
}
