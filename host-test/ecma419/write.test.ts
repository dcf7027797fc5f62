// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { MQTTClient } from "../../src/ecma419/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { App, buffer, controls } from "../support/ecma419-app.ts";

const { SUBSCRIBE, UNSUBSCRIBE } = MQTTClient;

test("PUBLISH at each QoS: payloads of every kind of Byte Buffer, topics as text or its bytes", () => {
	const app = new App().connect();
	const bytes = new TextEncoder().encode("-xyz-");
	app.client.write(buffer("1"), { topic: "a" });
	app.client.write(bytes.subarray(1, 4), { topic: buffer("ä"), retain: true });
	app.client.write(new DataView(bytes.buffer, 1, 1), { topic: "a", QoS: 1 });
	app.client.write(new Int8Array(bytes.buffer, 2, 1), { topic: "a", QoS: 2, duplicate: true });
	app.client.write(new ArrayBuffer(0), { topic: "a" });
	expect(app.said()).toEqual(["PUBLISH a=1", "PUBLISH ä=xyz retained", "PUBLISH 1 a=x", "PUBLISH 2 a=y", "PUBLISH a="]);
});

test("write returns what may still be written", () => {
	const app = new App({ katydid: { maximumQueuedBytes: 500 } }).connect();
	app.told();
	// Payload and topic name count until the message is sent, or acknowledged.
	expect(app.client.write(buffer("1234"), { topic: "a" })).toBe(495);
	expect(app.client.write(buffer("1234"), { topic: "a", QoS: 1 })).toBe(490);
	expect(app.client.write(null, { operation: MQTTClient.PINGREQ })).toBe(495);
	app.platform.pass(0);
	expect(app.told()).toEqual(["writable 495"]);
	app.broker({ type: Type.PUBACK, packetIdentifier: 1 });
	expect(app.told()).toEqual(["PINGRESP", "PUBACK 2", "writable 500"]);
});

test("acknowledgements are told with the ids that the application gave, or ours", () => {
	const app = new App().connect();
	app.client.write(buffer("x"), { topic: "a", QoS: 1, id: 1234 });
	app.client.write(buffer("x"), { topic: "a", QoS: 2, id: 77 });
	app.client.write(buffer("x"), { topic: "a", QoS: 2 });
	app.told();
	app.broker({ type: Type.PUBREC, packetIdentifier: 2 }, { type: Type.PUBREC, packetIdentifier: 3 });
	app.broker({ type: Type.PUBACK, packetIdentifier: 1 });
	app.broker({ type: Type.PUBCOMP, packetIdentifier: 2 }, { type: Type.PUBCOMP, packetIdentifier: 3 });
	expect(controls(app)).toEqual(["PUBACK 1234", "PUBREC 77", "PUBCOMP 77", "PUBREC 1", "PUBCOMP 1"]);
	expect(app.said().slice(3)).toEqual(["PUBREL 2", "PUBREL 3"]);
	app.client.write(buffer("x"), { topic: "a", QoS: 1, id: 9 });
	const identifier = Number(app.said()[0]!.split(" ")[1]);
	app.broker({ type: Type.PUBACK, packetIdentifier: identifier });
	expect(controls(app)).toEqual(["PUBACK 9"]);
});

test("items of a SUBSCRIBE are answered together, with what was granted of each", () => {
	const app = new App().connect();
	app.told();
	app.client.write(null, {
		operation: SUBSCRIBE,
		id: 5,
		items: [{ topic: "a/+", QoS: 2 }, { topic: buffer("b") }, { topic: "c" }],
	});
	expect(app.said()).toEqual(["SUBSCRIBE 1 a/+ at 2", "SUBSCRIBE 2 b at 0", "SUBSCRIBE 3 c at 0"]);
	app.broker({ type: Type.SUBACK, packetIdentifier: 2, reasonCodes: [0x80] });
	app.broker({ type: Type.SUBACK, packetIdentifier: 1, reasonCodes: [1] });
	expect(app.told()).toEqual([]);
	app.broker({ type: Type.SUBACK, packetIdentifier: 3, reasonCodes: [0] });
	expect(app.told()).toEqual(["SUBACK 5 [1,128,0]"]);
});

test("an UNSUBSCRIBE goes out for what was never subscribed to; of one filter the last question counts, and each has its answer", () => {
	const app = new App().connect();
	app.told();
	const items = [{ topic: "a" }];
	const { client } = app;
	client.write(null, { operation: SUBSCRIBE, items, id: 1 });
	client.write(null, { operation: UNSUBSCRIBE, items: [{ topic: "frogs" }, { topic: "a" }], id: 2 });
	client.write(null, { operation: SUBSCRIBE, items, id: 3 });
	expect(app.said()).toEqual(["SUBSCRIBE 1 a at 0", "UNSUBSCRIBE 2 frogs"]);
	app.broker(
		{ type: Type.UNSUBACK, packetIdentifier: 2 },
		{ type: Type.SUBACK, packetIdentifier: 1, reasonCodes: [0] },
	);
	expect(app.said()).toEqual(["SUBSCRIBE 3 a at 0"]);
	app.broker({ type: Type.SUBACK, packetIdentifier: 3, reasonCodes: [0] });
	expect(app.told()).toEqual(["SUBACK 1 [0]", "UNSUBACK 2", "SUBACK 3 [0]"]);
	client.write(null, { operation: UNSUBSCRIBE, items, id: 4 });
	expect(app.said()).toEqual(["UNSUBSCRIBE 4 a"]);
	app.broker({ type: Type.UNSUBACK, packetIdentifier: 4 });
	expect(app.told()).toEqual(["UNSUBACK 4"]);
});

test("of a SUBSCRIBE that was overtaken before it was sent, SUBACK says that there is no subscription", () => {
	const app = new App().connect();
	app.told();
	app.socket.writable(0);
	app.client.write(null, { operation: SUBSCRIBE, items: [{ topic: "a" }], id: 1 });
	app.client.write(null, { operation: UNSUBSCRIBE, items: [{ topic: "a" }], id: 2 });
	app.socket.writable(1000);
	const [said] = app.said();
	app.broker({ type: Type.UNSUBACK, packetIdentifier: 1 });
	expect([said, app.told()]).toEqual(["UNSUBSCRIBE 1 a", ["SUBACK 1 [128]", "UNSUBACK 2"]]);
});

test("onWritable comes again when what was written in it is sent", () => {
	let left = 5;
	const app = new App({
		onWritable(this: MQTTClient) {
			if (left-- > 0) this.write(buffer("x"), { topic: "a" });
		},
	} as object).connect(1000);
	expect(left).toBeLessThan(0);
	expect(app.told().at(-1)).toBe("writable 8192");
});

test("each PINGREQ goes out between two packets, and what comes next is its answer", () => {
	const app = new App().connect(1000);
	app.told();
	const { client } = app;
	const ping = () => client.write(null, { operation: MQTTClient.PINGREQ });
	client.write(buffer("x"), { topic: "a", QoS: 1 });
	ping();
	ping();
	expect(app.said()).toEqual(["PUBLISH 1 a=x", "PINGREQ", "PINGREQ"]);
	app.broker({ type: Type.PUBACK, packetIdentifier: 1 });
	expect(controls(app)).toEqual(["PINGRESP", "PINGRESP", "PUBACK 1"]);
	app.broker({ type: Type.PINGRESP }, { type: Type.PINGRESP });
	app.socket.writable(4);
	client.write(buffer("y"), { topic: "a" });
	ping();
	expect(app.said()).toEqual([]);
	for (let room = 0; room < 4; room++) app.socket.writable(1);
	expect(app.said()).toEqual(["PUBLISH a=y"]);
	app.socket.writable(2);
	expect(app.said()).toEqual(["PINGREQ"]);
	expect(controls(app)).toEqual([]);
	app.broker({ type: Type.PINGRESP });
	expect(controls(app)).toEqual(["PINGRESP"]);
});

test("a PINGREQ waits until a large message is sent that was written before it, and is forgotten with its connection", () => {
	const app = new App({ katydid: { reconnect: { minimum: 10, maximum: 10 } } }).connect();
	const { client } = app;
	const ping = () => client.write(null, { operation: MQTTClient.PINGREQ });
	app.socket.writable(100);
	expect(client.write(buffer("x".repeat(7000)), { topic: "t" })).toBe(0);
	ping();
	expect(() => client.write(buffer("y"), { topic: "t" })).toThrow("expected at most 0 bytes");
	app.platform.pass(0);
	expect(app.said()).toEqual([]);
	app.socket.writable(8000);
	app.platform.pass(0);
	expect(app.said()).toEqual([`PUBLISH t=${"x".repeat(7000)}`, "PINGREQ"]);
	ping();
	app.socket.fails();
	app.platform.pass(20);
	app.connect();
	expect(controls(app)).toEqual(["CONNACK", "CONNACK"]);
});

test("a PINGREQ does not go into the middle of a message that is not whole, nor to another connection", () => {
	const app = new App({ katydid: { reconnect: { minimum: 10, maximum: 10 } } }).connect();
	const { client } = app;
	app.socket.writable(1);
	client.write(null, { operation: MQTTClient.PINGREQ });
	client.write(buffer("ab"), { topic: "t", byteLength: 4 });
	app.socket.writable(100);
	client.write(buffer("cd"));
	expect(app.said()).toEqual(["PUBLISH t=abcd", "PINGREQ"]);
	app.socket.writable(1);
	client.write(null, { operation: MQTTClient.PINGREQ });
	app.socket.fails();
	app.platform.pass(20);
	app.socket.writable(1000);
	expect(app.said()).toEqual(["CONNECT app clean"]);
	app.connect();
	expect(app.said()).toEqual([]);
});

test("acknowledgements are the client's own: those that the application writes send nothing, and its PUBREL has an answer", () => {
	const app = new App().connect();
	app.told();
	for (const operation of [MQTTClient.PUBACK, MQTTClient.PUBREC, MQTTClient.PUBREL, MQTTClient.PUBCOMP])
		app.client.write(null, { operation, id: 0x1234 });
	app.platform.pass(0);
	expect([app.said(), app.told()]).toEqual([[], ["PUBCOMP 4660"]]);
});

test("what cannot be sent throws, and nothing is sent", () => {
	const app = new App({ katydid: { maximumQueuedBytes: 90 } }).connect();
	const write = (data: unknown, options?: unknown) => () =>
		app.client.write(data as ArrayBuffer, options as { topic: string });
	expect(write(buffer("x"))).toThrow("expected options, got none");
	expect(write(buffer("x"), {})).toThrow("expected a topic, got none");
	expect(write(buffer("x"), { topic: "a/#" })).toThrow("without wildcards");
	expect(write("x", { topic: "a" })).toThrow("expected a byte buffer, got string");
	expect(write(new Uint16Array(2), { topic: "a" })).toThrow("expected a byte buffer, got object");
	expect(write(null, { topic: "a" })).toThrow("expected a byte buffer, got null");
	expect(write(buffer("x"), { topic: "a", QoS: 3 })).toThrow("expected QoS 0, 1 or 2, got 3");
	expect(write(buffer("x"), { topic: "a", id: 65536 })).toThrow(
		"expected id to be an integer from 1 to 65535, got 65536",
	);
	expect(write(buffer("xyz"), { topic: "a", byteLength: 2 })).toThrow("expected byteLength to be 3 or more, got 2");
	expect(write(buffer("x".repeat(90)), { topic: "a" })).toThrow(
		"expected at most 90 bytes, which may be written now, got 91",
	);
	expect(write(null, { operation: SUBSCRIBE })).toThrow("expected items, got none");
	expect(write(null, { operation: SUBSCRIBE, items: [{ topic: "a" }, { topic: "a#" }] })).toThrow("a#");
	expect(write(null, { operation: SUBSCRIBE, items: [{ topic: "a", QoS: 4 }] })).toThrow("got 4");
	expect(write(null, { operation: MQTTClient.PUBACK })).toThrow("expected an id, got none");
	expect(write(null, { operation: MQTTClient.CONNECT })).toThrow("expected an operation that a client sends, got 1");
	expect(app.said()).toEqual([]);
	expect(app.told()).toEqual(["CONNACK", "writable 90"]);
});

test("when too many messages are unacknowledged, the next one throws", () => {
	const app = new App({ katydid: { maximumQueuedMessages: 2 } }).connect();
	for (const text of ["1", "2"]) app.client.write(buffer(text), { topic: "a", QoS: 1 });
	expect(() => app.client.write(buffer("3"), { topic: "a", QoS: 1 })).toThrow("expected at most 0 bytes");
	app.told();
	app.broker({ type: Type.PUBACK, packetIdentifier: 1 });
	expect(app.told()[0]).toBe("PUBACK 1");
	app.client.write(buffer("4"), { topic: "a", QoS: 1, id: 4 });
	const said = app.said();
	app.broker({ type: Type.PUBACK, packetIdentifier: Number(said.at(-1)!.split(" ")[1]) });
	expect(app.told()).toContain("PUBACK 4");
});
