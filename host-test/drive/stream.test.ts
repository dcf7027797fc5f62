// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { StreamDriver, type StreamMachine, type StreamTarget } from "../../src/drive/index.ts";
import { FakePlatform } from "../support/fake-platform.ts";
import { hex, toHex } from "../support/hex.ts";

const BROKER: StreamTarget = { host: "192.0.2.1", port: 1883 };

/** A machine that sends what it is told to, and notes what it is given. */
class Scripted implements StreamMachine {
	readonly input = this;
	paused = false;
	deadline = Infinity;
	target: StreamTarget | undefined;
	wake = () => {};
	log: string[] = [];
	bytes: Uint8Array[] = [];
	private came = new Uint8Array(0);

	opened(now: number): void {
		this.log.push(`opened ${now}`);
	}

	closed(now: number, error?: Error): void {
		this.log.push(`closed ${now} ${error?.message}`);
		this.target = undefined;
	}

	room(most: number): Uint8Array {
		this.came = new Uint8Array(Math.min(most, 1024));
		return this.came;
	}

	receive(): void {
		this.log.push(`received ${toHex(this.came)}`);
	}

	get due(): boolean {
		return this.bytes.length > 0;
	}

	transmit(most: number): Uint8Array | undefined {
		return this.bytes[0] && this.bytes[0].length <= most ? this.bytes.shift() : undefined;
	}

	expire(now: number): void {
		if (now < this.deadline) return;
		this.log.push(`expired ${now}`);
		this.deadline = Infinity;
	}
}

function setUp() {
	const platform = new FakePlatform();
	const machine = new Scripted();
	new StreamDriver(machine, platform);
	const want = (target: StreamTarget | undefined) => {
		machine.target = target;
		machine.wake();
		platform.pass(0);
	};
	return { platform, machine, want };
}

test("a connection that is interrupted is closed and lost at once; one that is not there is not", () => {
	const platform = new FakePlatform();
	const machine = new Scripted();
	const driver = new StreamDriver(machine, platform);
	driver.interrupt(new Error("the network is gone"));
	machine.target = BROKER;
	machine.wake();
	platform.pass(0);
	platform.tcp[0]!.writable(100);
	driver.interrupt(new Error("the network is gone"));
	driver.interrupt(new Error("the network is gone"));
	expect(machine.log).toEqual(["opened 0", "closed 0 the network is gone"]);
	expect(platform.tcp[0]!.closed).toBe(true);
	machine.target = { ...BROKER };
	machine.wake();
	driver.interrupt(new Error("before it was resolved"));
	platform.pass(0);
	expect(machine.log.at(-1)).toBe("closed 0 before it was resolved");
	expect(platform.tcp.length).toBe(1);
});

test("a connection is opened when the machine wants one, and closed when it no longer does", () => {
	const { platform, machine, want } = setUp();
	expect(platform.tcp).toHaveLength(0);
	want(BROKER);
	const [socket] = platform.tcp;
	expect([socket!.address, socket!.port]).toEqual(["192.0.2.1", 1883]);
	socket!.writable(100);
	want(undefined);
	expect(socket!.closed).toBe(true);
	expect(machine.log).toEqual(["opened 0"]);
});

test("what is due is written when the socket takes it, before a wanted end", () => {
	const { platform, machine, want } = setUp();
	machine.bytes = [hex("01"), hex("02 03")];
	want(BROKER);
	const [socket] = platform.tcp;
	expect(socket!.written).toEqual([]);
	socket!.writable(2);
	expect(socket!.written.map(toHex)).toEqual(["01"]);
	socket!.writable(2);
	machine.bytes = [hex("e0 00")];
	socket!.writable(2);
	want(undefined);
	expect(socket!.written.map(toHex)).toEqual(["01", "0203", "e000"]);
	expect(socket!.closed).toBe(true);
});

test("no more is written than the socket says it takes, which is less than was when it adds to each write", () => {
	const { platform, machine, want } = setUp();
	machine.bytes = [hex("01 02"), hex("03 04"), hex("05")];
	want(BROKER);
	const [socket] = platform.tcp;
	socket!.overhead = 5;
	socket!.writable(9);
	expect(socket!.written.map(toHex)).toEqual(["0102", "0304"]);
	socket!.writable(9);
	expect(socket!.written.map(toHex)).toEqual(["0102", "0304", "05"]);
});

test("what is written leaves at once, however little it is", () => {
	const { platform, want } = setUp();
	want(BROKER);
	want({ ...BROKER, tls: {} });
	expect(platform.tcp.map(({ delays }) => delays)).toEqual([false, false]);
});

test("a target with tls has the platform's TLS socket, which is given the name and the settings", () => {
	const { platform, machine, want } = setUp();
	platform.names = { "broker.local": "192.0.2.7" };
	const tls = { ca: "PEM", alpn: ["mqtt"] };
	want(BROKER);
	expect(platform.tcp[0]!.secure).toBeUndefined();
	want({ host: "broker.local", port: 8883, tls });
	const socket = platform.tcp[1]!;
	expect([socket.address, socket.port, socket.secure]).toEqual([
		"192.0.2.7",
		8883,
		{ host: "broker.local", secure: tls },
	]);
	socket.fails(new Error("certificate has expired"));
	expect(machine.log).toEqual(["closed 0 certificate has expired"]);
});

test("a target with tls is never spoken to without, on a platform that has none", () => {
	const { platform, machine, want } = setUp();
	platform.TLS = undefined;
	want({ host: "192.0.2.1", port: 8883, tls: {} });
	expect(platform.tcp).toHaveLength(0);
	expect(machine.log).toEqual(["closed 0 expected a platform with TLS for 192.0.2.1:8883, got one without"]);
});

test("received bytes reach the machine, however many come at once", () => {
	const { platform, machine, want } = setUp();
	want(BROKER);
	platform.tcp[0]!.writable(100);
	platform.tcp[0]!.receives(new Uint8Array(2500));
	platform.tcp[0]!.receives(hex("ff"));
	expect(machine.log.map((line) => line.length)).toEqual([8, 9 + 2048, 9 + 2048, 9 + 904, 9 + 2]);
	expect(machine.log.at(-1)).toBe("received ff");
});

test("a lost connection is told once, and nothing of the old socket is heard again", () => {
	const { platform, machine, want } = setUp();
	want(BROKER);
	const [socket] = platform.tcp;
	socket!.writable(100);
	platform.pass(10);
	socket!.fails();
	socket!.fails();
	socket!.writable(5);
	expect(machine.log).toEqual(["opened 0", "closed 10 the connection ended"]);
	expect(socket!.closed).toBe(true);
});

test("a write that fails is a lost connection", () => {
	const { platform, machine, want } = setUp();
	want(BROKER);
	platform.tcp[0]!.failure = new Error("reset");
	machine.bytes = [hex("01"), hex("02")];
	platform.tcp[0]!.writable(100);
	expect(machine.log).toEqual(["opened 0", "closed 0 reset"]);
});

test("a name is resolved first; one without address, a refusal and a dead network are lost connections", () => {
	const { platform, machine, want } = setUp();
	platform.names = { "broker.local": "192.0.2.7" };
	want({ host: "broker.local", port: 1 });
	expect(platform.tcp[0]!.address).toBe("192.0.2.7");
	platform.tcp[0]!.fails();
	want({ host: "nowhere.local", port: 1 });
	platform.failure = new Error("no network");
	want(BROKER);
	expect(machine.log).toEqual([
		"closed 0 no connection to broker.local:1",
		"closed 0 no address for nowhere.local",
		"closed 0 no network",
	]);
});

test("an answer to a question about a name that nobody waits for any more opens nothing", () => {
	const { platform, machine, want } = setUp();
	machine.target = BROKER;
	machine.wake();
	want(undefined);
	expect(platform.tcp).toHaveLength(0);
});

test("the deadline is kept, also when it moves or is further than timers count", () => {
	const { platform, machine } = setUp();
	machine.deadline = 500;
	machine.wake();
	machine.deadline = 300;
	machine.wake();
	platform.pass(1000);
	expect(machine.log).toEqual(["expired 300"]);
	expect(platform.armed).toBe(0);
	machine.deadline = 40 * 86_400_000;
	machine.wake();
	platform.pass(39 * 86_400_000);
	expect(platform.armed).toBe(1);
});

test("the machine may be woken from inside its own callbacks", () => {
	const { platform, machine, want } = setUp();
	machine.opened = () => {
		machine.bytes.push(hex("05"));
		machine.wake();
		machine.wake();
	};
	want(BROKER);
	platform.tcp[0]!.writable(10);
	expect(platform.tcp[0]!.written.map(toHex)).toEqual(["05"]);
});

test("a machine that wakes the driver while it is called is drained afterwards, not inside", () => {
	const { platform, machine, want } = setUp();
	want(BROKER);
	const [socket] = platform.tcp;
	socket!.writable(10);
	const during: number[] = [];
	machine.receive = () => {
		machine.bytes.push(hex("06"));
		machine.wake();
		during.push(socket!.written.length);
	};
	socket!.receives(hex("01"));
	expect(during).toEqual([0]);
	expect(socket!.written.map(toHex)).toEqual(["06"]);
});

test("a machine that wakes the driver at its deadline is drained afterwards, not inside", () => {
	const { platform, machine, want } = setUp();
	want(BROKER);
	const [socket] = platform.tcp;
	socket!.writable(10);
	let during: number | undefined;
	machine.expire = () => {
		machine.deadline = Infinity;
		machine.bytes.push(hex("07"));
		machine.wake();
		during = socket!.written.length;
	};
	machine.deadline = 100;
	machine.wake();
	platform.pass(100);
	expect(during).toBe(0);
	expect(socket!.written.map(toHex)).toEqual(["07"]);
});
