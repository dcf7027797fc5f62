// SPDX-License-Identifier: MIT
import { Message } from "./message.ts";
import * as Option from "./option.ts";

/** Gathers the options that are part of the Cache-Key, but for those that differ from one block to the next. */
class CacheKey extends Message {
	text = "";

	protected override option(number: number, start: number, end: number): void {
		if (Option.noCacheKey(number)) return;
		if (number === Option.OBSERVE || number === Option.BLOCK1 || number === Option.BLOCK2) return;
		this.text += `${number}:${end - start}:`;
		for (let at = start; at < end; at++) this.text += String.fromCharCode(this.bytes[at]!);
	}
}

/**
 * What two requests of an endpoint have in common when they are about one body: the method and the options of the Cache-Key (RFC 7252 §5.6),
 * of which Request-Tag is one (RFC 9175 §3.3), but not Observe and the block options. `bytes` are a well-formed request.
 */
export function cacheKeyOf(bytes: Uint8Array, length: number): string {
	const key = new CacheKey();
	key.parse(bytes, length);
	return `${key.code} ${key.text}`;
}
