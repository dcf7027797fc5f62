// SPDX-License-Identifier: MIT
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { V3_1_1, V5 } from "../../src/mqtt/version.ts";
import { FormatError } from "../../src/wire/index.ts";
import { runs } from "../support/fuzz.ts";
import { parsePacket, writePacket } from "../support/mqtt-codec.ts";
import { Pair } from "../support/mqtt-pair.ts";

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
				runs(2000),
			);
		}
	});

	for (const version of [V3_1_1, V5] as const) {
		const name = version === V5 ? "5.0" : "3.1.1";
		test(`never makes a client of ${name} throw, nor hold more than its limits`, () => {
			fc.assert(
				fc.property(fc.array(fc.oneof(packet, fc.uint8Array({ maxLength: 30 })), { maxLength: 10 }), (pieces) => {
					const pair = new Pair({
						version,
						maximumPacketSize: 128,
						receiveMaximum: 5,
						maximumStreamedSize: 500,
						onPart() {},
					});
					pair.client.subscribe("a/#", 2, { onMessage() {} });
					pair.client.publish("a", "1", { qos: 2 });
					for (const piece of pieces) pair.deliver(piece);
					pair.advance(1_000_000);
					for (const { code, reasonCode } of pair.reasons) {
						expect(["BROKEN_FORMAT", "PING_TIMEOUT", "DISCONNECTED"]).toContain(code);
						if (code === "BROKEN_FORMAT") expect(reasonCode).toBeGreaterThan(0x80);
					}
					expect(pair.client.connected).toBe(true);
					expect(pair.client.idle).toBe(true);
				}),
				runs(150),
			);
		});
	}
});
