// SPDX-License-Identifier: MIT
// CoAP messages as a line of text, in a codec of its own, so that the tests do not lean on the one they test:
// `CON GET 7d34 [20] Uri-Path=temperature Observe=0 | payload`. Message ID and token are hex.
import { hex, toHex } from "./hex.ts";

const TYPES = ["CON", "NON", "ACK", "RST"];
const METHODS = ["", "GET", "POST", "PUT", "DELETE", "FETCH", "PATCH", "iPATCH"];
const STRINGS: Record<string, number> = {
	"Uri-Host": 3,
	"Location-Path": 8,
	"Uri-Path": 11,
	"Uri-Query": 15,
	"Location-Query": 20,
	"Proxy-Uri": 35,
	"Proxy-Scheme": 39,
};
const NUMBERS: Record<string, number> = {
	Observe: 6,
	"Uri-Port": 7,
	"Content-Format": 12,
	"Max-Age": 14,
	"Hop-Limit": 16,
	Accept: 17,
	Block2: 23,
	Block1: 27,
	Size2: 28,
	Size1: 60,
	"No-Response": 258,
};
const OPAQUE: Record<string, number> = { "If-Match": 1, ETag: 4, "If-None-Match": 5 };

/** The datagram that a line of text means. An option that has no name is written as its number and hex: `2051=00ff`. */
export function datagram(line: string): Uint8Array {
	const bar = line.indexOf(" | ");
	const [type, code, messageId, ...rest] = (bar < 0 ? line : line.slice(0, bar)).split(" ");
	const token = rest[0]?.startsWith("[") ? hex(rest.shift()!.slice(1, -1)) : hex("");
	const options = rest.map(optionOf).sort((a, b) => a.number - b.number);
	const bytes = [0x40 | (TYPES.indexOf(type!) << 4) | token.length, codeOf(code!), ...hex(messageId!), ...token];
	let last = 0;
	for (const { number, value } of options) {
		const [delta, deltaMore] = nibble(number - last);
		const [length, lengthMore] = nibble(value.length);
		bytes.push((delta << 4) | length, ...deltaMore, ...lengthMore, ...value);
		last = number;
	}
	if (bar >= 0) bytes.push(0xff, ...new TextEncoder().encode(line.slice(bar + 3)));
	return Uint8Array.from(bytes);
}

/** A datagram as a line of text; bytes in it that are not CoAP throw TypeError. */
export function textOf(bytes: Uint8Array): string {
	let text = `${TYPES[(bytes[0]! >> 4) & 3]} ${codeText(bytes[1]!)} ${toHex(bytes.subarray(2, 4))}`;
	let at = 4;
	let number = 0;
	const extended = (short: number) => {
		if (short < 13) return short;
		if (short === 13) return 13 + bytes[at++]!;
		if (short === 15) throw new TypeError(`expected an option, got ${toHex(bytes)}`);
		at += 2;
		return 269 + bytes[at - 2]! * 256 + bytes[at - 1]!;
	};
	const tokenLength = extended(bytes[0]! & 15); // RFC 8974 §2.1
	if (tokenLength) text += ` [${toHex(bytes.subarray(at, at + tokenLength))}]`;
	at += tokenLength;
	while (at < bytes.length) {
		const head = bytes[at++]!;
		if (head === 0xff) return `${text} | ${new TextDecoder().decode(bytes.subarray(at))}`;
		number += extended(head >> 4);
		const length = extended(head & 15);
		text += ` ${optionText(number, bytes.subarray(at, at + length))}`;
		at += length;
	}
	return text;
}

function nibble(value: number): [number, number[]] {
	if (value < 13) return [value, []];
	if (value < 269) return [13, [value - 13]];
	return [14, [(value - 269) >> 8, (value - 269) & 255]];
}

function codeOf(text: string): number {
	if (METHODS.includes(text)) return METHODS.indexOf(text);
	const [part, detail] = text.split(".");
	return Number(part) * 32 + Number(detail);
}

function codeText(code: number): string {
	return METHODS[code] || `${code >> 5}.${String(code & 31).padStart(2, "0")}`;
}

function optionOf(word: string): { number: number; value: Uint8Array } {
	const equals = word.indexOf("=");
	const name = word.slice(0, equals);
	const text = word.slice(equals + 1);
	if (name in STRINGS) return { number: STRINGS[name]!, value: new TextEncoder().encode(text) };
	if (name in NUMBERS) return { number: NUMBERS[name]!, value: uint(Number(text)) };
	const number = OPAQUE[name] ?? Number(name);
	if (!Number.isInteger(number)) throw new TypeError(`expected an option, got ${word}`);
	return { number, value: hex(text) };
}

function uint(value: number): Uint8Array {
	const bytes: number[] = [];
	for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
	return Uint8Array.from(bytes);
}

function optionText(number: number, value: Uint8Array): string {
	for (const name in STRINGS) if (STRINGS[name] === number) return `${name}=${new TextDecoder().decode(value)}`;
	for (const name in NUMBERS)
		if (NUMBERS[name] === number) return `${name}=${value.reduce((sum, byte) => sum * 256 + byte, 0)}`;
	for (const name in OPAQUE) if (OPAQUE[name] === number) return `${name}=${toHex(value)}`;
	return `${number}=${toHex(value)}`;
}
