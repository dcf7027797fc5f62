// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { TimedDriver } from "../../src/drive/index.ts";
import { Ethernet, type NetworkInterface } from "../../src/network/index.ts";
import { FakePlatform } from "../support/fake-platform.ts";

const MINUTE = 60_000;

/** A cable, and a DHCP server at its other end; `connect` is only asked for where DHCP has given up. */
function setUp() {
	const platform = new FakePlatform();
	const said: string[] = [];
	const port = { connection: 200, address: undefined as string | undefined, connects: 0, disconnects: 0, hostname: "" };
	let onChanged = () => {};
	const socket: NetworkInterface = {
		get connection() {
			return port.connection;
		},
		get address() {
			return port.address;
		},
		connect() {
			if (port.connects++ > port.disconnects) throw new Error("already connecting");
		},
		disconnect() {
			port.disconnects++;
		},
		configure({ hostname }) {
			port.hostname = hostname;
		},
	};
	const ethernet = new Ethernet({
		open(changed) {
			onChanged = changed;
			return socket;
		},
		hostName: "meter",
		random: platform.random,
		onEvent: (event) => said.push(event.state === "up" ? `up ${event.address}` : `${event.state} ${event.code}`),
	});
	new TimedDriver(ethernet, platform);
	ethernet.start(platform.now());
	return {
		platform,
		port,
		ethernet,
		said: () => said.splice(0),
		becomes(connection: number, address?: string) {
			port.connection = connection;
			port.address = address;
			onChanged();
			platform.pass(1);
		},
	};
}

test("a cable that is plugged in hours later has a network at once", () => {
	const { platform, port, ethernet, becomes, said } = setUp();
	platform.pass(600 * MINUTE);
	expect(said()).toEqual([]);
	becomes(400);
	becomes(500, "10.0.0.2");
	expect(said()).toEqual(["up 10.0.0.2"]);
	expect([ethernet.address, ethernet.RSSI, port.connects, port.hostname]).toEqual(["10.0.0.2", undefined, 1, "meter"]);
});

test("a cable that is pulled and plugged in again", () => {
	const { platform, port, becomes, said } = setUp();
	becomes(500, "10.0.0.2");
	becomes(200);
	platform.pass(600 * MINUTE);
	expect(said()).toEqual(["up 10.0.0.2", "down LOST"]);
	becomes(400);
	becomes(500, "10.0.0.3");
	expect(said()).toEqual(["up 10.0.0.3"]);
	expect(port.disconnects).toBe(0);
});

test("without an address in time it is asked for again", () => {
	const { platform, port, becomes, said } = setUp();
	becomes(400);
	platform.pass(MINUTE);
	expect(said()).toEqual(["failed NO_ADDRESS"]);
	expect([port.connects, port.disconnects]).toEqual([2, 1]);
	becomes(500, "10.0.0.2");
	expect(said()).toEqual(["up 10.0.0.2"]);
});

test("an interface that tells nothing is looked at", () => {
	const { platform, port, said } = setUp();
	port.connection = 500;
	port.address = "10.0.0.2";
	platform.pass(5000);
	expect(said()).toEqual(["up 10.0.0.2"]);
	port.connection = 200;
	platform.pass(5000);
	expect(said()).toEqual(["down LOST"]);
});

test("once closed it is not looked at any more", () => {
	const { platform, ethernet, becomes, said } = setUp();
	becomes(500, "10.0.0.2");
	ethernet.close();
	expect(said()).toEqual(["up 10.0.0.2", "down CLOSED"]);
	becomes(200);
	becomes(500, "10.0.0.2");
	expect(said()).toEqual([]);
	expect(platform.armed).toBe(0);
});
