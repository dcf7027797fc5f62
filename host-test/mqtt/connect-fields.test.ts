// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import type { Connect } from "../../src/mqtt/connect.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { V3_1_1, V5, type Version } from "../../src/mqtt/version.ts";
import { hex, toHex } from "../support/hex.ts";
import { parsePacket, writePacket } from "../support/mqtt-codec.ts";

const ASCII = (text: string) => new TextEncoder().encode(text);
const WILL = { topicName: "w", payload: ASCII("m"), qos: 0, retain: false };

function connect(version: Version, given: Partial<Connect>): Uint8Array {
	const packet = { version, clientId: "c", cleanStart: true, keepAlive: 0, ...given };
	return writePacket({ type: Type.CONNECT, ...packet }, version);
}

/** Connect Flags, and all that follows Keep Alive. */
function fields(version: Version, given: Partial<Connect>): [flags: number, payload: string] {
	const bytes = connect(version, given);
	return [bytes[9]!, toHex(bytes.subarray(version === V5 ? 13 : 12))];
}

function these(flags: number, payload: string): [flags: number, payload: string] {
	return [flags, toHex(hex(payload))];
}

// 5.0's Will has properties before its topic.
const NONE = { [V3_1_1]: "", [V5]: "00" };
const NAMES = { [V3_1_1]: "3.1.1", [V5]: "5.0" };

for (const version of [V3_1_1, V5] as Version[]) {
	const none = NONE[version];

	describe(`CONNECT in ${NAMES[version]}`, () => {
		test("says MQTT, its version, and no reserved flag [MQTT-3.1.2-1] [MQTT-3.1.2-3] [3.1.1 MQTT-3.1.2-3]", () => {
			expect(toHex(connect(version, {}).subarray(0, 10))).toBe(
				`10${version === V5 ? "0e" : "0d"}00044d5154540${version}02`,
			);
		});

		test("has no User Name and no Password without their flags [MQTT-3.1.2-16] [MQTT-3.1.2-18] [3.1.1 MQTT-3.1.2-18] [3.1.1 MQTT-3.1.2-20]", () => {
			expect(fields(version, {})).toEqual(these(0x02, "000163"));
		});

		test("has the User Name that its flag says, an empty one, too [MQTT-3.1.2-17] [3.1.1 MQTT-3.1.2-19]", () => {
			expect(fields(version, { username: "u" })).toEqual(these(0x82, "000163 000175"));
			expect(fields(version, { username: "" })).toEqual(these(0x82, "000163 0000"));
		});

		test("has the Password that its flag says, an empty one, too [MQTT-3.1.2-19] [3.1.1 MQTT-3.1.2-21]", () => {
			expect(fields(version, { username: "u", password: ASCII("p") })).toEqual(these(0xc2, "000163 000175 000170"));
			expect(fields(version, { username: "u", password: ASCII("") })).toEqual(these(0xc2, "000163 000175 0000"));
		});

		test("has neither flags nor fields of a Will without one [MQTT-3.1.2-11] [MQTT-3.1.2-13] [3.1.1 MQTT-3.1.2-11] [3.1.1 MQTT-3.1.2-13] [3.1.1 MQTT-3.1.2-15]", () => {
			expect(fields(version, { cleanStart: false })).toEqual(these(0x00, "000163"));
		});

		test("has topic and payload of the Will, empty ones, too [MQTT-3.1.2-9] [3.1.1 MQTT-3.1.2-9]", () => {
			expect(fields(version, { will: WILL })).toEqual(these(0x06, `000163 ${none}000177 00016d`));
			expect(fields(version, { will: { ...WILL, payload: ASCII("") } })).toEqual(
				these(0x06, `000163 ${none}000177 0000`),
			);
			expect(fields(version, { will: { ...WILL, retain: true } })[0]).toBe(0x26);
		});

		for (const qos of [0, 1, 2]) {
			test(`says that its Will has QoS ${qos} [MQTT-3.1.2-12] [3.1.1 MQTT-3.1.2-14]`, () => {
				const will = { ...WILL, qos };
				expect(fields(version, { will })[0]).toBe(0x06 | (qos << 3));
				expect(parsePacket(connect(version, { will }), version).will!.qos).toBe(qos);
			});
		}

		test("has its fields in their order, the Client Identifier first [MQTT-3.1.3-1] [MQTT-3.1.3-3] [3.1.1 MQTT-3.1.3-1] [3.1.1 MQTT-3.1.3-3]", () => {
			const [, payload] = fields(version, { will: WILL, username: "u", password: ASCII("p") });
			expect(payload).toBe(toHex(hex(`000163 ${none}000177 00016d 000175 000170`)));
		});

		test("has its Client Identifier though it is empty [MQTT-3.1.3-3] [3.1.1 MQTT-3.1.3-3]", () => {
			expect(fields(version, { clientId: "" })).toEqual(these(0x02, "0000"));
		});
	});
}

test("a Will has its properties before its topic [MQTT-3.1.2-9] [MQTT-3.1.3-1]", () => {
	const will = { ...WILL, properties: { willDelayInterval: 5 } };
	expect(fields(V5, { will })).toEqual(these(0x06, "000163 051800000005 000177 00016d"));
});

test("CONNECT without properties has a Property Length of 0 [MQTT-2.2.2-1]", () => {
	expect(connect(V5, {})[12]).toBe(0);
});
