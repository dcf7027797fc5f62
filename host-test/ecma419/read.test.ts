// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { type FragmentOptions, MQTTClient } from "../../src/ecma419/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { App, bytesOf, publish, text } from "../support/ecma419-app.ts";
import { FakePlatform } from "../support/fake-platform.ts";

test("a message comes with its topic, QoS and length, and is acknowledged", () => {
	const seen: unknown[] = [];
	const app = new App({
		onReadable(this: MQTTClient, count: number, options: FragmentOptions) {
			seen.push(count, options, text(this.read()));
		},
	}).connect();
	app.broker(publish("a/b", "hello", { qos: 1, packetIdentifier: 7 }));
	expect(seen).toEqual([5, { topic: "a/b", QoS: 1, byteLength: 5, more: false }, "hello"]);
	expect(app.said()).toEqual(["PUBACK 7"]);
});

test("read gives what is asked for, at most what is there, and nothing when all was read", () => {
	const app = new App({ onReadable() {} }).connect();
	app.broker(publish("a", "0123456789"));
	const { client } = app;
	const into = new Uint8Array(3);
	const view = new DataView(new ArrayBuffer(8), 2, 2);
	expect([text(client.read(2)), client.read(into), text(into.buffer)]).toEqual(["01", 3, "234"]);
	expect([client.read(view), text(view.buffer)]).toEqual([2, "\0\x0056\0\0\0\0"]);
	expect(() => client.read(new Uint16Array(1) as never)).toThrow(TypeError);
	expect(() => client.read(-1)).toThrow("expected a count of bytes, got -1");
	expect(() => client.read("1" as never)).toThrow(RangeError);
	expect([client.read(new ArrayBuffer(2)), text(client.read(100)), client.read(), client.read(into)]).toEqual([
		2,
		"9",
		undefined,
		undefined,
	]);
});

test("an empty message is told, and read as no bytes", () => {
	const app = new App().connect();
	app.told();
	app.broker(publish("a", ""), publish("a", "x"));
	expect(app.told()).toEqual(["a: ", "a: x"]);
});

test("messages and packets are told in the order of the wire, however they are cut", () => {
	for (const size of [1, 2, 3, 7, 1000]) {
		const app = new App().connect();
		app.client.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: "a" }], id: 5 });
		app.said();
		app.told();
		const bytes = bytesOf(
			publish("a", "1", { qos: 2, packetIdentifier: 1 }),
			{ type: Type.SUBACK, packetIdentifier: 1, reasonCodes: [0] },
			publish("a", "2"),
			{ type: Type.PUBREL, packetIdentifier: 1 },
			publish("b", "3", { qos: 1, packetIdentifier: 2 }),
		);
		for (let at = 0; at < bytes.length; at += size) {
			app.socket.receives(bytes.slice(at, at + size));
			app.platform.pass(0);
		}
		expect(app.told()).toEqual(["a: 1", "SUBACK 5 [0]", "a: 2", "b: 3"]);
		expect(app.said()).toEqual(["PUBREC 1", "PUBCOMP 1", "PUBACK 2"]);
	}
});

test("while a message is not read, nothing more is told nor taken from the socket; then it goes on in a turn of its own", () => {
	const seen: string[] = [];
	const app = new App({ onReadable: (count, { topic }) => seen.push(`${topic} ${count}`) }).connect();
	app.told();
	app.broker(publish("a", "12"), ...Array.from({ length: 300 }, () => publish("b", "0123456789")), {
		type: Type.PINGRESP,
	});
	app.platform.pass(100_000);
	expect([seen, app.told()]).toEqual([["a 2"], []]);
	app.client.read(1);
	app.platform.pass(0);
	expect(seen).toEqual(["a 2"]);
	app.client.read(1);
	expect(seen).toEqual(["a 2"]);
	app.platform.pass(0);
	expect(seen).toEqual(["a 2", "b 10"]);
	for (let i = 0; i < 300; i++) {
		app.client.read();
		app.platform.pass(0);
	}
	expect(seen).toHaveLength(301);
	expect(app.told()).toEqual([]);
	app.broker(publish("last", "."));
	app.socket.fails();
	app.platform.pass(0);
	expect([seen.at(-1), app.told()]).toEqual(["last 1", []]);
	app.client.read();
	app.platform.pass(0);
	expect(app.told()).toEqual(["error CONNECTION_LOST"]);
});

test("of what comes while a message is not read, no more than a buffer is taken from the socket", () => {
	const large = publish("large", "x".repeat(20_000));
	const small = Array.from({ length: 20 }, (_, i) => publish(`small/${i}`, "y".repeat(1000)));
	for (const packets of [[large], small]) {
		const app = new App({ onReadable() {} }).connect();
		let taken = 0;
		const { socket } = app;
		const read = socket.read.bind(socket) as unknown as (into: Uint8Array) => never;
		socket.read = (into?: unknown) => {
			taken += (into as Uint8Array).length;
			return read(into as Uint8Array);
		};
		app.broker(...packets);
		app.platform.pass(1000);
		expect(taken).toBeLessThan(2200);
		while (app.client.read() !== undefined) app.platform.pass(0);
		expect(taken).toBe(bytesOf(...packets).length);
	}
});

test("messages that nobody reads, since they are empty or there is no onReadable, hold nothing up", () => {
	const app = new App({ onReadable() {} }).connect();
	app.client.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: "a" }], id: 5 });
	app.told();
	app.broker(publish("a", ""), { type: Type.SUBACK, packetIdentifier: 1, reasonCodes: [0] });
	expect(app.told()).toEqual(["SUBACK 5 [0]"]);

	const platform = new FakePlatform();
	const heard: number[] = [];
	const onControl = ({ operation }: { operation: number }) => heard.push(operation);
	const client = new MQTTClient({ host: "192.0.2.1", socket: { io: platform.TCP }, onControl }, platform);
	platform.pass(0);
	const [socket] = platform.tcp;
	socket!.writable(1000);
	socket!.receives(bytesOf({ type: Type.CONNACK, sessionPresent: false, reasonCode: 0 }, publish("a", "unheard")));
	platform.pass(0);
	client.write(null, { operation: MQTTClient.PINGREQ });
	socket!.receives(bytesOf({ type: Type.PINGRESP }));
	platform.pass(0);
	expect(heard).toEqual([MQTTClient.CONNACK, MQTTClient.PINGRESP]);
});

test("a message larger than the buffer comes in fragments: the first says how long it is, the last that it is the last", () => {
	const seen: FragmentOptions[] = [];
	let whole = "";
	const app = new App({
		katydid: { maximumPacketSize: 256 },
		onReadable(this: MQTTClient, count: number, options: FragmentOptions) {
			seen.push(options);
			whole += text(this.read(count));
		},
	}).connect();
	const payload = Array.from({ length: 1000 }, (_, i) => i).join();
	app.broker(publish("large", payload, { qos: 1, packetIdentifier: 5 }), publish("small", "."));
	expect(whole).toBe(`${payload}.`);
	expect(seen[0]).toEqual({ topic: "large", QoS: 1, byteLength: payload.length, more: true });
	expect(seen.slice(1, -2).every((options) => options.more && options.topic === undefined)).toBe(true);
	expect(seen.at(-2)).toEqual({ more: false });
	expect(app.said()).toEqual(["PUBACK 5"]);
});

test("a message over the limit that was set is refused with an error that says so", () => {
	const app = new App({ katydid: { maximumPacketSize: 256, maximumStreamedSize: 500 } }).connect();
	app.told();
	app.broker(publish("large", "x".repeat(600)));
	expect(app.told()).toEqual(["error DROPPED"]);
	expect(app.errors[0]!.message).toBe('a message to "large" is over 500 bytes');

	const errors: string[] = [];
	const other = new App({
		katydid: { maximumPacketSize: 256, maximumStreamedSize: 500, onError: ({ message }) => errors.push(message) },
	}).connect();
	other.told();
	other.broker(publish("large", "x".repeat(600)), publish("a", "after"));
	expect([other.told(), errors]).toEqual([["a: after"], ['a message to "large" is over 500 bytes']]);
});

test("what is no MQTT ends the client", () => {
	const app = new App().connect();
	app.told();
	app.socket.receives(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0x01, 0x00));
	app.platform.pass(0);
	expect(app.told()).toEqual(["error BROKEN_FORMAT"]);
});
