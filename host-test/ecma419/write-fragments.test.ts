// SPDX-License-Identifier: MIT
// Messages that are written in fragments, or are larger than what is kept of them.
import { expect, test } from "vitest";
import { MQTTClient } from "../../src/ecma419/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { App, buffer, controls } from "../support/ecma419-app.ts";

test("a message in fragments goes out as they come, and only then the next", () => {
	const app = new App().connect();
	app.told();
	app.client.write(buffer("ab"), { topic: "t", byteLength: 6, QoS: 1, id: 3 });
	expect(() => app.client.write(buffer("x"), { topic: "t" })).toThrow(
		"expected 4 more bytes of the message, got options",
	);
	expect(() => app.client.write(buffer("xxxxx"))).toThrow("expected a fragment of at most 4 bytes, got 5");
	expect(() => app.client.write(null, { operation: MQTTClient.PINGREQ })).toThrow("4 more bytes");
	expect(app.client.write(buffer("cd"))).toBe(2);
	expect(app.said()).toEqual([]);
	app.client.write(buffer("ef"));
	app.client.write(buffer("x"), { topic: "t" });
	expect(app.said()).toEqual(["PUBLISH 1 t=abcdef", "PUBLISH t=x"]);
	app.broker({ type: Type.PUBACK, packetIdentifier: 1 });
	expect(controls(app)).toEqual(["PUBACK 3"]);
});

test("a message larger than memory is written as the socket takes it", () => {
	const size = 100_000;
	let left = 0;
	const app = new App({
		katydid: { maximumPacketSize: 256 },
		onWritable(this: MQTTClient, count: number) {
			if (left === 0) return;
			const fragment = "y".repeat(Math.min(count, left));
			left -= fragment.length;
			this.write(buffer(fragment));
		},
	}).connect();
	app.client.write(buffer("x"), { topic: "t", byteLength: size, QoS: 1 });
	left = size - 1;
	for (let turns = 0; turns < 200; turns++) {
		app.socket.writable(700);
		app.platform.pass(0);
	}
	expect([left, app.said()]).toEqual([0, [`PUBLISH 1 t=x${"y".repeat(size - 1)}`]]);
});

test("a whole message over maximumPacketSize goes out when the socket has room for it", () => {
	const app = new App().connect(500);
	const bytes = new Uint8Array(buffer("z".repeat(8000)));
	expect(app.client.write(bytes, { topic: "t" })).toBe(0);
	bytes.fill(0);
	for (let turns = 0; turns < 20; turns++) app.socket.writable(500);
	app.client.write(buffer("next"), { topic: "t" });
	expect(app.said()).toEqual([`PUBLISH t=${"z".repeat(8000)}`, "PUBLISH t=next"]);
});

test("with reconnect a message in fragments at QoS 1 is kept, to be sent again", () => {
	const app = new App({ katydid: { reconnect: { minimum: 10, maximum: 10 }, maximumQueuedBytes: 50 } }).connect();
	expect(() => app.client.write(buffer("x"), { topic: "t", byteLength: 51, QoS: 1 })).toThrow(
		"expected at most 50 bytes, which may be written now, got 52",
	);
	app.client.write(buffer("ab"), { topic: "t", byteLength: 4, QoS: 1 });
	app.client.write(buffer("cd"));
	expect(app.said()).toEqual(["PUBLISH 1 t=abcd"]);
	app.socket.fails();
	app.platform.pass(20);
	app.socket.writable(1000);
	app.broker({ type: Type.CONNACK, sessionPresent: false, reasonCode: 0 });
	expect(app.said().slice(1)).toEqual(["PUBLISH 1 t=abcd"]);
});

test("with reconnect a message that was not whole when its connection ended is forgotten, and holds nothing up", () => {
	for (const QoS of [0, 1, 2] as const) {
		const app = new App({ katydid: { reconnect: { minimum: 10, maximum: 10 } } }).connect();
		const { client } = app;
		client.write(buffer("ab"), { topic: "t", byteLength: 6, QoS });
		client.write(buffer("cd"));
		app.socket.fails();
		app.platform.pass(20);
		app.connect();
		expect(client.write(buffer("whole"), { topic: "t" })).toBe(8192 - 6);
		expect(app.said()).toEqual(["PUBLISH t=whole"]);
	}
});

test("with reconnect a QoS 0 message that never began, and never will be whole, costs no more than a connection", () => {
	const app = new App({ katydid: { reconnect: { minimum: 10, maximum: 10 } } }).connect();
	const { client } = app;
	app.socket.writable(0);
	client.write(buffer("x".repeat(1500)), { topic: "t" });
	client.write(buffer("ab"), { topic: "t", byteLength: 6 });
	app.socket.fails();
	for (let connections = 0; connections < 2; connections++) {
		app.platform.pass(20);
		app.connect();
	}
	client.write(buffer("after"), { topic: "t" });
	expect(app.said()).toEqual(["PUBLISH t=after"]);
	expect(app.errors).toEqual([]);
});
