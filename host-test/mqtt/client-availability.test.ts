// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { Client } from "../../src/mqtt/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { V5 } from "../../src/mqtt/version.ts";
import { connack, Pair, puback } from "../support/mqtt-pair.ts";
import { inBothVersions } from "../support/versions.ts";

const availability = { topicName: "status" };
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

inBothVersions("availability", (version) => {
	test("is birth and Will at one topic, with one QoS and retain flag", () => {
		for (const [more, qos, retain] of [
			[{}, 1, true],
			[{ qos: 2 }, 2, true],
			[{ qos: 0, retain: false }, 0, false],
		] as const) {
			const pair = new Pair({ version, availability: { ...availability, ...more } });
			const [connect, birth] = pair.packets;
			expect(connect!.will).toMatchObject({ topicName: "status", qos, retain });
			expect(birth).toMatchObject({ type: Type.PUBLISH, topicName: "status", qos, retain });
			expect([text(connect!.will!.payload), text(birth!.payload)]).toEqual(["offline", "online"]);
		}
	});

	test("is said in the application's words", () => {
		const pair = new Pair({ version, availability: { ...availability, online: "1", offline: new Uint8Array([0x30]) } });
		pair.client.close(pair.now);
		expect(text(pair.packets[0]!.will!.payload)).toBe("0");
		expect(pair.said().filter((line) => line.startsWith("PUBLISH"))).toEqual([
			"PUBLISH 1 status=1 retained",
			"PUBLISH 2 status=0 retained",
		]);
	});

	test("is said after every CONNACK, before what the application says then", () => {
		const onConnected = () => void pair.client.publish("a", "1", { qos: 1 });
		const pair: Pair = new Pair({ version, availability, connect: false, onConnected });
		pair.client.connect(pair.now);
		pair.breaks();
		pair.advance(1000);
		const birth = ["PUBLISH 1 status=online retained", "PUBLISH 2 a=1"];
		expect(pair.said()).toEqual([
			"CONNECT test clean",
			...birth,
			"CONNECT test clean",
			"PUBLISH 3 status=online retained",
			"PUBLISH 4 a=1",
		]);
	});

	test("a clean stop says offline, after all else, and then DISCONNECT when it is acknowledged", () => {
		for (const qos of [0, 1, 2] as const) {
			const pair = new Pair({ version, availability: { ...availability, qos }, maximumInFlight: 1 });
			pair.answers = false;
			for (const payload of ["1", "2"]) pair.client.publish("a", payload, { qos: 1 });
			pair.said();
			pair.client.close(pair.now);
			expect(pair.said()).toEqual([]);
			pair.answers = true;
			const first = pair.packets.at(-1)!.packetIdentifier!;
			pair.sends(puback(first));
			const lines = pair.said();
			expect(lines.filter((line) => /PUBLISH|DISCONNECT/.test(line)).map((line) => line.replace(/ \d+/, ""))).toEqual([
				"PUBLISH a=2",
				"PUBLISH status=offline retained",
				"DISCONNECT",
			]);
			expect(lines.at(-1)).toBe("DISCONNECT");
		}
	});

	test("a stop that nobody acknowledges says no DISCONNECT, so that the Will says offline", () => {
		const pair = new Pair({ version, availability, answers: false, closeTimeout: 500 });
		pair.sends(connack());
		pair.client.close(pair.now);
		pair.advance(500);
		expect(pair.said()).toEqual([
			"CONNECT test clean",
			"PUBLISH 1 status=online retained",
			"PUBLISH 2 status=offline retained",
		]);
		expect(pair.client.target).toBeUndefined();
	});

	test("connect() that takes close() back says online again", () => {
		const pair = new Pair({ version, availability, answers: false });
		pair.sends(connack());
		pair.client.publish("a", "1", { qos: 1 });
		pair.client.close(pair.now);
		pair.client.connect(pair.now);
		expect(pair.said().at(-1)).toBe("PUBLISH 4 status=online retained");
	});

	test("waits for room in a queue that is full", () => {
		const pair = new Pair({ version, availability, connect: false, maximumQueuedMessages: 1, answers: false });
		pair.client.publish("a", "1", { qos: 1 });
		pair.client.connect(pair.now);
		pair.sends(connack());
		expect(pair.said().at(-1)).toBe("PUBLISH 1 a=1");
		pair.sends(puback(1));
		expect(pair.said()).toEqual(["PUBLISH 2 status=online retained"]);
		pair.client.close(pair.now);
		pair.sends(puback(2));
		expect(pair.said()).toEqual(["PUBLISH 3 status=offline retained"]);
		pair.sends(puback(3));
		expect(pair.said()).toEqual(["DISCONNECT"]);
	});

	test("of a session that is lost is said once, however often it was said before", () => {
		const reconnect = { minimum: 1000, maximum: 1000 };
		const pair = new Pair({ version, availability, cleanStart: false, answers: false, reconnect });
		for (let i = 0; i < 5; i++) {
			pair.sends(connack());
			pair.breaks();
			pair.advance(1000);
		}
		pair.said();
		pair.sends(connack());
		expect(pair.said()).toHaveLength(1);
	});

	test("that a broker cannot take as it is, is told or lowered, and breaks nothing", () => {
		if (version !== V5) return;
		const pair = new Pair({ version, availability: { ...availability, qos: 2 }, answers: false });
		pair.sends({ ...connack(), properties: { maximumQoS: 0, retainAvailable: 0 } });
		expect(pair.said().at(-1)).toBe("PUBLISH status=online");
		const small = new Pair({ version, availability: { ...availability, online: "x".repeat(80) }, answers: false });
		small.sends({ ...connack(), properties: { maximumPacketSize: 64 } });
		expect(small.errors).toMatchObject([{ code: "DROPPED" }]);
		expect(small.client.connected).toBe(true);
	});

	test("is given in place of a Will, and checked at once", () => {
		const client = (more: object) => () => new Client({ host: "b", clientId: "t", random: () => 0, ...more });
		expect(client({ availability, will: { topicName: "a", payload: "" } })).toThrow(/will or availability, got both/);
		expect(client({ availability: { topicName: "a/#" } })).toThrow(/topic name/);
		expect(client({ availability: { topicName: "a", qos: 3 } })).toThrow(/QoS/);
		expect(client({ availability: { topicName: "a", online: 1 } })).toThrow(/payload/);
	});
});
