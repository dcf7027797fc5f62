// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import * as Type from "../../src/mqtt/packet-type.ts";
import { PROPERTIES } from "../../src/mqtt/property.ts";
import { isReasonCode, reasonCodeName } from "../../src/mqtt/reason-code.ts";
import { V3_1_1, V5 } from "../../src/mqtt/version.ts";

// Transcribed from 5.0 table 2-4 a second time, as "identifier: packets", to hold the registry to it.
const PACKETS: Record<number, string> = {
	1: "WILL PUBLISH",
	2: "WILL PUBLISH",
	3: "WILL PUBLISH",
	8: "WILL PUBLISH",
	9: "WILL PUBLISH",
	11: "PUBLISH SUBSCRIBE",
	17: "CONNECT CONNACK DISCONNECT",
	18: "CONNACK",
	19: "CONNACK",
	21: "CONNECT CONNACK AUTH",
	22: "CONNECT CONNACK AUTH",
	23: "CONNECT",
	24: "WILL",
	25: "CONNECT",
	26: "CONNACK",
	28: "CONNACK DISCONNECT",
	31: "CONNACK PUBACK PUBREC PUBREL PUBCOMP SUBACK UNSUBACK DISCONNECT AUTH",
	33: "CONNECT CONNACK",
	34: "CONNECT CONNACK",
	35: "PUBLISH",
	36: "CONNACK",
	37: "CONNACK",
	38: "WILL CONNECT CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK DISCONNECT AUTH",
	39: "CONNECT CONNACK",
	40: "CONNACK",
	41: "CONNACK",
	42: "CONNACK",
};

// 5.0 table 2-6.
const REASONS: Record<string, string> = {
	CONNACK: "00 80 81 82 83 84 85 86 87 88 89 8a 8c 90 95 97 99 9a 9b 9c 9d 9f",
	PUBACK: "00 10 80 83 87 90 91 97 99",
	PUBREC: "00 10 80 83 87 90 91 97 99",
	PUBREL: "00 92",
	PUBCOMP: "00 92",
	SUBACK: "00 01 02 80 83 87 8f 91 97 9e a1 a2",
	UNSUBACK: "00 11 80 83 87 8f 91",
	DISCONNECT: "00 04 80 81 82 83 87 89 8b 8c 8d 8e 8f 90 93 94 95 96 97 98 99 9a 9b 9c 9d 9e 9f a0 a1 a2",
	AUTH: "00 18 19",
};

const names = Type as unknown as Record<string, number>;

test("each property is allowed in the packets of table 2-4, and in no other", () => {
	const bits = (packets: string) => packets.split(" ").reduce((mask, name) => mask | (1 << names[name]!), 0);
	const identifiers = Object.keys(PACKETS).map(Number);
	expect(PROPERTIES.map(({ identifier }) => identifier)).toEqual(identifiers);
	for (const { identifier, packets } of PROPERTIES)
		expect([identifier, packets]).toEqual([identifier, bits(PACKETS[identifier]!)]);
});

test("only User Property, and Subscription Identifier in PUBLISH, may come twice", () => {
	const repeatable = PROPERTIES.filter((property) => property.repeatable !== 0);
	expect(repeatable.map(({ identifier, repeatable }) => [identifier, repeatable])).toEqual([
		[11, 1 << Type.PUBLISH],
		[38, PROPERTIES.find(({ identifier }) => identifier === 38)!.packets],
	]);
});

for (const packet of Object.keys(REASONS)) {
	test(`${packet} has the Reason Codes of table 2-6, and no other`, () => {
		const allowed: string[] = [];
		for (let code = 0; code < 256; code++) {
			if (isReasonCode(code, names[packet]!, V5)) allowed.push(code.toString(16).padStart(2, "0"));
		}
		expect(allowed.join(" ")).toBe(REASONS[packet]!);
	});
}

test("codes have the specification's names", () => {
	expect(reasonCodeName(0x8e, Type.DISCONNECT, V5)).toBe("Session taken over");
	expect(reasonCodeName(4, Type.CONNACK, V3_1_1)).toBe("Connection Refused, bad user name or password");
	expect(reasonCodeName(0x80, Type.SUBACK, V3_1_1)).toBe("Failure");
});
