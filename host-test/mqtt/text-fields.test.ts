// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import * as Type from "../../src/mqtt/packet-type.ts";
import { V3_1_1, V5, type Version } from "../../src/mqtt/version.ts";
import { toHex } from "../support/hex.ts";
import { type Packet, parsePacket, writePacket } from "../support/mqtt-codec.ts";
import { message } from "./packet-rows.ts";

const payload = new Uint8Array(0);
const CONNECT = { type: Type.CONNECT, cleanStart: true, keepAlive: 0 };

/** [what, the packet that has `text` there, the text that a packet has there, what is special: only 5.0 has it, or who writes it checked it]. */
type Row = [
	name: string,
	write: (text: string, version: Version) => Packet,
	read: (packet: Packet) => unknown,
	special?: "5.0" | "checked before",
];

const ROWS: Row[] = [
	[
		"a Client Identifier [MQTT-3.1.3-4] [3.1.1 MQTT-3.1.3-4]",
		(clientId, version) => ({ ...CONNECT, version, clientId }),
		(packet) => packet.clientId,
	],
	[
		"a User Name [MQTT-3.1.3-12] [3.1.1 MQTT-3.1.3-11]",
		(username, version) => ({ ...CONNECT, version, clientId: "c", username }),
		(packet) => packet.username,
	],
	[
		"a Will Topic [MQTT-3.1.3-11] [3.1.1 MQTT-3.1.3-10]",
		(topicName, version) => {
			return { ...CONNECT, version, clientId: "c", will: { topicName, payload, qos: 0, retain: false } };
		},
		(packet) => packet.will!.topicName,
	],
	[
		"a Topic Name, which comes first [MQTT-3.3.2-1] [3.1.1 MQTT-3.3.2-1]",
		(topicName) => ({ type: Type.PUBLISH, ...message, topicName, payload }),
		(packet) => packet.topicName,
		"checked before",
	],
	[
		"a Topic Filter of SUBSCRIBE [MQTT-3.8.3-1] [3.1.1 MQTT-3.8.3-1]",
		(topicFilter) => {
			const subscription = { topicFilter, qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 };
			return { type: Type.SUBSCRIBE, packetIdentifier: 1, subscriptions: [subscription] };
		},
		(packet) => packet.subscriptions![0]!.topicFilter,
	],
	[
		"a Topic Filter of UNSUBSCRIBE [MQTT-3.10.3-1] [3.1.1 MQTT-3.10.3-1]",
		(topicFilter) => ({ type: Type.UNSUBSCRIBE, packetIdentifier: 1, topicFilters: [topicFilter] }),
		(packet) => packet.topicFilters![0],
	],
	[
		"a Response Topic [MQTT-3.3.2-13]",
		(responseTopic) => ({ type: Type.PUBLISH, ...message, payload, properties: { responseTopic } }),
		(packet) => packet.properties!.responseTopic,
		"5.0",
	],
	[
		"a Content Type [MQTT-3.3.2-19]",
		(contentType) => ({ type: Type.PUBLISH, ...message, payload, properties: { contentType } }),
		(packet) => packet.properties!.contentType,
		"5.0",
	],
	[
		"the name of a User Property [MQTT-1.5.7-1]",
		(name) => ({ type: Type.PUBLISH, ...message, payload, properties: { userProperty: [[name, "v"]] } }),
		(packet) => packet.properties!.userProperty![0]![0],
		"5.0",
	],
	[
		"the value of a User Property [MQTT-1.5.7-1]",
		(value) => ({ type: Type.PUBLISH, ...message, payload, properties: { userProperty: [["n", value]] } }),
		(packet) => packet.properties!.userProperty![0]![1],
		"5.0",
	],
];

// A character of each length in UTF-8, and a byte order mark.
const TEXTS: [text: string, hex: string][] = [
	["aé€𝄞", "000a" + "61" + "c3a9" + "e282ac" + "f09d849e"],
	["\ufeffa", "0004" + "efbbbf" + "61"],
];

for (const version of [V3_1_1, V5] as Version[]) {
	describe(version === V5 ? "5.0" : "3.1.1", () => {
		for (const [name, packetOf, read, special] of ROWS) {
			if (special === "5.0" && version !== V5) continue;
			test(`${name} is UTF-8 after its length in bytes, and comes back as it was`, () => {
				for (const [text, hex] of TEXTS) {
					const bytes = writePacket(packetOf(text, version), version);
					expect(toHex(bytes)).toContain(hex);
					expect(read(parsePacket(bytes, version))).toBe(text);
				}
			});

			if (special === "checked before") continue;
			test(`${name} with half a surrogate pair is not written`, () => {
				expect(() => writePacket(packetOf("a\ud800", version), version)).toThrow(TypeError);
				expect(() => writePacket(packetOf("\udc00a", version), version)).toThrow(TypeError);
			});
		}

		test("a Topic Name is the first field of a PUBLISH [MQTT-3.3.2-1] [3.1.1 MQTT-3.3.2-1]", () => {
			const packet = { type: Type.PUBLISH, ...message, topicName: "a/b", qos: 1, packetIdentifier: 7, payload };
			expect(toHex(writePacket(packet, version).subarray(2, 7))).toBe("0003612f62");
		});

		test("a Topic Filter of 65,535 bytes is written, one of 65,536 is not [MQTT-4.7.3-3] [3.1.1 MQTT-4.7.3-3]", () => {
			for (const end of ["", "é"]) {
				const text = "t".repeat(65535 - 2 * end.length) + end;
				const packet = { type: Type.UNSUBSCRIBE, packetIdentifier: 1, topicFilters: [text] };
				const bytes = writePacket(packet, version, 70_000);
				expect(parsePacket(bytes, version).topicFilters).toEqual([text]);
				packet.topicFilters = [`t${text}`];
				expect(() => writePacket(packet, version, 70_000)).toThrow(/65535 bytes/);
			}
		});
	});
}
