// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { DatagramDriver, type DatagramMachine, type Endpoint } from "../../src/drive/index.ts";
import { FakePlatform } from "../support/fake-platform.ts";
import { hex, toHex } from "../support/hex.ts";

/** A machine that sends each datagram back, at once when it is `prompt`, and what is in `waiting`. */
class Echo implements DatagramMachine {
	deadline = Infinity;
	wake = () => {};
	waiting: { bytes: Uint8Array; to: Endpoint }[] = [];
	expired: number[] = [];
	prompt = false;

	get due(): boolean {
		return this.waiting.length > 0;
	}

	receive(bytes: Uint8Array, from: Endpoint): Uint8Array | undefined {
		if (this.prompt) return bytes;
		this.waiting.push({ bytes: bytes.slice(), to: { address: from.address, port: from.port } });
		return undefined;
	}

	transmit(to: Endpoint): Uint8Array | undefined {
		const next = this.waiting.shift();
		if (!next) return undefined;
		to.address = next.to.address;
		to.port = next.to.port;
		return next.bytes;
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
	const told = { next: () => {} };
	const driver = new DatagramDriver(machine, platform, 5683, (error) => {
		errors.push(error.message);
		told.next();
		if (error.message === "reported badly") throw error;
	});
	return { platform, machine, driver, errors, told, socket: platform.udp[0]! };
}

const sent = (socket: { sent: { bytes: Uint8Array; address: string; port: number }[] }) =>
	socket.sent.map(({ bytes, address, port }) => `${toHex(bytes)} ${address}:${port}`);

test("each datagram goes to the machine with its sender, and what is due goes out to its destination", () => {
	const { socket } = setUp();
	socket.receives("192.0.2.1", 1000, hex("01"), hex("02 03"));
	socket.receives("192.0.2.2", 2000, hex("04"));
	expect(sent(socket)).toEqual(["01 192.0.2.1:1000", "0203 192.0.2.1:1000", "04 192.0.2.2:2000"]);
});

test("a reply goes to the sender at once, before what is due besides", () => {
	const { machine, socket } = setUp();
	machine.prompt = true;
	machine.waiting.push({ bytes: hex("05"), to: { address: "192.0.2.3", port: 7 } });
	socket.receives("192.0.2.1", 1000, hex("01"), hex("02"));
	expect(sent(socket)).toEqual(["01 192.0.2.1:1000", "05 192.0.2.3:7", "02 192.0.2.1:1000"]);
});

test("a reply of a machine that closed the driver is not sent", () => {
	const { machine, driver, socket, errors } = setUp();
	machine.receive = (bytes) => {
		driver.close();
		return bytes;
	};
	socket.receives("192.0.2.1", 1000, hex("01"), hex("02"));
	expect(socket.sent).toEqual([]);
	expect(errors).toEqual([]);
});

test("a machine that is due but gives nothing is not asked again", () => {
	const { machine, socket } = setUp();
	machine.transmit = () => undefined;
	socket.receives("192.0.2.1", 1000, hex("01"));
	expect(machine.due).toBe(true);
	expect(socket.sent).toEqual([]);
});

test("a machine that is woken is drained", () => {
	const { machine, socket } = setUp();
	machine.waiting.push({ bytes: hex("05"), to: { address: "192.0.2.3", port: 7 } });
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
	expect(machine.waiting).toEqual([]);
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
	machine.receive = (bytes, from) => {
		const reply = receive(bytes, from);
		machine.wake();
		during = socket.sent.length;
		return reply;
	};
	socket.receives("192.0.2.1", 1000, hex("01"));
	expect(during).toBe(0);
	expect(sent(socket)).toEqual(["01 192.0.2.1:1000"]);
});

test("a machine that wakes the driver at its deadline is drained afterwards, not inside", () => {
	const { platform, machine, socket } = setUp();
	let during: number | undefined;
	machine.expire = () => {
		machine.deadline = Infinity;
		machine.waiting.push({ bytes: hex("07"), to: { address: "192.0.2.1", port: 7 } });
		machine.wake();
		during = socket.sent.length;
	};
	machine.deadline = 100;
	machine.wake();
	platform.pass(100);
	expect(during).toBe(0);
	expect(sent(socket)).toEqual(["07 192.0.2.1:7"]);
});

test("a machine that closes the driver while it is drained sends nothing more, and leaves no timer", () => {
	const { platform, machine, driver, socket, errors } = setUp();
	const transmit = machine.transmit.bind(machine);
	machine.transmit = (to) => {
		driver.close();
		return transmit(to);
	};
	machine.deadline = 100;
	machine.wake();
	socket.receives("192.0.2.1", 1000, hex("01"), hex("02"));
	expect(socket.sent).toEqual([]);
	expect(errors).toEqual([]);
	expect(platform.armed).toBe(0);
});

test("a machine that closes the driver while it receives or expires leaves no timer", () => {
	for (const call of ["receive", "expire"] as const) {
		const { platform, machine, driver, socket } = setUp();
		machine[call] = () => {
			driver.close();
			machine.deadline = 200;
			return undefined;
		};
		machine.deadline = 100;
		machine.wake();
		if (call === "receive") socket.receives("192.0.2.1", 1000, hex("01"));
		else platform.pass(100);
		expect(platform.armed).toBe(0);
	}
});

test("a machine that is woken while an error is told of is drained afterwards, not inside", () => {
	const { machine, socket, told } = setUp();
	let during: number | undefined;
	machine.prompt = true;
	socket.failure = new Error("no route");
	told.next = () => {
		socket.failure = undefined;
		machine.waiting.push({ bytes: hex("05"), to: { address: "192.0.2.3", port: 7 } });
		machine.wake();
		during = socket.sent.length;
	};
	socket.receives("192.0.2.1", 1000, hex("01"));
	expect(during).toBe(0);
	expect(sent(socket)).toEqual(["05 192.0.2.3:7"]);
});

test("an error that is reported to somebody who throws does not escape, and does not stop the driver", () => {
	const { socket, errors } = setUp();
	socket.failure = new Error("reported badly");
	socket.receives("192.0.2.1", 1000, hex("01"));
	socket.failure = undefined;
	socket.receives("192.0.2.1", 1000, hex("02"));
	expect(errors).toEqual(["reported badly"]);
	expect(sent(socket)).toEqual(["02 192.0.2.1:1000"]);
});

test("a socket that fails is reported", () => {
	const { socket, errors } = setUp();
	socket.fails(new Error("no network"));
	socket.fails();
	expect(errors).toEqual(["no network", "the socket failed"]);
});
