// SPDX-License-Identifier: MIT
import { PROTOCOL_ERROR, TOO_BIG, UNSUPPORTED_DATA } from "./close-code.ts";
import { BINARY, CLOSE, CONTINUATION, PONG, TEXT } from "./opcode.ts";
import { WebSocketError } from "./web-socket-error.ts";

/** Payload bytes of a control frame, RFC 6455 §5.5. */
export const LONGEST_CONTROL = 125;

/** Reads the headers of a server's frames (RFC 6455 §5.2), however their bytes come, and checks them. */
export class FrameHeader {
	opcode = 0;
	/** Bytes of payload. */
	length = 0;
	private readonly bytes = new Uint8Array(10);
	private have = 0;
	private need = 2;
	/** A message is not finished. */
	private fragmented = false;

	/** Room for the next bytes of the header, never for one of the payload: `most`, which is not 0, or fewer. */
	room(most: number): Uint8Array {
		return this.bytes.subarray(this.have, Math.min(this.need, this.have + most));
	}

	/** `count` bytes are in the room; true when the header is whole. Throws WebSocketError with the code to close with. */
	receive(count: number): boolean {
		this.have += count;
		if (this.have < this.need) return false;
		const { bytes } = this;
		if (this.need === 2) {
			this.checkFirst(bytes[0]!, bytes[1]!);
			const short = bytes[1]! & 0x7f;
			this.length = short;
			if (short >= 126) {
				this.need = short === 126 ? 4 : 10;
				return false;
			}
		} else {
			this.length = this.need === 4 ? this.uint16(2) : this.uint64();
			if (this.length < (this.need === 4 ? 126 : 0x10000))
				fail(`expected the shortest form of a payload's length, got ${this.length} in ${this.need - 2} bytes`);
		}
		this.have = 0;
		this.need = 2;
		return true;
	}

	private checkFirst(first: number, second: number): void {
		const opcode = first & 0x0f;
		const final = first >= 0x80;
		if (first & 0x70) fail("expected no reserved bit in a frame, got one");
		if (second & 0x80) fail("expected a frame without mask, got one with"); // §5.1
		if (opcode >= CLOSE) {
			if (opcode > PONG) fail(`expected a known opcode, got ${opcode}`);
			if (!final) fail("expected a control frame in one piece, got a fragment"); // §5.5
			if ((second & 0x7f) > LONGEST_CONTROL)
				fail(`expected at most ${LONGEST_CONTROL} bytes in a control frame, got more`);
		} else {
			// [MQTT-6.0.0-1]
			if (opcode === TEXT) throw new WebSocketError("expected binary frames, got a text frame", UNSUPPORTED_DATA);
			if (opcode > BINARY) fail(`expected a known opcode, got ${opcode}`);
			if (opcode === CONTINUATION && !this.fragmented) fail("expected a message, got the continuation of none"); // §5.4
			if (opcode === BINARY && this.fragmented) fail("expected the continuation of a message, got another"); // §5.4
			this.fragmented = !final;
		}
		this.opcode = opcode;
	}

	private uint16(at: number): number {
		return (this.bytes[at]! << 8) | this.bytes[at + 1]!;
	}

	private uint64(): number {
		const high = this.uint16(2) * 0x10000 + this.uint16(4);
		if (high >= 0x80000000) fail("expected a length of 63 bits, got one of 64"); // §5.2
		if (high > 0x1fffff)
			throw new WebSocketError("expected a frame of less than 2^53 bytes, got a larger one", TOO_BIG);
		return high * 0x100000000 + this.uint16(6) * 0x10000 + this.uint16(8);
	}
}

function fail(message: string): never {
	throw new WebSocketError(message, PROTOCOL_ERROR);
}
