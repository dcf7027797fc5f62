// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { DatagramDriver, type DatagramMachine, type Endpoint } from "../../src/drive/index.ts";
import { FakePlatform } from "../support/fake-platform.ts";
import { hex, toHex } from "../support/hex.ts";

/** A machine that sends each datagram back, and `due` to a fixed peer. */
class Echo implements DatagramMachine {
	deadline = Infinity;
	wake = () => {};
	due: { bytes: Uint8Array; to: Endpoint }[] = [];
	expired: number[] = [];

	receive(bytes: Uint8Array, length: number, from: Endpoint): void {
		this.due.push({ bytes: bytes.slice(0, length), to: { ...from } });
	}

	transmit(into: Uint8Array, to: Endpoint): number {
		const next = this.due.shift();
		if (!next) return 0;
		into.set(next.bytes);
		to.address = next.to.address;
		to.port = next.to.port;
		return next.bytes.length;
	}

	expire(now: number): void {
		this.expired.push(now);
		this.deadline = Infinity;
	}
}

function setUp() {
	const platform = new FakePlatform();
	const machine = new Echo();
	const errors: string[] = [];
	const driver = new DatagramDriver(machine, platform, 5683, (error) => errors.push(error.message));
	return { platform, machine, driver, errors, socket: platform.udp[0]! };
}

const sent = (socket: { sent: { bytes: Uint8Array; address: string; port: number }[] }) =>
	socket.sent.map(({ bytes, address, port }) => `${toHex(bytes)} ${address}:${port}`);

test("each datagram goes to the machine with its sender, and what is due goes out to its destination", () => {
	const { socket } = setUp();
	socket.receives("192.0.2.1", 1000, hex("01"), hex("02 03"));
	socket.receives("192.0.2.2", 2000, hex("04"));
	expect(sent(socket)).toEqual(["01 192.0.2.1:1000", "0203 192.0.2.1:1000", "04 192.0.2.2:2000"]);
});

test("a machine that is woken is drained", () => {
	const { machine, socket } = setUp();
	machine.due.push({ bytes: hex("05"), to: { address: "192.0.2.3", port: 7 } });
	machine.wake();
	expect(sent(socket)).toEqual(["05 192.0.2.3:7"]);
});

test("a datagram that cannot be sent is reported, and the next one is sent", () => {
	const { machine, socket, errors } = setUp();
	socket.failure = new Error("no route");
	socket.receives("192.0.2.1", 1000, hex("01"));
	socket.failure = undefined;
	socket.receives("192.0.2.1", 1000, hex("02"));
	expect(errors).toEqual(["no route"]);
	expect(sent(socket)).toEqual(["02 192.0.2.1:1000"]);
	expect(machine.due).toEqual([]);
});

test("the deadline is kept, and nothing happens after close", () => {
	const { platform, machine, driver, socket } = setUp();
	machine.deadline = 100;
	machine.wake();
	platform.pass(100);
	machine.deadline = 200;
	machine.wake();
	driver.close();
	machine.wake();
	platform.pass(1000);
	expect(machine.expired).toEqual([100]);
	expect(socket.closed).toBe(true);
	expect(platform.armed).toBe(0);
});

test("a machine that wakes the driver while it is called is drained afterwards, not inside", () => {
	const { machine, socket } = setUp();
	const receive = machine.receive.bind(machine);
	let during: number | undefined;
	machine.receive = (bytes, length, from) => {
		receive(bytes, length, from);
		machine.wake();
		during = socket.sent.length;
	};
	socket.receives("192.0.2.1", 1000, hex("01"));
	expect(during).toBe(0);
	expect(sent(socket)).toEqual(["01 192.0.2.1:1000"]);
});
