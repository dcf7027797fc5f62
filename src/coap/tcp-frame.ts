// SPDX-License-Identifier: MIT
// Messages in a byte stream (RFC 8323 §3.2), which differ from datagrams in what comes before the token only.
import { FormatError } from "../wire/index.ts";
import { NON, TOKEN_AT } from "./message.ts";

/** What fits one, two and four more bytes of length starts here. */
const ONE = 13;
const TWO = 269;
const FOUR = 65_805;

/** By how much a datagram's header is longer than the shortest one in a stream: what `FrameReader` writes in front of a message. */
const SPARE = 2;

/**
 * Takes a stream apart into messages: fill what `room` returns, tell `filled`, then call `next` until it returns undefined. A message comes as
 * the NON datagram, with Message ID 0, that would say the same.
 */
export class FrameReader {
	private readonly limit: number;
	private readonly bytes: Uint8Array;
	/** What was received but not read is `bytes[at…end)`. */
	private at = SPARE;
	private end = SPARE;

	/** Messages have at most `limit` bytes, all told. */
	constructor(limit: number) {
		this.limit = limit;
		this.bytes = new Uint8Array(SPARE + limit);
	}

	/** Room for at most `most` bytes that come next; never empty once `next` returned undefined. */
	room(most: number): Uint8Array {
		const { bytes, end } = this;
		return bytes.subarray(end, Math.min(end + most, bytes.length));
	}

	/** So many bytes of the room were filled. */
	filled(count: number): void {
		this.end += count;
	}

	/**
	 * The next message, which stays as it is until the next call; undefined when there is none yet. Throws FormatError as soon as it is
	 * known to be longer than the limit, or to have no token length.
	 */
	next(): Uint8Array | undefined {
		const { bytes, at, end } = this;
		if (at === end) return this.compact();
		const nibble = bytes[at]! >> 4;
		const tokenAt = at + 2 + (nibble < 13 ? 0 : nibble === 13 ? 1 : nibble === 14 ? 2 : 4);
		if (tokenAt > end) return this.compact();
		const tokenLength = tokenBytes(bytes[at]! & 15, bytes, tokenAt, end);
		if (tokenLength === undefined) return this.compact();
		const messageEnd = tokenAt + tokenLength + lengthOf(nibble, bytes, at + 1);
		if (messageEnd - at > this.limit) throw new FormatError("message too long", at);
		if (messageEnd > end) return this.compact();
		const start = tokenAt - TOKEN_AT;
		const code = bytes[tokenAt - 1]!;
		bytes[start] = 0x40 | (NON << 4) | (bytes[at]! & 15);
		bytes[start + 1] = code;
		bytes[start + 2] = bytes[start + 3] = 0;
		this.at = messageEnd;
		return bytes.subarray(start, messageEnd);
	}

	/** Moves what is there of a message to the front. */
	private compact(): undefined {
		if (this.at > SPARE) {
			this.bytes.copyWithin(SPARE, this.at, this.end);
			this.end -= this.at - SPARE;
			this.at = SPARE;
		}
	}
}

/**
 * A datagram as it goes into a stream: a view, of which the header is written in place, over type and Message ID. Throws RangeError on 65,805 bytes
 * of options and payload or more.
 */
export function framed(datagram: Uint8Array): Uint8Array {
	const nibble = datagram[0]! & 15;
	const length = datagram.length - TOKEN_AT - tokenBytes(nibble, datagram, TOKEN_AT, datagram.length)!;
	const start = length < ONE ? 2 : length < TWO ? 1 : 0;
	const code = datagram[1]!;
	if (length < ONE) datagram[start] = (length << 4) | nibble;
	else if (length < TWO) {
		datagram[start] = 0xd0 | nibble;
		datagram[start + 1] = length - ONE;
	} else {
		if (length >= FOUR) throw new RangeError(`expected less than ${FOUR} bytes, got ${length}`);
		datagram[start] = 0xe0 | nibble;
		datagram[start + 1] = (length - TWO) >> 8;
		datagram[start + 2] = length - TWO;
	}
	datagram[TOKEN_AT - 1] = code;
	return datagram.subarray(start);
}

/** How many bytes the token takes, with what extends its length (RFC 8974 §2.1); undefined when that is not there yet. Throws FormatError for 15. */
function tokenBytes(nibble: number, bytes: Uint8Array, at: number, end: number): number | undefined {
	if (nibble < 13) return nibble;
	if (nibble === 15) throw new FormatError("token length", at);
	if (nibble === 13) return at < end ? 1 + 13 + bytes[at]! : undefined;
	return at + 1 < end ? 2 + 269 + ((bytes[at]! << 8) | bytes[at + 1]!) : undefined;
}

/** How many bytes options and payload have. */
function lengthOf(nibble: number, bytes: Uint8Array, at: number): number {
	if (nibble < 13) return nibble;
	if (nibble === 13) return ONE + bytes[at]!;
	const short = (bytes[at]! << 8) | bytes[at + 1]!;
	if (nibble === 14) return TWO + short;
	return FOUR + short * 0x10000 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
}
