// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import {
	type Endpoint,
	type Listener,
	ListenerDriver,
	type ListenerOptions,
	type Platform,
	type StreamMachine,
	type StreamTarget,
	type TCP,
} from "../../src/drive/index.ts";
import { FakePlatform, FakeTCP } from "../support/fake-platform.ts";
import { hex, toHex } from "../support/hex.ts";

/** A machine that gives back what it is given. */
class Mirror implements StreamMachine {
	paused = false;
	deadline = Infinity;
	target: StreamTarget | undefined;
	wake = () => {};
	log: string[] = [];
	readonly input = this;
	private bytes = new Uint8Array(0);

	constructor({ address, port }: Readonly<Endpoint>) {
		this.target = { host: address, port };
	}

	opened(): void {
		this.log.push("opened");
	}

	closed(_now: number, error?: Error): void {
		this.log.push(`closed ${error?.message}`);
		this.target = undefined;
	}

	room(most: number): Uint8Array {
		this.bytes = new Uint8Array(most);
		return this.bytes;
	}

	receive(): void {
		this.log.push(toHex(this.bytes));
	}

	get due(): boolean {
		return this.bytes.length > 0;
	}

	transmit(): Uint8Array {
		const { bytes } = this;
		this.bytes = new Uint8Array(0);
		return bytes;
	}

	expire(): void {}
}

/** A listener whose connections are the test's. */
class FakeListener implements Listener {
	format = "socket/tcp" as const;
	closed = false;
	readonly port: number;
	private readonly options: ListenerOptions;
	private readonly waiting: TCP[] = [];

	constructor(options: ListenerOptions) {
		this.options = options;
		this.port = options.port || 49_152;
	}

	accepts(...sockets: TCP[]): void {
		this.waiting.push(...sockets);
		this.options.onReadable?.call(this, sockets.length);
	}

	read(): TCP | undefined {
		return this.waiting.shift();
	}

	close(): void {
		this.closed = true;
	}
}

/** A connection from outside. */
class Caller extends FakeTCP {
	constructor(address: string | undefined, port: number | undefined) {
		super({ address: "", port: 0 });
		Object.assign(this, { remoteAddress: address, remotePort: port });
	}
}

function setUp(most = 9) {
	const fake = new FakePlatform();
	let listener!: FakeListener;
	const platform: Platform = Object.assign(fake, {
		Listener: class extends FakeListener {
			constructor(options: ListenerOptions) {
				super(options);
				listener = this;
			}
		},
	});
	const machines: Mirror[] = [];
	const errors: Error[] = [];
	const acceptor = {
		accept(endpoint: Readonly<Endpoint>) {
			if (machines.length >= most) return undefined;
			machines.push(new Mirror(endpoint));
			return machines.at(-1);
		},
	};
	const driver = new ListenerDriver(acceptor, platform, 5683, (error) => errors.push(error));
	return { fake, driver, listener, machines, errors };
}

test("each connection gets a machine of its own, and its bytes both ways", () => {
	const { fake, driver, listener, machines } = setUp();
	expect(driver.port).toBe(5683);
	listener.accepts(new Caller("192.0.2.1", 1), new Caller("192.0.2.2", 2));
	expect(machines.map(({ target }) => target)).toEqual([
		{ host: "192.0.2.1", port: 1 },
		{ host: "192.0.2.2", port: 2 },
	]);
	const [first, second] = fake.tcp;
	first!.writable(100);
	second!.writable(100);
	second!.receives(hex("01 02"));
	expect(machines.map(({ log }) => log)).toEqual([["opened"], ["opened", "0102"]]);
	expect(second!.written.map(toHex)).toEqual(["0102"]);
});

test("a connection is closed when its machine wants none any more, and told when it ends", () => {
	const { fake, listener, machines } = setUp();
	listener.accepts(new Caller("192.0.2.1", 1), new Caller("192.0.2.2", 2));
	for (const socket of fake.tcp) socket.writable(100);
	machines[0]!.target = undefined;
	machines[0]!.wake();
	expect(fake.tcp[0]!.closed).toBe(true);
	fake.tcp[1]!.fails();
	expect(machines[1]!.log).toEqual(["opened", "closed the connection ended"]);
	fake.pass(10_000);
	expect(fake.tcp).toHaveLength(2);
});

test("a connection without a machine, or from nowhere, is closed at once", () => {
	const { listener, machines } = setUp(1);
	const callers = [new Caller(undefined, undefined), new Caller("192.0.2.1", 1), new Caller("192.0.2.2", 2)];
	listener.accepts(...callers);
	expect(callers.map(({ closed }) => closed)).toEqual([true, false, true]);
	expect(machines).toHaveLength(1);
});

test("a connection that cannot be taken over is one that was lost", () => {
	const { fake, listener, machines } = setUp();
	fake.failure = new Error("no memory");
	listener.accepts(new Caller("192.0.2.1", 1));
	expect(machines[0]!.log).toEqual(["closed no memory"]);
});

test("what the acceptor throws is told, and the next connection is taken", () => {
	const fake = Object.assign(new FakePlatform(), { Listener: FakeListener });
	let listener!: FakeListener;
	fake.Listener = class extends FakeListener {
		constructor(options: ListenerOptions) {
			super(options);
			listener = this;
		}
	};
	const errors: string[] = [];
	let calls = 0;
	const accept = () => {
		calls++;
		throw new Error("full");
	};
	new ListenerDriver({ accept }, fake, 0, ({ message }) => errors.push(message));
	listener.accepts(new Caller("192.0.2.1", 1), new Caller("192.0.2.2", 2));
	expect([calls, errors]).toEqual([2, ["full", "full"]]);
});

test("when it is closed it listens no more; a platform without listeners has none", () => {
	const { driver, listener } = setUp();
	driver.close();
	expect(listener.closed).toBe(true);
	expect(() => new ListenerDriver({ accept: () => undefined }, new FakePlatform(), 0, () => {})).toThrow("listeners");
});
