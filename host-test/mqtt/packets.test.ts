// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { Acknowledgement, parseAcknowledgement } from "../../src/mqtt/acknowledgement.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { Publish, parsePublish } from "../../src/mqtt/publish.ts";
import { V3_1_1, V5, type Version } from "../../src/mqtt/version.ts";
import { FormatError, Reader } from "../../src/wire/index.ts";
import { hex, toHex } from "../support/hex.ts";
import { parsePacket, writePacket } from "../support/mqtt-codec.ts";
import { message, ROWS_3_1_1, ROWS_5, type Row } from "./packet-rows.ts";

function rows(version: Version, table: Row[]): void {
	for (const [name, source, packet, longer] of table) {
		const bytes = hex(source);
		test(`${name}: parsed`, () => expect(parsePacket(bytes, version)).toMatchObject(packet));
		if (longer) continue;
		test(`${name}: written`, () => expect(toHex(writePacket(packet, version))).toBe(toHex(bytes)));
		test(`${name}: cut short anywhere, it is not enough yet`, () => {
			for (let length = 0; length < bytes.length; length++) {
				expect(() => parsePacket(bytes.subarray(0, length), version)).toThrow(/not enough yet/);
			}
		});
		test(`${name}: with less than its fields say, it is refused or means something else`, () => {
			const header = bytes[1]! > 0x7f ? 3 : 2;
			for (let length = 0; length < bytes.length - header; length++) {
				expect(refusedOrExact(bytes, header, length, version)).toBe(true);
			}
		});
	}
}

/** Whether the first `length` bytes of a packet's body, made a packet, are refused, or written back as they are. */
function refusedOrExact(bytes: Uint8Array, header: number, length: number, version: Version): boolean {
	const prefix = length < 0x80 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
	const cut = Uint8Array.from([bytes[0]!, ...prefix, ...bytes.subarray(header, header + length)]);
	try {
		const again = toHex(writePacket(parsePacket(cut, version), version));
		// The one longer form that a cut can leave: an acknowledgement with a Reason Code of Success.
		return again === toHex(cut);
	} catch (error) {
		return error instanceof FormatError;
	}
}

describe("a record used again keeps nothing of the packet before", () => {
	test("acknowledgements", () => {
		const packet = new Acknowledgement();
		parseAcknowledgement(new Reader().over(hex("0007 87 05 1f 0002 6e6f")), Type.PUBACK, V5, packet);
		parseAcknowledgement(new Reader().over(hex("0008")), Type.PUBREC, V5, packet);
		expect({ ...packet }).toEqual({ type: Type.PUBREC, packetIdentifier: 8, reasonCode: 0, properties: undefined });
	});

	test("PUBLISH", () => {
		const packet = new Publish();
		parsePublish(new Reader().over(hex("0001 61 0007 03 23 0001 78")), 0xb, V5, packet);
		parsePublish(new Reader().over(hex("0001 62 00")), 0, V5, packet);
		expect({ ...packet, payload: packet.payload.length }).toMatchObject({
			...message,
			topicName: "b",
			payload: 0,
			properties: undefined,
		});
	});
});

describe("3.1.1", () => rows(V3_1_1, ROWS_3_1_1));
describe("5.0", () => rows(V5, ROWS_5));
