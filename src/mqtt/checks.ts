// SPDX-License-Identifier: MIT
import { type Payload, payloadBytes } from "../wire/index.ts";
import type { PayloadSource } from "./payload-source.ts";
import { isSharedOrTopicFilter, isTopicName } from "./topic.ts";

/** Throws TypeError or RangeError unless `topicName` may be published to. */
export function checkTopicName(topicName: string): void {
	checkText("topicName", topicName);
	if (!isTopicName(topicName)) throw new RangeError(`expected a topic name without wildcards, got "${topicName}"`);
}

/** Throws TypeError or RangeError unless `topicFilter` may be subscribed to. */
export function checkTopicFilter(topicFilter: string): void {
	checkText("topicFilter", topicFilter);
	if (!isSharedOrTopicFilter(topicFilter)) {
		throw new RangeError(`expected a topic filter with + or # as whole levels, got "${topicFilter}"`);
	}
}

/** Throws TypeError unless `payload` is bytes or well-formed text. */
export function checkPayload(payload: Payload): void {
	if (typeof payload === "string") {
		if (!payload.isWellFormed()) throw new TypeError("expected a well-formed payload, got a lone surrogate");
	} else if (!(payload instanceof Uint8Array)) {
		throw new TypeError(`expected a payload of text, bytes or a source, got ${typeof payload}`);
	}
}

/** Throws TypeError or RangeError unless `source` can be read piece by piece. */
export function checkSource(source: PayloadSource): void {
	if (typeof source?.read !== "function") {
		throw new TypeError(`expected a payload of text, bytes or a source, got ${typeof source}`);
	}
	integer("the payload's length", source.length, 0, 0xfffffff);
}

/** Throws RangeError unless `qos` is 0, 1 or 2. */
export function checkQoS(qos: number): void {
	if (qos !== 0 && qos !== 1 && qos !== 2) throw new RangeError(`expected QoS 0, 1 or 2, got ${qos}`);
}

/** Throws TypeError or RangeError unless `text` can be a UTF-8 Encoded String (§1.5.4). */
export function checkText(name: string, text: string): void {
	if (typeof text !== "string") throw new TypeError(`expected ${name} to be text, got ${typeof text}`);
	if (!text.isWellFormed()) throw new TypeError(`expected ${name} to be well-formed, got a lone surrogate`);
	// 65,535 bytes at most (§1.5.4); a character takes three at most.
	if (text.length > 0xffff / 3 && payloadBytes(text).length > 0xffff) {
		throw new RangeError(`expected ${name} of at most 65535 bytes, got ${payloadBytes(text).length}`);
	}
	if (text.includes("\0")) throw new RangeError(`expected ${name} without U+0000, got one`);
}

/** Throws RangeError unless `value` is an integer from `least` to `most`; returns it. */
export function integer(name: string, value: number, least: number, most: number): number {
	if (Number.isInteger(value) && value >= least && value <= most) return value;
	throw new RangeError(`expected ${name} to be an integer from ${least} to ${most}, got ${value}`);
}

/** Throws RangeError unless `value` is a number of milliseconds; returns it. */
export function duration(name: string, value: number): number {
	if (value >= 0) return value;
	throw new RangeError(`expected ${name} to be milliseconds, got ${value}`);
}
