// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { Clock, Wifi } from "../../src/network/index.ts";
import type { RunOptions } from "../../src/run.ts";
import { FakeInterface } from "../support/fake-interface.ts";
import type { FakePlatform } from "../support/fake-platform.ts";
import { World } from "../support/world.ts";

const SECOND = 1000;
const NOW = Date.UTC(2026, 5, 17);

/** A thing with a light on a device whose Wi-Fi is the test's; the access point `home` is there. */
function setUp(more: (platform: FakePlatform) => Partial<RunOptions> = () => ({})) {
	let radio!: FakeInterface;
	const world = new World({ light: { type: "boolean", value: false, write() {} } }, undefined, (platform) => {
		radio = new FakeInterface(platform);
		return {
			network: (onEvent) =>
				new Wifi({ open: radio.open, networks: [{ ssid: "home" }], random: platform.random, onEvent }),
			...more(platform),
		};
	});
	const home = radio.point("home");
	const { platform, events } = world;
	return {
		world,
		platform,
		radio,
		home,
		/** What happened since, without what was lost in retries. */
		said: () =>
			events.splice(0).map((event) => {
				if (event.type === "network") return event.state;
				return event.type === "disconnected" ? `disconnected ${event.code} ${event.reason}` : event.type;
			}),
	};
}

test("nothing is asked of the network before there is one; then both protocols run at once", () => {
	const { world, platform, said } = setUp();
	platform.pass(2 * SECOND);
	expect([platform.tcp.length, platform.udp.length]).toEqual([0, 0]);
	platform.pass(SECOND);
	expect([platform.tcp.length, platform.udp.length]).toEqual([1, 1]);
	world.connects();
	expect(said()).toEqual(["up", "connected"]);
	expect(world.asks("CON GET 0001 [aa] Uri-Path=light").join()).toMatch("2.05");
});

test("when the access point is gone both end, and nobody tries; when it is back both are there at once", () => {
	const { world, platform, radio, home, said } = setUp();
	platform.pass(3 * SECOND);
	world.connects();
	world.asks("CON GET 0001 [aa] Uri-Path=light Observe=0");
	said();
	radio.vanish("home");
	platform.pass(10);
	expect([platform.tcp[0]!.closed, platform.udp[0]!.closed]).toEqual([true, true]);
	expect(said()).toEqual(["down", "disconnected CONNECTION_LOST the connection to the network was lost"]);
	platform.pass(600 * SECOND);
	expect([platform.tcp.length, platform.udp.length]).toEqual([1, 1]);
	expect(said().filter((line) => line !== "failed")).toEqual([]);
	home.present = true;
	while (platform.udp.length < 2) platform.pass(100);
	expect(platform.tcp.length).toBe(2);
	world.connects();
	expect(said().slice(-2)).toEqual(["up", "connected"]);
	// Whoever observed before is told again.
	world.thing.write("light", true);
	expect(world.told().join()).toMatch("2.05");
	expect(world.said().join()).toMatch("t/light=true");
});

test("a broker that waits to be tried again is tried when the network comes back", () => {
	const { platform, radio, home } = setUp();
	platform.pass(3 * SECOND);
	for (let i = 0; i < 12; i++) {
		platform.tcp.at(-1)!.fails();
		platform.pass(60 * SECOND);
	}
	const tried = platform.tcp.length;
	radio.vanish("home");
	home.present = true;
	platform.pass(3 * SECOND + 500);
	expect(platform.tcp.length).toBe(tried + 1);
});

test("another address has both start anew", () => {
	const { world, platform, radio, said } = setUp();
	platform.pass(3 * SECOND);
	world.connects();
	said();
	radio.lease("10.0.0.99");
	platform.pass(6 * SECOND);
	expect(platform.tcp.map(({ closed }) => closed)).toEqual([true, false]);
	expect(platform.udp.map(({ closed }) => closed)).toEqual([true, false]);
	world.connects();
	expect(said()).toEqual(["up", "disconnected CONNECTION_LOST the address changed", "connected"]);
});

test("a CoAP port that cannot be had yet is said, and had with the next network", () => {
	const { platform, radio, home, said } = setUp(() => ({ mqtt: undefined }));
	platform.failure = new Error("no network");
	platform.pass(3 * SECOND);
	expect(said()).toEqual(["up", "error"]);
	platform.failure = undefined;
	radio.vanish("home");
	home.present = true;
	platform.pass(10 * SECOND);
	expect(platform.udp.length).toBe(1);
});

test("TLS waits for the time; CoAP does not", () => {
	let answer!: (time: number) => void;
	const wall = { time: 0 };
	const { platform } = setUp((platform) => ({
		mqtt: { host: "192.0.2.1", port: 8883, tls: {} },
		clock: new Clock({
			servers: ["time.example"],
			ask(_, done) {
				answer = done;
				return () => {};
			},
			read: () => wall.time,
			set: (time) => {
				wall.time = time;
			},
			random: platform.random,
		}),
	}));
	platform.pass(20 * SECOND);
	expect([platform.tcp.length, platform.udp.length]).toEqual([0, 1]);
	answer(NOW);
	platform.pass(1);
	expect(platform.tcp.length).toBe(1);
});

test("without TLS nobody waits for the time", () => {
	const { platform } = setUp((platform) => ({
		clock: new Clock({ servers: ["a"], ask: () => () => {}, read: () => 0, set() {}, random: platform.random }),
	}));
	platform.pass(3 * SECOND);
	expect(platform.tcp.length).toBe(1);
});

test("stopping says offline, then leaves the network", () => {
	const { world, platform, radio, said } = setUp();
	platform.pass(3 * SECOND);
	world.connects();
	let stopped = 0;
	world.running.stop(() => stopped++);
	expect(radio.connection).toBe(500);
	expect(world.said().join()).toMatch("t/status=offline");
	platform.pass(SECOND);
	expect(stopped).toBe(1);
	expect(radio.connection).toBe(200);
	expect(said().slice(-2)).toEqual(["disconnected CLOSED the connection was closed, as was asked", "down"]);
	platform.pass(3600 * SECOND);
	expect(platform.armed).toBe(0);
});

test("stopping without a network, or while it goes, ends", () => {
	for (const gone of [true, false]) {
		const { world, platform, radio, home } = setUp();
		if (gone) home.present = false;
		platform.pass(3 * SECOND);
		if (!gone) {
			world.connects();
			world.answers = false;
		}
		let stopped = 0;
		world.running.stop(() => stopped++);
		if (!gone) {
			expect(stopped).toBe(0);
			radio.vanish("home");
			platform.pass(10);
		}
		expect(stopped).toBe(1);
		platform.pass(3600 * SECOND);
		expect(platform.armed).toBe(0);
		expect(platform.tcp.every(({ closed }) => closed)).toBe(true);
	}
});
