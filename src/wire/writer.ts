// SPDX-License-Identifier: MIT

/** A reusable cursor that writes into bytes that someone else owns. Big-endian. Throws RangeError when there is no room. */
export class Writer {
	bytes!: Uint8Array;
	at = 0;
	end = 0;
	protected readonly encoder = new TextEncoder();

	/** Points the cursor at `bytes[at…end)`. The bytes stay the caller's. */
	over(bytes: Uint8Array, at = 0, end = bytes.length): this {
		this.bytes = bytes;
		this.at = at;
		this.end = end;
		return this;
	}

	/** Claims `count` bytes; returns the offset of the first. `bytes` may be others from then on. */
	claim(count: number): number {
		const at = this.at;
		if (at + count > this.end) throw new RangeError(`expected room for ${count} bytes, got ${this.end - at}`);
		this.at = at + count;
		return at;
	}

	uint8(value: number): void {
		const at = this.claim(1);
		this.bytes[at] = value;
	}

	uint16(value: number): void {
		const at = this.claim(2);
		const bytes = this.bytes;
		bytes[at] = value >> 8;
		bytes[at + 1] = value;
	}

	uint32(value: number): void {
		this.uint16(value >>> 16);
		this.uint16(value & 0xffff);
	}

	copy(from: Uint8Array): void {
		const at = this.claim(from.length);
		this.bytes.set(from, at);
	}

	/** Writes `text` as UTF-8; returns how many bytes it took. Throws TypeError on a lone surrogate. */
	text(text: string): number {
		if (!text.isWellFormed()) throw new TypeError("expected well-formed text, got a lone surrogate");
		return this.encode(text);
	}

	/** Writes well-formed `text` as UTF-8; returns how many bytes it took. */
	encode(text: string): number {
		const at = this.at;
		const done = this.encoder.encodeInto(text, this.bytes.subarray(at, this.end));
		if (done.read < text.length)
			throw new RangeError(`expected room for ${text.length} characters, got ${this.end - at} bytes`);
		this.at = at + done.written;
		return done.written;
	}
}
