// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import type { Authentication } from "../../src/mqtt/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import type { Properties } from "../../src/mqtt/property.ts";
import { V5 } from "../../src/mqtt/version.ts";
import type { Packet } from "../support/mqtt-codec.ts";
import { connack, Pair, type PairOptions, publish } from "../support/mqtt-pair.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined) => (data === undefined ? "nothing" : new TextDecoder().decode(data));

/** A method that notes what it is asked, and answers with what it was asked. */
function method(log: string[], more: Partial<Authentication> = {}): Authentication {
	return {
		method: "m",
		start: () => bytes("hello"),
		onContinue(data) {
			log.push(`asked ${text(data)}`);
			return bytes(`answer to ${text(data)}`);
		},
		onSuccess: (data) => void log.push(`proved by ${text(data)}`),
		...more,
	};
}

const auth = (reasonCode: number, data: string, authenticationMethod = "m"): Packet => ({
	type: Type.AUTH,
	reasonCode,
	properties: { authenticationMethod, authenticationData: bytes(data) },
});

const accepted = (data?: string, authenticationMethod = "m"): Packet => ({
	...connack(),
	properties: { authenticationMethod, ...(data !== undefined && { authenticationData: bytes(data) }) },
});

function pairOf(options: PairOptions): Pair {
	return new Pair({ version: V5, answers: false, ...options });
}

/** Method and data of a packet that the client sent. */
const said = (properties: Properties | undefined) => [
	properties?.authenticationMethod,
	text(properties?.authenticationData),
];

describe("authentication", () => {
	test("goes on until both are satisfied, and nothing but AUTH is sent before CONNACK [MQTT-3.1.2-30] [MQTT-4.12.0-3] [MQTT-4.12.0-5]", () => {
		const log: string[] = [];
		const pair = pairOf({ authentication: method(log) });
		pair.client.subscribe("a", 1);
		pair.client.publish("b", "1", { qos: 1 });
		pair.sends(auth(0x18, "one"), auth(0x18, "two"));
		expect(pair.packets.map(({ type, reasonCode }) => [type, reasonCode])).toEqual([
			[Type.CONNECT, undefined],
			[Type.AUTH, 0x18],
			[Type.AUTH, 0x18],
		]);
		expect(pair.packets.map(({ properties }) => said(properties))).toEqual([
			["m", "hello"],
			["m", "answer to one"],
			["m", "answer to two"],
		]);
		pair.said();
		pair.sends(accepted("proof"));
		expect(log).toEqual(["asked one", "asked two", "proved by proof"]);
		expect([pair.events, pair.said()]).toEqual([["connected"], ["SUBSCRIBE 1 a at 1", "PUBLISH 2 b=1"]]);
	});

	test("says no more than method and data [MQTT-3.15.2-2] [MQTT-3.15.2-3]", () => {
		const pair = pairOf({ authentication: method([]) });
		pair.sends(auth(0x18, "one"), accepted());
		pair.client.reauthenticate();
		for (const packet of pair.packets.slice(1)) {
			expect(Object.keys(packet.properties!).sort()).toEqual(["authenticationData", "authenticationMethod"]);
		}
	});

	const refused: [name: string, packets: Packet[]][] = [
		["CONNACK has no method", [connack()]],
		["CONNACK has another method [MQTT-4.12.0-5]", [accepted("proof", "other")]],
		["AUTH has another method [MQTT-4.12.0-5]", [auth(0x18, "one", "other")]],
		["AUTH says to authenticate again", [auth(0x19, "one")]],
	];
	for (const [name, packets] of refused) {
		test(`closes when ${name}`, () => {
			const pair = pairOf({ authentication: method([]) });
			pair.said();
			pair.sends(...packets);
			expect([pair.open, pair.client.connected]).toEqual([false, false]);
			expect(pair.reasons).toMatchObject([{ code: "BROKEN_FORMAT", reasonCode: 0x82 }]);
		});
	}

	test("closes when the method refuses the broker, at any step", () => {
		const mistaken = () => {
			throw new Error("wrong proof");
		};
		for (const [more, packet] of [
			[{ onContinue: mistaken }, auth(0x18, "one")],
			[{ onSuccess: mistaken }, accepted("proof")],
		] as const) {
			const pair = pairOf({ authentication: method([], more) });
			pair.sends(packet);
			expect(pair.open).toBe(false);
			expect(pair.reasons).toMatchObject([{ code: "AUTHENTICATION_FAILED" }]);
			expect(pair.reasons[0]!.message).toMatch(/wrong proof/);
		}
	});

	test("begins anew with each connection", () => {
		let count = 0;
		const pair = pairOf({ authentication: method([], { start: () => bytes(`start ${++count}`) }) });
		pair.sends(accepted());
		pair.breaks();
		pair.advance(1000);
		expect(pair.packets.map(({ properties }) => said(properties)[1])).toEqual(["start 1", "start 2"]);
	});

	test("of a method that cannot start, or answers with what fits no packet, is told", () => {
		const start = () => {
			throw new Error("no key");
		};
		const first = pairOf({ authentication: method([], { start }) });
		expect(first.reasons).toMatchObject([{ code: "AUTHENTICATION_FAILED" }]);
		const second = pairOf({ authentication: method([], { onContinue: () => new Uint8Array(5000) }) });
		second.said();
		second.sends(auth(0x18, "one"));
		expect(second.reasons).toMatchObject([{ code: "AUTHENTICATION_FAILED" }]);
		expect([second.open, second.said()]).toEqual([false, []]);
	});
});

describe("authenticating again", () => {
	function connected(log: string[], more: Partial<Authentication> = {}): Pair {
		const pair = pairOf({ authentication: method(log, more) });
		pair.sends(accepted());
		pair.said();
		return pair;
	}

	test("names the same method, and everything else goes on [MQTT-4.12.1-1]", () => {
		const log: string[] = [];
		const pair = connected(log);
		expect(pair.client.reauthenticate()).toBe(true);
		pair.client.publish("a", "1");
		pair.sends(publish("b", "2", 7), auth(0x18, "again"), auth(0, "proof"));
		expect(pair.said()).toEqual(["AUTH 0x19", "PUBLISH a=1", "PUBACK 7", "AUTH 0x18"]);
		expect(said(pair.packets.at(-1)!.properties)).toEqual(["m", "answer to again"]);
		expect(log.slice(1)).toEqual(["asked again", "proved by proof"]);
		expect(pair.client.connected).toBe(true);
	});

	test("that fails ends the connection, whoever refuses [MQTT-4.12.1-2]", () => {
		const pair = connected([]);
		pair.client.reauthenticate();
		pair.sends({ type: Type.DISCONNECT, reasonCode: 0x87 });
		expect(pair.reasons).toMatchObject([{ code: "DISCONNECTED", reasonCode: 0x87 }]);
		const other = connected([], {
			onContinue() {
				throw new Error("wrong proof");
			},
		});
		other.client.reauthenticate();
		other.sends(auth(0x18, "again"));
		expect([other.said(), other.open]).toEqual([["AUTH 0x19", "DISCONNECT 0x87"], false]);
	});

	test("with another method than before closes the connection [MQTT-4.12.1-1]", () => {
		const pair = connected([]);
		pair.client.reauthenticate();
		pair.said();
		pair.sends(auth(0x18, "again", "other"));
		expect(pair.said()).toEqual(["DISCONNECT 0x82"]);
	});

	test("without a method, or without a connection, is not begun, and nothing is sent [MQTT-4.12.0-7]", () => {
		const pair = new Pair({ version: V5 });
		pair.said();
		expect([pair.client.reauthenticate(), pair.said()]).toEqual([false, []]);
		const other = connected([]);
		other.breaks();
		expect([other.client.reauthenticate(), other.said()]).toEqual([false, []]);
	});

	test("waits for the socket, and so does its answer", () => {
		const pair = connected([]);
		pair.writable = false;
		for (let i = 0; i < 200; i++) pair.client.publish("a", "x".repeat(100), { qos: 1 });
		pair.sends(...Array.from({ length: 20 }, (_, i) => publish("b", "", i + 1)), auth(0x18, "again"));
		expect(pair.open).toBe(true);
		pair.writable = true;
		pair.settle();
		expect(pair.said().filter((line) => line.startsWith("AUTH"))).toEqual(["AUTH 0x18"]);
	});
});
