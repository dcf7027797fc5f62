// SPDX-License-Identifier: MIT
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { V3_1_1, V5 } from "../../src/mqtt/version.ts";
import { FormatError } from "../../src/wire/index.ts";
import { parsePacket, writePacket } from "../support/mqtt-codec.ts";
import { Pair } from "../support/mqtt-pair.ts";

const RUNS = { seed: 20_240_601, numRuns: 150 };

describe("noise", () => {
	/** Bytes that are noise behind a first byte and a length that make sense, so that the parsers are reached. */
	const packet = fc
		.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 60 }))
		.map(([first, body]) => Uint8Array.from([first, body.length, ...body]));

	test("is a packet that is written as it was read, or refused", () => {
		for (const version of [V3_1_1, V5] as const) {
			fc.assert(
				fc.property(packet, (noise) => {
					try {
						parsePacket(writePacket(parsePacket(noise, version), version), version);
					} catch (error) {
						expect(error).toBeInstanceOf(FormatError);
					}
				}),
				{ ...RUNS, numRuns: 2000 },
			);
		}
	});

	test("never makes the client throw, nor hold more than its limits", () => {
		fc.assert(
			fc.property(fc.array(fc.oneof(packet, fc.uint8Array({ maxLength: 30 })), { maxLength: 10 }), (pieces) => {
				const pair = new Pair({ maximumPacketSize: 64, receiveMaximum: 5 });
				for (const piece of pieces) pair.deliver(piece);
				pair.advance(100_000);
				for (const { code } of pair.reasons) expect(["BROKEN_FORMAT", "PING_TIMEOUT"]).toContain(code);
				for (const { reasonCode } of pair.reasons) expect(reasonCode).not.toBe(0x80);
				expect(pair.errors).toEqual([]);
				expect(pair.client.connected).toBe(true);
				expect(pair.client.idle).toBe(true);
			}),
			RUNS,
		);
	});
});
