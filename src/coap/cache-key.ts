// SPDX-License-Identifier: MIT
import { Message } from "./message.ts";
import * as Option from "./option.ts";

/**
 * What two requests must have in common to be about one body: the method and all options that are part of the Cache-Key (RFC 7252
 * §5.4.6, §5.6), Request-Tag among them (RFC 9175 §3.3), but Observe and the block options.
 */
export class CacheKey extends Message {
	private key = "";

	/** The key of a request that has been parsed before; its bytes are read until this returns. */
	of(bytes: Uint8Array, length: number): string {
		this.key = String.fromCharCode(bytes[1]!);
		this.parse(bytes, length);
		const key = this.key;
		this.key = "";
		return key;
	}

	protected override option(number: number, start: number, end: number): void {
		if ((number & 0x1e) === 0x1c) return; // NoCacheKey
		if (number === Option.OBSERVE || number === Option.BLOCK1 || number === Option.BLOCK2) return;
		let text = `${number}:${end - start}:`;
		for (let at = start; at < end; at++) text += String.fromCharCode(this.bytes[at]!);
		this.key += text;
	}
}
