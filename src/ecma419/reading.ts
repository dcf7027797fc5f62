// SPDX-License-Identifier: MIT
import type { ByteBuffer } from "../drive/index.ts";
import type { Message } from "../mqtt/index.ts";
import { bytesOf } from "./byte-buffer.ts";

/** A message that came, or a part of one, as far as the application has not read it. */
export class Reading {
	readonly topicName: string;
	readonly qos: number;
	/** Where it begins in the message, and of how many bytes that is. */
	readonly offset: number;
	readonly size: number;
	private readonly payload: Uint8Array;
	private at = 0;

	/** The payload is copied. */
	constructor({ topicName, qos, payload }: Message, offset: number, size: number) {
		this.topicName = topicName;
		this.qos = qos;
		this.offset = offset;
		this.size = size;
		this.payload = payload.slice();
	}

	/** How many bytes are left. */
	get left(): number {
		return this.payload.length - this.at;
	}

	/**
	 * The next `count` bytes, or the next that fit into a buffer, and then how many; fewer when fewer are left, undefined when none of some are.
	 * Throws TypeError or RangeError on what is no count and no Byte Buffer.
	 */
	read(count: number | ByteBuffer = this.left): ArrayBuffer | number | undefined {
		const into = typeof count === "object" ? bytesOf(count) : undefined;
		const most = into === undefined ? (count as number) : into.length;
		if (!(Number.isInteger(most) && most >= 0)) throw new RangeError(`expected a count of bytes, got ${count}`);
		if (this.at > 0 && this.left === 0) return undefined;
		const bytes = this.payload.subarray(this.at, this.at + most);
		this.at += bytes.length;
		if (into === undefined) return bytes.slice().buffer as ArrayBuffer;
		into.set(bytes);
		return bytes.length;
	}
}
