// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import * as Type from "../../src/mqtt/packet-type.ts";
import { V5 } from "../../src/mqtt/version.ts";
import { Pair } from "../support/mqtt-pair.ts";
import { inBothVersions } from "../support/versions.ts";

/** A length of each kind: of the Remaining Length, of the buffer that grows. */
const PAYLOADS = ["", "1", "\0", "\x7f", "\x80", "é", "€", "😀", ...lengths(40, 140), "é".repeat(64), "x".repeat(1000)];

function lengths(from: number, to: number): string[] {
	return Array.from({ length: to - from }, (_, i) => "x".repeat(from + i));
}

// What is published to the topic of the last message may be written in another way than the first one.
inBothVersions("a second PUBLISH to a topic", (version) => {
	for (const topicAliasMaximum of version === V5 ? [0, 2, 300] : [0]) {
		for (const qos of [0, 1, 2] as const) {
			for (const topicName of ["a", "é", "home/livingroom/thermostat/temperature", "t".repeat(126), "t".repeat(200)]) {
				test(`is what was given: ${topicName.slice(0, 9)}, QoS ${qos}, ${topicAliasMaximum} aliases`, () => {
					const pair = new Pair({ version, connect: false, topicAliases: 300 });
					pair.properties = { topicAliasMaximum };
					pair.client.connect(0);
					if (topicAliasMaximum > 200) for (let i = 0; i < 130; i++) pair.client.publish(`t${i}`, "");
					pair.client.publish(topicName, "first", { qos });
					for (const payload of PAYLOADS) {
						for (const retain of [false, true]) {
							const options = qos === 0 && !retain ? undefined : { qos, retain };
							expect(pair.client.publish(topicName, payload, options)).toBe(true);
							const packet = pair.packets.filter(({ type }) => type === Type.PUBLISH).at(-1)!;
							expect(new TextDecoder().decode(packet.payload)).toBe(payload);
							expect(packet).toMatchObject({ qos, retain, duplicate: false });
							const alias = packet.properties?.topicAlias;
							expect(packet.topicName).toBe(alias === undefined ? topicName : "");
							expect(alias).toBe(topicAliasMaximum === 0 ? undefined : topicAliasMaximum === 2 ? 1 : 131);
							expect(packet.packetIdentifier === 0).toBe(qos === 0);
						}
					}
					expect(pair.client.idle).toBe(true);
				});
			}
		}
	}

	test("is refused as the first one would be", () => {
		const pair = new Pair({ version });
		pair.client.publish("a", "1");
		for (const options of [undefined, { qos: 1 }] as const) {
			expect(() => pair.client.publish("a", "\ud800", options)).toThrow(TypeError);
			expect(() => pair.client.publish("a", 7 as never, options)).toThrow(TypeError);
			expect(() => pair.client.publish("", "1", options)).toThrow(RangeError);
		}
		expect(() => pair.client.publish("a", "1", { qos: 3 as 2 })).toThrow(RangeError);
		expect(pair.client.idle).toBe(true);
	});

	test("has identifiers of more than seven bits", () => {
		const pair = new Pair({ version });
		for (let i = 0; i < 700; i++) pair.client.publish("a", `${i}`, { qos: 1 });
		const identifiers = pair.packets
			.filter(({ type }) => type === Type.PUBLISH)
			.map((packet) => packet.packetIdentifier);
		expect(identifiers).toEqual(Array.from({ length: 700 }, (_, i) => i + 1));
	});

	test("waits for its turn behind what the socket did not take", () => {
		const pair = new Pair({ version });
		pair.client.publish("a", "0");
		pair.said();
		pair.writable = false;
		const payloads = Array.from({ length: 20 }, (_, i) => `${i} ${"x".repeat(i * 5)}`);
		for (const payload of payloads) expect(pair.client.publish("a", payload)).toBe(true);
		expect(pair.said()).toEqual([]);
		pair.writable = true;
		pair.client.wake();
		expect(pair.said()).toEqual(payloads.map((payload) => `PUBLISH a=${payload}`));
	});

	test("leaves the room that is reserved to others", () => {
		for (let length = 1; length < 40; length++) {
			const pair = new Pair({ version, maximumPacketSize: 256 });
			pair.client.publish("a", "1");
			pair.said();
			pair.writable = false;
			let count = 0;
			while (pair.client.publish("a", "x".repeat(length))) count++;
			expect(count).toBe(Math.floor(256 / (length + (version === V5 ? 6 : 5))));
		}
	});
});
