// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { base64 } from "../../src/websocket/base64.ts";
import { sha1 } from "../../src/websocket/sha1.ts";
import { toHex } from "../support/hex.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

for (const [source, message, digest] of [
	["RFC 3174 §7.3, TEST1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
	[
		"RFC 3174 §7.3, TEST2",
		"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"84983e441c3bd26ebaae4aa1f95129e5e54670f1",
	],
	["RFC 3174 §7.3, TEST4", "01234567".repeat(80), "dea356a2cddd90c7a7ecedc5ebb563934f460452"],
	["nothing", "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"],
] as const)
	test(`SHA-1 of ${source}`, () => expect(toHex(sha1(utf8(message)))).toBe(digest));

for (const [text, encoded] of [
	["", ""],
	["f", "Zg=="],
	["fo", "Zm8="],
	["foo", "Zm9v"],
	["foob", "Zm9vYg=="],
	["fooba", "Zm9vYmE="],
	["foobar", "Zm9vYmFy"],
] as const)
	test(`base64 of "${text}", RFC 4648 §10`, () => expect(base64(utf8(text))).toBe(encoded));

test("base64 of the last two characters of its alphabet", () =>
	expect(base64(Uint8Array.of(0xfb, 0xef, 0xff))).toBe("++//"));
