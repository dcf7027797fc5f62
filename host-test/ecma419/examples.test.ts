// SPDX-License-Identifier: MIT
// What two applications of the Moddable SDK's examples do, call by call: examples/io/tcp/mqttclient, and the module `mqtt/js` (examples/io/tcp/mqtt).
import { expect, test } from "vitest";
import { type ControlMessage, MQTTClient, type WriteOptions } from "../../src/ecma419/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { App, buffer, publish } from "../support/ecma419-app.ts";

test("mqttclient: all it sends from onControl, a large message from onWritable, state on the instance", () => {
	type Self = MQTTClient & { remain: number; counter: number };
	const app = new App({
		keepalive: 60_000,
		will: { topic: "foo/bar/will", message: buffer("born"), QoS: 0, retain: 0 },
		onControl(this: Self, { operation }: ControlMessage) {
			if (operation !== MQTTClient.CONNACK) return;
			const { SUBSCRIBE, UNSUBSCRIBE, PINGREQ } = MQTTClient;
			this.write(null, { operation: SUBSCRIBE, items: [{ topic: "foo/bar/+", QoS: 2 }, { topic: "bar/foo" }] });
			this.write(null, { operation: UNSUBSCRIBE, items: [{ topic: "frogs" }, { topic: "bar/foo" }] });
			this.write(buffer("SM"), { topic: "foo/bar/small", byteLength: 6, QoS: 2 });
			this.write(buffer("ALL\n"));
			this.write(null, { operation: PINGREQ });
			this.remain = 16 * 1024;
			this.counter = 0;
			this.write(buffer("XXL"), { topic: "foo/bar/xxl", byteLength: 3 + this.remain, QoS: 1, id: 1234 });
		},
		onWritable(this: Self, count: number) {
			if (!this.remain) return;
			const repeat = Math.min(count, this.remain);
			this.remain -= repeat;
			this.counter += 1;
			this.write(buffer(String.fromCharCode(64 + this.counter).repeat(repeat)));
		},
	} as object);
	app.platform.pass(0);
	app.socket.writable(1500);
	app.said();
	app.broker({ type: Type.CONNACK, sessionPresent: false, reasonCode: 0 });
	for (let turns = 0; turns < 20; turns++) {
		app.socket.writable(1500);
		app.platform.pass(0);
	}
	const said = app.said();
	expect(said.map((line) => line.slice(0, 32))).toEqual([
		"SUBSCRIBE 1 foo/bar/+ at 2",
		"SUBSCRIBE 2 bar/foo at 0",
		"UNSUBSCRIBE 3 frogs",
		"PUBLISH 4 foo/bar/small=SMALL\n",
		"PINGREQ",
		"PUBLISH 5 foo/bar/xxl=XXLAAAAAAA",
	]);
	app.told();
	app.broker(
		{ type: Type.SUBACK, packetIdentifier: 1, reasonCodes: [2] },
		{ type: Type.SUBACK, packetIdentifier: 2, reasonCodes: [0] },
		{ type: Type.UNSUBACK, packetIdentifier: 3 },
		{ type: Type.PUBREC, packetIdentifier: 4 },
		{ type: Type.PINGRESP },
		{ type: Type.PUBACK, packetIdentifier: 5 },
		publish("foo/bar/small", "SMALL\n", { qos: 2, packetIdentifier: 1 }),
		{ type: Type.PUBCOMP, packetIdentifier: 4 },
		{ type: Type.PUBREL, packetIdentifier: 1 },
	);
	expect(app.said()).toEqual(["PUBREL 4", "PUBREC 1", "PUBCOMP 1", "UNSUBSCRIBE 6 bar/foo"]);
	app.broker({ type: Type.UNSUBACK, packetIdentifier: 6 });
	expect(app.told()).toEqual([
		"SUBACK 1 [2,0]",
		"foo/bar/small: SMALL\n",
		"PINGRESP",
		"PUBACK 1234",
		"PUBREC 3",
		"PUBCOMP 3",
		"writable 8192",
		"UNSUBACK 2",
	]);
	expect(app.errors).toEqual([]);
});

test("mqttclient: what goes out, in the order of the calls", () => {
	const app = new App().connect(3000);
	const { client } = app;
	client.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: "foo/bar/+", QoS: 2 }] });
	client.write(buffer("SM"), { topic: "foo/bar/small", byteLength: 6, QoS: 2 });
	client.write(buffer("ALL\n"));
	client.write(null, { operation: MQTTClient.PINGREQ });
	client.write(buffer("XXL"), { topic: "foo/bar/xxl", byteLength: 5, QoS: 1, id: 1234 });
	client.write(buffer("AA"));
	expect(app.said()).toEqual([
		"SUBSCRIBE 1 foo/bar/+ at 2",
		"PUBLISH 2 foo/bar/small=SMALL\n",
		"PINGREQ",
		"PUBLISH 3 foo/bar/xxl=XXLAA",
	]);
});

test("mqtt/js: ids of its own, topics as bytes, null for no options, DataViews as fragments, a new client after an error", () => {
	const acknowledged: number[] = [];
	/** What it keeps until there is room: data, options, and how many bytes it reckons for the header. */
	const buffers: { data: DataView | null; options: WriteOptions | null; overhead: number }[] = [];
	const enqueue = (data: ArrayBuffer | null, options: WriteOptions, overhead: number) =>
		buffers.push({ data: data && new DataView(data), options, overhead });
	const onWritable = function (this: MQTTClient, count: number): void {
		let writable = count;
		while (buffers.length > 0) {
			const { data, options, overhead } = buffers[0]!;
			const room = writable - overhead;
			if (data === null || data.byteLength <= room) {
				if (room < 0) return;
				writable = this.write(data, options);
				buffers.shift();
			} else {
				if (room > 0) {
					this.write(new DataView(data.buffer, data.byteOffset, room), options);
					const rest = new DataView(data.buffer, data.byteOffset + room);
					buffers[0] = { data: rest, options: null, overhead: 0 };
				}
				return;
			}
		}
	};
	const topic = buffer("xs/test");
	const message = (text: string, id: number, QoS: 0 | 1 | 2) => {
		const data = buffer(text);
		const options = {
			operation: MQTTClient.PUBLISH,
			topic,
			id,
			QoS,
			retain: false,
			duplicate: false,
			byteLength: data.byteLength,
		};
		enqueue(data, options, 5 + 2 + 7 + (QoS > 0 ? 2 : 0));
	};
	enqueue(null, { operation: MQTTClient.SUBSCRIBE, id: 1, items: [{ topic, QoS: 2 }] }, 5 + 2 + 2 + 7 + 1);
	message("zero", 2, 0);
	message("one", 3, 1);
	message("two", 4, 2);
	const data = "0123456789ABCDEF".repeat(1024);
	message(data, 5, 1);
	const given = {
		keepalive: 60_000,
		will: null,
		user: undefined,
		password: undefined,
		onWritable,
		onControl: ({ operation, id }: ControlMessage) => operation === MQTTClient.PUBACK && acknowledged.push(id!),
	};
	const app = new App(given as object);
	app.platform.pass(0);
	app.socket.writable(600);
	app.said();
	app.broker({ type: Type.CONNACK, sessionPresent: false, reasonCode: 0 });
	for (let turns = 0; turns < 40; turns++) {
		app.socket.writable(600);
		app.platform.pass(0);
	}
	expect(buffers).toEqual([]);
	expect(app.said()).toEqual([
		"SUBSCRIBE 1 xs/test at 2",
		"PUBLISH xs/test=zero",
		"PUBLISH 2 xs/test=one",
		"PUBLISH 3 xs/test=two",
		`PUBLISH 4 xs/test=${data}`,
	]);
	app.told();
	app.broker(
		{ type: Type.SUBACK, packetIdentifier: 1, reasonCodes: [2] },
		publish("xs/test", "zero"),
		{ type: Type.PUBACK, packetIdentifier: 2 },
		{ type: Type.PUBREC, packetIdentifier: 3 },
		{ type: Type.PUBACK, packetIdentifier: 4 },
		{ type: Type.PUBCOMP, packetIdentifier: 3 },
	);
	expect(app.told()).toEqual([
		"SUBACK 1 [2]",
		"xs/test: zero",
		"PUBACK 3",
		"PUBACK 5",
		"PUBREC 4",
		"PUBCOMP 4",
		"writable 8192",
	]);
	expect(acknowledged).toEqual([3, 5]);
	const again = new App({
		onError(this: MQTTClient) {
			this.close();
			acknowledged.push(-1);
		},
	}).connect();
	again.socket.fails();
	again.platform.pass(0);
	expect(acknowledged).toEqual([3, 5, -1]);
});
