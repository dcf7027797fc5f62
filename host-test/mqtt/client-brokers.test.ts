// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import * as Type from "../../src/mqtt/packet-type.ts";
import { V5 } from "../../src/mqtt/version.ts";
import { connack, Pair, type PairOptions } from "../support/mqtt-pair.ts";
import { inBothVersions } from "../support/versions.ts";

const THREE = [{ host: "a" }, { host: "b", port: 2000 }, { host: "c" }];

/** Which broker a pair is connected to, or wants to be. */
const where = ({ client }: Pair) => `${client.target?.host}:${client.target?.port}`;

/** The version that the last CONNECT was written in. */
const version = (pair: Pair) => pair.packets.findLast(({ type }) => type === Type.CONNECT)!.version;

inBothVersions("several brokers", (version) => {
	const three = (options: PairOptions = {}) =>
		new Pair({ version, brokers: THREE, connect: false, random: () => 0.9, ...options });

	test("are tried in turn at once, and after all of them there is a wait", () => {
		const pair = three();
		pair.reachable = false;
		pair.client.connect(pair.now);
		const tried: string[] = [];
		for (let i = 0; i < 6; i++) {
			tried.push(where(pair));
			pair.breaks(new Error("refused"));
			if (i % 3 === 2) {
				expect(pair.client.target).toBeUndefined();
				expect(pair.client.deadline).toBeGreaterThan(pair.now);
			}
			pair.advance(Math.max(0, pair.client.deadline - pair.now));
		}
		expect(tried).toEqual(["a:1883", "b:2000", "c:1883", "a:1883", "b:2000", "c:1883"]);
	});

	test("stick to the one that worked: when it is lost it is tried first, and then the next", () => {
		const pair = three();
		pair.reachable = false;
		pair.client.connect(pair.now);
		pair.breaks();
		pair.reachable = true;
		pair.advance(0);
		expect([where(pair), pair.client.connected]).toEqual(["b:2000", true]);
		pair.reachable = false;
		pair.breaks();
		pair.advance(1000);
		expect(where(pair)).toBe("b:2000");
		pair.breaks();
		pair.advance(0);
		expect(where(pair)).toBe("c:1883");
	});

	test("may be shuffled", () => {
		const first = [0, 0.4, 0.9].map((random) => {
			const pair = three({ brokerOrder: "shuffled", random: () => random });
			pair.client.connect(pair.now);
			return where(pair);
		});
		expect(new Set(first).size).toBeGreaterThan(1);
	});

	test("are turned to as well when one refuses, or does not answer CONNECT in time", () => {
		const pair = three({ answers: false });
		pair.client.connect(pair.now);
		pair.sends(connack(false, version === V5 ? 0x87 : 5));
		pair.advance(0);
		expect(where(pair)).toBe("b:2000");
		pair.advance(10_000);
		expect(where(pair)).toBe("c:1883");
	});

	test("keep their messages when the session is another broker's: what is not acknowledged is sent anew", () => {
		const pair = three({ answers: false, cleanStart: false });
		pair.client.connect(pair.now);
		pair.sends(connack());
		pair.client.publish("x", "1", { qos: 1 });
		pair.client.subscribe("y", 1);
		pair.reachable = false;
		pair.breaks();
		pair.advance(1000);
		pair.reachable = true;
		pair.breaks();
		pair.advance(0);
		pair.said();
		expect(where(pair)).toBe("b:2000");
		pair.sends(connack(false));
		expect(pair.said()).toEqual(["SUBSCRIBE 3 y at 1", "PUBLISH 1 x=1"]);
	});
});

describe("a Server Reference", () => {
	const rows: [name: string, reference: string | undefined, expected: string][] = [
		["host and port", "other:2883", "other:2883"],
		["a host", "other", "other:1883"],
		["the first of a list", "other:1 another:2", "other:1"],
		["nothing", undefined, "b:2000"],
		["what is no address", "::", "b:2000"],
		["port 0", "other:0", "b:2000"],
	];
	for (const [name, serverReference, expected] of rows) {
		test(`of ${name} in CONNACK 0x9c leads to ${expected}`, () => {
			const pair = new Pair({ version: V5, brokers: THREE, answers: false, random: () => 0.5 });
			const properties = serverReference === undefined ? {} : { serverReference };
			pair.sends({ ...connack(false, 0x9c), properties });
			pair.advance(1000);
			expect(where(pair)).toBe(expected);
		});
	}

	for (const [reasonCode, name, after] of [
		[0x9c, "for one connection", "a:1883"],
		[0x9d, "for good", "other:1883"],
	] as const) {
		test(`with 0x${reasonCode.toString(16)} in DISCONNECT is followed ${name}`, () => {
			const pair = new Pair({ version: V5, brokers: [{ host: "a" }], random: () => 0.5 });
			pair.sends({ type: Type.DISCONNECT, reasonCode, properties: { serverReference: "other" } });
			pair.advance(1000);
			expect([where(pair), pair.client.connected]).toEqual(["other:1883", true]);
			pair.reachable = false;
			pair.breaks();
			pair.advance(1000);
			pair.breaks();
			pair.advance(5000);
			expect(where(pair)).toBe(after);
		});
	}

	test("that leads round in a circle is followed more and more slowly", () => {
		const pair = new Pair({ version: V5, answers: false, random: () => 1 });
		const waits: number[] = [];
		for (let i = 0; i < 4; i++) {
			pair.sends({ ...connack(false, 0x9c), properties: { serverReference: `host${i % 2}` } });
			waits.push(pair.client.deadline - pair.now);
			pair.advance(pair.client.deadline - pair.now);
		}
		expect(waits).toEqual([1000, 2000, 4000, 8000]);
	});
});

describe("protocol auto", () => {
	const automatic = (options: PairOptions = {}) =>
		new Pair({ version: V5, protocol: "auto", answers: false, random: () => 0.5, ...options });

	test("offers 5.0, and speaks it where it is accepted", () => {
		const pair = automatic();
		expect(version(pair)).toBe(5);
		pair.sends(connack());
		expect(pair.client.broker!.version).toBe(5);
		pair.breaks();
		pair.advance(1000);
		expect(version(pair)).toBe(5);
	});

	const refusals: [name: string, refuse: (pair: Pair) => void][] = [
		["CONNACK 0x84", (pair) => pair.sends(connack(false, 0x84))],
		["CONNACK 1, in 3.1.1's form", (pair) => pair.sends("20 02 00 01")],
		["the end of the connection", (pair) => pair.breaks()],
	];
	for (const [name, refuse] of refusals) {
		test(`falls back to 3.1.1 at ${name}, and remembers it`, () => {
			const pair = automatic();
			refuse(pair);
			pair.advance(0);
			expect([pair.attempts, version(pair)]).toEqual([2, 4]);
			pair.sends("20 02 00 00");
			expect([pair.client.connected, pair.client.broker!.version]).toEqual([true, 4]);
			pair.breaks();
			pair.advance(1000);
			expect(version(pair)).toBe(4);
		});
	}

	test("leaves 3.1.1 again when that gets no answer either", () => {
		const pair = automatic();
		pair.breaks();
		pair.advance(0);
		pair.breaks();
		pair.advance(1000);
		expect(version(pair)).toBe(5);
	});

	test("remembers for each broker apart", () => {
		const pair = automatic({ brokers: THREE });
		pair.sends(connack(false, 0x84));
		pair.advance(0);
		expect([where(pair), version(pair)]).toEqual(["a:1883", 4]);
		pair.sends("20 02 00 05");
		pair.advance(0);
		expect([where(pair), version(pair)]).toEqual(["b:2000", 5]);
	});

	test("does not take the refusal of anything else for a question of versions", () => {
		const pair = automatic();
		pair.sends(connack(false, 0x86));
		expect(pair.client.deadline - pair.now).toBeGreaterThanOrEqual(60_000);
		pair.advance(pair.client.deadline - pair.now);
		expect(version(pair)).toBe(5);
	});
});
