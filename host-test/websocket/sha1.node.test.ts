// SPDX-License-Identifier: MIT
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { sha1 } from "../../src/websocket/sha1.ts";
import { toHex } from "../support/hex.ts";

test("SHA-1 is Node's, at every length of three blocks", () => {
	for (let length = 0; length <= 192; length++) {
		const message = Uint8Array.from({ length }, (_, at) => at * 7 + length);
		expect(toHex(sha1(message))).toBe(createHash("sha1").update(message).digest("hex"));
	}
});
