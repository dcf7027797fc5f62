// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../src/mqtt/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { V5 } from "../../src/mqtt/version.ts";
import { connack, Pair, type PairOptions, puback } from "../support/mqtt-pair.ts";

/** A pair of 5.0 whose broker takes `maximum` Topic Aliases. */
function accepting(maximum: number | undefined, options: PairOptions = {}): Pair {
	const pair = new Pair({ version: V5, answers: false, ...options });
	pair.sends({ ...connack(), properties: maximum === undefined ? {} : { topicAliasMaximum: maximum } });
	return pair;
}

/** Topic name and alias of each PUBLISH that the broker got. */
const names = (pair: Pair) =>
	pair.packets
		.filter(({ type }) => type === Type.PUBLISH)
		.map(({ topicName, properties }) => [topicName, properties?.topicAlias]);

describe("aliases of ours", () => {
	test("are for the first topics, up to the broker's maximum; a topic is named once [MQTT-3.2.2-17] [MQTT-3.3.2-9]", () => {
		const pair = accepting(2);
		for (const topicName of ["a", "b", "c", "a", "b", "c"]) pair.client.publish(topicName, "1");
		expect(names(pair)).toEqual([
			["a", 1],
			["b", 2],
			["c", undefined],
			["", 1],
			["", 2],
			["c", undefined],
		]);
	});

	for (const maximum of [undefined, 0]) {
		test(`are not used when the maximum is ${maximum ?? "absent"} [MQTT-3.2.2-18]`, () => {
			const pair = accepting(maximum);
			for (let i = 0; i < 3; i++) pair.client.publish("a", "1");
			expect(names(pair)).toEqual([
				["a", undefined],
				["a", undefined],
				["a", undefined],
			]);
		});
	}

	test("are as many as the application allows", () => {
		const pair = accepting(100, { topicAliases: 1 });
		for (const topicName of ["a", "b", "a"]) pair.client.publish(topicName, "1");
		expect(names(pair)).toEqual([
			["a", 1],
			["b", undefined],
			["", 1],
		]);
	});

	test("end with their connection, so that what is sent again has its full name [MQTT-3.3.2-7]", () => {
		const pair = accepting(2, { cleanStart: false });
		pair.client.publish("a", "1");
		pair.client.publish("a", "2", { qos: 1 });
		pair.breaks();
		pair.advance(1000);
		pair.sends(connack(true));
		pair.client.publish("a", "3");
		expect(names(pair)).toEqual([
			["a", 1],
			["", 1],
			["a", undefined],
			["a", undefined],
		]);
	});

	test("are in no record of the store [MQTT-3.3.2-7]", () => {
		const store = new MemoryStore();
		const before = accepting(2, { cleanStart: false, store });
		before.client.publish("a", "1");
		before.client.publish("a", "2", { qos: 1 });
		const pair = new Pair({ version: V5, answers: false, cleanStart: false, store });
		pair.sends(connack(true));
		expect(pair.said()).toEqual(["CONNECT test kept", "PUBLISH 1 a=2 DUP"]);
	});

	test("go with other properties", () => {
		const pair = accepting(1);
		for (let i = 0; i < 2; i++) pair.client.publish("a", "1", { properties: { contentType: "text/plain" } });
		expect(pair.packets.slice(1).map(({ properties }) => properties)).toEqual([
			{ contentType: "text/plain", topicAlias: 1 },
			{ contentType: "text/plain", topicAlias: 1 },
		]);
	});
});

describe("aliases of the broker's", () => {
	test("up to topicAliasMaximum stand for the names that they came with last [MQTT-3.3.2-10]", () => {
		const pair = accepting(0, { topicAliasMaximum: 3 });
		for (const alias of ["01", "02", "03"]) pair.sends(`30 08 0001 6${alias[1]} 03 2300${alias} 78`);
		for (const alias of ["03", "01"]) pair.sends(`30 07 0000 03 2300${alias} 79`);
		pair.sends("30 08 0001 7a 03 230001 78", "30 07 0000 03 230001 79");
		expect(pair.messages.map(({ topicName, payload }) => topicName + payload)).toEqual([
			"ax",
			"bx",
			"cx",
			"cy",
			"ay",
			"zx",
			"zy",
		]);
	});

	const refused: [name: string, hex: string, reasonCode: number, topicAliasMaximum: number][] = [
		["over topicAliasMaximum [MQTT-3.1.2-26]", "30 08 0001 61 03 230004 78", 0x94, 3],
		["when none is taken [MQTT-3.1.2-27]", "30 08 0001 61 03 230001 78", 0x94, 0],
		["of 0 [MQTT-3.3.2-8]", "30 08 0001 61 03 230000 78", 0x94, 3],
		["that has no name yet", "30 07 0000 03 230001 78", 0x82, 3],
	];
	for (const [name, bytes, reasonCode, topicAliasMaximum] of refused) {
		test(`one ${name} closes the connection with its Reason Code`, () => {
			const pair = accepting(0, { topicAliasMaximum });
			pair.said();
			pair.sends(bytes);
			expect([pair.said(), pair.messages]).toEqual([[`DISCONNECT 0x${reasonCode.toString(16)}`], []]);
		});
	}

	test("one of the connection before is unknown [MQTT-3.3.2-7]", () => {
		const pair = accepting(0, { cleanStart: false });
		pair.sends("30 08 0001 61 03 230001 78");
		pair.breaks();
		pair.advance(1000);
		pair.sends(connack(true));
		pair.said();
		pair.sends("30 07 0000 03 230001 78");
		expect([pair.said(), pair.messages.length]).toEqual([["DISCONNECT 0x82"], 1]);
	});

	test("one is noted with a message that came before, too", () => {
		const pair = accepting(0);
		pair.sends("34 0a 0001 61 0007 03 230001 78", "3c 0a 0001 62 0007 03 230001 78", puback(7, Type.PUBREL));
		pair.sends("30 07 0000 03 230001 79");
		expect(pair.messages.map(({ topicName }) => topicName)).toEqual(["a", "b"]);
	});
});
