// SPDX-License-Identifier: MIT
import { BINARY } from "./opcode.ts";

/** Bytes of a frame with header, mask and payload, a multiple of 4; what is longer goes in several frames. */
const LONGEST_FRAME = 1032;

/** Bytes that a frame has before its payload, at most: as long as payloads are under 64 KiB. */
export const FRAME_OVERHEAD = 8;

/** Makes a client's frames (RFC 6455 §5.2), each with a mask of its own (§5.3). What it returns is its own until the next call. */
export class FrameWriter {
	private readonly random: () => number;
	private readonly bytes = new Uint8Array(LONGEST_FRAME);
	private readonly words = new Uint32Array(this.bytes.buffer);

	/** `random` gives numbers in [0, 1). */
	constructor(random: () => number) {
		this.random = random;
	}

	/** How many bytes of payload fit a frame of `most` bytes; 0 or less when none does. */
	capacity(most: number): number {
		return Math.min(most, LONGEST_FRAME) - FRAME_OVERHEAD;
	}

	/** A whole binary message of `payload`, which is copied and fits. */
	binary(payload: Uint8Array): Uint8Array {
		return this.frame(BINARY, payload, payload.length);
	}

	/** A control frame of the first `length` bytes of `payload`, which has 125 at most. */
	control(opcode: number, payload: Uint8Array, length: number): Uint8Array {
		return this.frame(opcode, payload, length);
	}

	/** The payload begins at a word, so that words are masked and not bytes: the order of a word's bytes does not matter. */
	private frame(opcode: number, payload: Uint8Array, length: number): Uint8Array {
		const { bytes, words } = this;
		let start = 2;
		if (length < 126) {
			bytes[2] = 0x80 | opcode;
			bytes[3] = 0x80 | length;
		} else {
			start = 0;
			bytes[0] = 0x80 | opcode;
			bytes[1] = 0xfe;
			bytes[2] = length >> 8;
			bytes[3] = length;
		}
		const mask = (this.random() * 0x100000000) >>> 0;
		words[1] = mask;
		bytes.set(payload, FRAME_OVERHEAD);
		const end = (FRAME_OVERHEAD + length + 3) >> 2;
		for (let at = 2; at < end; at++) words[at]! ^= mask;
		return bytes.subarray(start, FRAME_OVERHEAD + length);
	}
}
