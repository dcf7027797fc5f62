// SPDX-License-Identifier: MIT
import { FormatError } from "./format-error.ts";

/** A reusable cursor over bytes that someone else owns. It checks every bound, so no codec has to. Numbers are big-endian. */
export class Reader {
	bytes!: Uint8Array;
	at = 0;
	end = 0;
	private readonly decoder = new TextDecoder("utf-8", { ignoreBOM: true });
	/** Made when it is needed. */
	private strict: InstanceType<typeof TextDecoder> | undefined = undefined;

	/** Points the cursor at `bytes[at…end)`. The bytes stay the caller's. */
	over(bytes: Uint8Array, at = 0, end = bytes.length): this {
		this.bytes = bytes;
		this.at = at;
		this.end = end;
		return this;
	}

	/** Claims `count` bytes; returns the offset of the first. Throws FormatError "truncated". */
	take(count: number): number {
		const at = this.at;
		if (at + count > this.end) throw new FormatError("truncated", at);
		this.at = at + count;
		return at;
	}

	uint8(): number {
		return this.bytes[this.take(1)]!;
	}

	uint16(): number {
		const at = this.at;
		const bytes = this.bytes;
		if (at + 2 > this.end) throw new FormatError("truncated", at);
		this.at = at + 2;
		return (bytes[at]! << 8) | bytes[at + 1]!;
	}

	uint32(): number {
		return this.uint16() * 0x10000 + this.uint16();
	}

	/** `count` bytes of UTF-8 as a string. Throws FormatError "UTF-8" when they are ill-formed; a BOM is kept. */
	text(count: number): string {
		const at = this.at;
		if (at + count > this.end) throw new FormatError("truncated", at);
		this.at = at + count;
		if (count === 0) return "";
		this.strict ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
		try {
			return this.strict.decode(this.bytes.subarray(at, at + count));
		} catch {
			throw new FormatError("UTF-8", at);
		}
	}

	/** UTF-8 behind its length of two bytes, with U+FFFD for what is ill-formed: without that, `text` would say the same. Throws FormatError "truncated". */
	string(): string {
		const bytes = this.bytes;
		const at = this.at;
		const end = at + 2 + ((bytes[at]! << 8) | bytes[at + 1]!);
		if (end > this.end) throw new FormatError("truncated", at);
		this.at = end;
		return this.decoder.decode(bytes.subarray(at + 2, end));
	}

	/** A copy of `count` bytes, which the caller may keep. */
	copy(count: number): Uint8Array {
		const at = this.take(count);
		return this.bytes.slice(at, at + count);
	}
}
