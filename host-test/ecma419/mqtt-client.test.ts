// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { MQTTClient, type MQTTClientOptions, type Resolver } from "../../src/ecma419/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { App, buffer, publish } from "../support/ecma419-app.ts";
import { FakePlatform } from "../support/fake-platform.ts";

test("the constructor connects: name, Keep Alive in seconds, Will and credentials as ECMA-419 spells them", () => {
	const app = new App({
		keepAlive: 59_001,
		user: "me",
		password: buffer("secret"),
		will: { topic: "will", message: buffer("gone"), QoS: 1, retain: 1 },
	});
	app.platform.pass(0);
	expect([app.socket.address, app.socket.port]).toEqual(["192.0.2.1", 1883]);
	app.socket.writable(1000);
	const sent = app.socket.written[0]!;
	expect(sent.slice(8, 12)).toEqual(Uint8Array.of(4, 0xee, 0, 60));
	expect(new TextDecoder().decode(sent.slice(12))).toBe("\0\x03app\0\x04will\0\x04gone\0\x02me\0\x06secret");
});

test("the socket's options reach its constructor, with the host", () => {
	const platform = new FakePlatform();
	let given: object = {};
	const io = class extends platform.TCP {
		constructor(options: ConstructorParameters<typeof platform.TCP>[0]) {
			super(options);
			given = options;
		}
	};
	new MQTTClient({ host: "192.0.2.9", port: "99", socket: { io, secure: { verify: true } } }, platform);
	platform.pass(0);
	expect(given).toMatchObject({ host: "192.0.2.9", address: "192.0.2.9", port: 99, secure: { verify: true } });
});

test("a resolver of the application's is made with its options, and closed with the client", () => {
	const calls: string[] = [];
	class DNS implements Resolver {
		constructor({ servers }: { servers?: string[] }) {
			calls.push(`servers ${servers}`);
		}
		resolve({ host, onResolved }: Parameters<Resolver["resolve"]>[0]): void {
			calls.push(`resolve ${host}`);
			onResolved(host, "192.0.2.7");
		}
		close(): void {
			calls.push("close");
		}
	}
	const app = new App({ host: "elsewhere", dns: { io: DNS, servers: ["1.1.1.1"] } });
	app.platform.pass(0);
	expect(app.socket.address).toBe("192.0.2.7");
	app.client.close();
	expect(calls).toEqual(["servers 1.1.1.1", "resolve elsewhere", "close"]);
});

test("a resolver that finds nothing, or throws, is a connection that was not made", () => {
	class Failing implements Resolver {
		resolve({ onError }: Parameters<Resolver["resolve"]>[0]): void {
			onError();
		}
	}
	class Throwing implements Resolver {
		resolve(): void {
			throw new Error("no network");
		}
	}
	for (const io of [Failing, Throwing]) {
		const app = new App({ dns: { io } });
		app.platform.pass(1);
		expect(app.told()).toEqual(["error CONNECT_FAILED"]);
	}
});

test("options that cannot work throw", () => {
	const app = (given: object) => () => new App(given);
	expect(app({ host: undefined })).toThrow("expected a host, got undefined");
	expect(app({ socket: undefined })).toThrow("expected socket.io to be a class, got undefined");
	expect(app({ format: "number" })).toThrow('expected format "buffer", got "number"');
	expect(app({ will: { topic: "a/#", message: "" } })).toThrow("a/#");
	expect(app({ password: 5 })).toThrow("expected a byte buffer, got number");
	expect(app({ clean: false, id: "" })).toThrow("expected a clientId for a session that is kept");
});

test("format is buffer, target the application's, and its own properties stay its own", () => {
	const { client } = new App({ target: "mine" });
	expect([client.format, client.target, Object.keys(client)]).toEqual(["buffer", "mine", ["target"]]);
	expect(() => {
		client.format = "number" as "buffer";
	}).toThrow(RangeError);
	expect([MQTTClient.CONNECT, MQTTClient.PUBLISH, MQTTClient.SUBACK, MQTTClient.DISCONNECT]).toEqual([1, 3, 9, 14]);
});

test("CONNACK comes to onControl, then onWritable says how much may be written", () => {
	const app = new App({ katydid: { maximumQueuedBytes: 5000 } }).connect();
	expect(app.told()).toEqual(["CONNACK", "writable 5000"]);
});

test("writing before CONNACK, and after the end, throws", () => {
	const app = new App();
	app.platform.pass(0);
	app.socket.writable(500);
	expect(() => app.client.write(buffer("x"), { topic: "a" })).toThrow("CONNACK comes first");
	app.client.close();
	expect(() => app.client.write(buffer("x"), { topic: "a" })).toThrow("one that was closed");
	expect(app.client.read()).toBeUndefined();
});

test("onControl of two parameters gets the opcode first, as the standard says", () => {
	const platform = new FakePlatform();
	const control: unknown[] = [];
	const options: MQTTClientOptions = {
		host: "192.0.2.1",
		socket: { io: platform.TCP },
		onControl(opcode: number, message: object) {
			control.push(this, opcode, message);
		},
	};
	const client = new MQTTClient(options, platform);
	platform.pass(0);
	platform.tcp[0]!.writable(100);
	platform.tcp[0]!.receives(Uint8Array.of(0x20, 2, 0, 0));
	platform.pass(0);
	expect(control[0]).toBe(client);
	expect(control.slice(1)).toEqual([MQTTClient.CONNACK, { operation: MQTTClient.CONNACK, returnCode: 0 }]);
});

test("a refusal, a timeout and a lost connection come to onError, once, and nothing after", () => {
	const refused = new App();
	refused.platform.pass(0);
	refused.socket.writable(100);
	refused.broker({ type: Type.CONNACK, sessionPresent: false, reasonCode: 5 });
	expect(refused.told()).toEqual(["error CONNECTION_REFUSED"]);
	expect(refused.socket.closed).toBe(true);

	const silent = new App();
	silent.platform.pass(0);
	silent.platform.pass(10_000);
	expect(silent.told()).toEqual(["error CONNECT_TIMEOUT"]);

	const lost = new App().connect();
	lost.told();
	lost.socket.fails();
	lost.socket.fails();
	lost.platform.pass(100_000);
	expect(lost.told()).toEqual(["error CONNECTION_LOST"]);
	expect([refused, silent, lost].map(({ platform }) => [platform.armed, platform.tcp.length])).toEqual([
		[0, 1],
		[0, 1],
		[0, 1],
	]);
});

test("a connection that ends takes with it what waited at QoS 0, and the error says why it ended", () => {
	const app = new App().connect();
	app.told();
	app.socket.writable(0);
	app.client.write(buffer("x"), { topic: "a" });
	app.socket.fails();
	app.platform.pass(0);
	expect(app.told()).toEqual(["error CONNECTION_LOST"]);
});

test("close ends the connection at once, without DISCONNECT and without callbacks", () => {
	for (const wait of [-1, 0, 1]) {
		const app = new App();
		if (wait >= 0) app.platform.pass(0);
		if (wait > 0) app.connect();
		app.told();
		app.client.close();
		app.client.close();
		app.platform.pass(100_000);
		expect([app.told(), app.platform.armed]).toEqual([[], 0]);
		if (wait >= 0) expect([app.said(), app.socket.closed]).toEqual([[], true]);
		else expect(app.platform.tcp).toHaveLength(0);
	}
});

test("close is legal in each callback", () => {
	const closing = {
		onReadable(this: MQTTClient) {
			this.close();
		},
	};
	const app = new App(closing).connect();
	app.told();
	app.broker(publish("a", "1"), publish("a", "2"), { type: Type.PINGRESP });
	expect([app.told(), app.socket.closed, app.platform.armed]).toEqual([[], true, 0]);
	for (const on of ["onControl", "onWritable"] as const) {
		const other = new App({
			[on](this: MQTTClient) {
				this.close();
			},
		}).connect();
		expect([other.told().length, other.socket.closed, other.platform.armed]).toEqual([
			on === "onControl" ? 1 : 2,
			true,
			0,
		]);
	}
});

test("DISCONNECT leaves when all is acknowledged; then comes onClose, or onError to who has none", () => {
	const closes: string[] = [];
	const app = new App({ onClose: () => closes.push("closed") }).connect();
	app.told();
	app.client.write(buffer("x"), { topic: "a", QoS: 1 });
	expect(app.client.write(null, { operation: MQTTClient.DISCONNECT })).toBe(0);
	expect(app.said()).toEqual(["PUBLISH 1 a=x"]);
	app.broker({ type: Type.PUBACK, packetIdentifier: 1 });
	expect([app.said(), app.socket.closed, closes]).toEqual([["DISCONNECT"], true, ["closed"]]);
	expect(app.told()).toEqual(["PUBACK 1"]);

	const other = new App().connect();
	other.told();
	other.client.write(null, { operation: MQTTClient.DISCONNECT });
	other.platform.pass(0);
	expect([other.said(), other.told()]).toEqual([["DISCONNECT"], ["error CLOSED"]]);
});

test("what a callback throws ends the client, and never leaves it", () => {
	for (const on of ["onControl", "onReadable", "onWritable"] as const) {
		const app = new App({
			[on]() {
				throw new Error("oops");
			},
		}).connect();
		if (on === "onReadable") app.broker(publish("a", "x"));
		expect([app.errors.map(({ message }) => message), app.socket.closed]).toEqual([[`${on} threw Error: oops`], true]);
	}
	const last = new App({
		onError() {
			throw new Error("again");
		},
	}).connect();
	last.socket.fails();
	last.platform.pass(0);
	expect(last.errors).toHaveLength(1);
});

test("a session that the broker kept is taken up with clean: false", () => {
	const app = new App({ clean: false });
	app.platform.pass(0);
	app.socket.writable(1000);
	expect(app.said()).toEqual(["CONNECT app kept"]);
	app.broker(
		{ type: Type.CONNACK, sessionPresent: true, reasonCode: 0 },
		publish("a", "kept", { qos: 1, packetIdentifier: 9 }),
	);
	expect(app.told()).toEqual(["CONNACK", "a: kept", "writable 8192"]);
});

test("with katydid's reconnect a lost connection comes back: CONNACK is told again, subscriptions are remembered", () => {
	const app = new App({ katydid: { reconnect: { minimum: 100, maximum: 100 } } }).connect();
	app.client.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: "a", QoS: 1 }], id: 7 });
	app.broker({ type: Type.SUBACK, packetIdentifier: 1, reasonCodes: [1] });
	app.client.write(buffer("x"), { topic: "b", QoS: 1, id: 8 });
	app.told();
	app.socket.fails();
	app.platform.pass(50);
	expect(() => app.client.write(buffer("y"), { topic: "b" })).toThrow("CONNACK comes first");
	app.platform.pass(100);
	expect(app.platform.tcp).toHaveLength(2);
	app.socket.writable(1000);
	app.broker({ type: Type.CONNACK, sessionPresent: false, reasonCode: 0 });
	const [, ...again] = app.said();
	expect(again.map((line) => line.replace(/ \d+/, ""))).toEqual(["SUBSCRIBE a at 1", "PUBLISH b=x"]);
	const identifier = Number(again[1]!.split(" ")[1]);
	app.broker({ type: Type.PUBACK, packetIdentifier: identifier });
	expect(app.told().filter((line) => !line.startsWith("writable"))).toEqual(["CONNACK", "PUBACK 8"]);
});
