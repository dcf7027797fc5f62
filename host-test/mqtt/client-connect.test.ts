// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { Client } from "../../src/mqtt/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { V3_1_1, V5, type Version } from "../../src/mqtt/version.ts";
import { connack, Pair, publish } from "../support/mqtt-pair.ts";
import { inBothVersions } from "../support/versions.ts";

/** What CONNACK refuses with (§3.2.2.2, 3.1.1 §3.2.2.3). */
const REFUSALS: Record<Version, readonly (readonly [returnCode: number, name: string])[]> = {
	[V3_1_1]: [
		[1, "Connection Refused, unacceptable protocol version"],
		[2, "Connection Refused, identifier rejected"],
		[3, "Connection Refused, Server unavailable"],
		[4, "Connection Refused, bad user name or password"],
		[5, "Connection Refused, not authorized"],
	],
	[V5]: [
		[0x80, "Unspecified error"],
		[0x84, "Unsupported Protocol Version"],
		[0x85, "Client Identifier not valid"],
		[0x86, "Bad User Name or Password"],
		[0x87, "Not authorized"],
		[0x88, "Server unavailable"],
		[0x97, "Quota exceeded"],
		[0x9c, "Use another server"],
	],
};

inBothVersions("connecting", (version) => {
	test("CONNECT is the first packet, and sent once [MQTT-3.1.0-1] [MQTT-3.1.0-2] [3.1.1 MQTT-3.1.0-1] [3.1.1 MQTT-3.1.0-2]", () => {
		const pair = new Pair({ version, answers: false });
		pair.client.publish("a", "1", { qos: 1 });
		pair.client.subscribe("b", 0);
		expect(pair.said()).toEqual(["CONNECT test clean"]);
		expect(pair.client.connected).toBe(false);
		pair.sends(connack());
		expect(pair.client.connected).toBe(true);
		expect(pair.said()).toEqual(["SUBSCRIBE 1 b at 0", "PUBLISH 2 a=1"]);
	});

	test("CONNECT says what the options say", () => {
		const pair = new Pair({
			version,
			clientId: "thermostat",
			keepAlive: 10,
			cleanStart: false,
			username: "me",
			password: "secret",
			will: { topicName: "status", payload: "offline", qos: 1, retain: true },
		});
		const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
		const [packet] = pair.packets;
		expect(packet).toMatchObject({
			version,
			clientId: "thermostat",
			keepAlive: 10,
			cleanStart: false,
			username: "me",
		});
		expect(packet!.will).toMatchObject({ topicName: "status", qos: 1, retain: true });
		expect([text(packet!.will!.payload), text(packet!.password)]).toEqual(["offline", "secret"]);
	});

	test("without a Will its flags are zero [MQTT-3.1.2-11] [MQTT-3.1.2-13] [3.1.1 MQTT-3.1.2-11]", () => {
		// The broker's codec refuses them otherwise.
		expect(new Pair({ version }).packets[0]!.will).toBeUndefined();
	});

	test("no attempt is made before connect()", () => {
		const pair = new Pair({ version, connect: false });
		pair.advance(100_000);
		expect([pair.attempts, pair.client.deadline]).toEqual([0, Number.POSITIVE_INFINITY]);
		pair.client.connect(pair.now);
		pair.client.connect(pair.now);
		expect([pair.attempts, pair.said()]).toEqual([1, ["CONNECT test clean"]]);
	});

	test("a connection that cannot be made within connectTimeout is given up", () => {
		const pair = new Pair({ version, connect: false, connectTimeout: 5000 });
		pair.reachable = false;
		pair.client.connect(pair.now);
		pair.advance(4999);
		expect(pair.events).toEqual([]);
		pair.advance(1);
		expect(pair.events).toEqual(["disconnected: CONNECT_TIMEOUT"]);
		expect(pair.client.target).toBeUndefined();
	});

	test("a broker that does not answer CONNECT within connackTimeout is given up", () => {
		const pair = new Pair({ version, answers: false, connackTimeout: 3000 });
		pair.advance(2999);
		expect(pair.events).toEqual([]);
		pair.advance(1);
		expect(pair.events).toEqual(["disconnected: CONNACK_TIMEOUT"]);
		expect(pair.open).toBe(false);
	});

	for (const [returnCode, name] of REFUSALS[version]) {
		test(`return code ${returnCode} is told by its name, and is no connection [MQTT-3.2.2-7]`, () => {
			const pair = new Pair({ version, answers: false });
			pair.sends(connack(false, returnCode));
			expect(pair.events).toEqual(["disconnected: CONNECTION_REFUSED"]);
			expect(pair.reasons[0]).toMatchObject({ reasonCode: returnCode, message: name });
			expect([pair.client.connected, pair.open]).toEqual([false, false]);
		});
	}

	test("any packet but CONNACK as the first closes the connection [MQTT-3.2.0-1] [3.1.1 MQTT-3.2.0-1]", () => {
		const pair = new Pair({ version, answers: false });
		pair.sends(publish("a", "1"));
		expect(pair.events).toEqual(["disconnected: BROKEN_FORMAT"]);
		expect(pair.messages).toEqual([]);
		expect(pair.open).toBe(false);
	});

	test("a second CONNACK closes the connection [MQTT-3.2.0-2]", () => {
		const pair = new Pair({ version });
		pair.sends(connack());
		expect(pair.events).toEqual(["connected", "disconnected: BROKEN_FORMAT"]);
		expect(pair.reasons[0]!.reasonCode).toBe(0x82);
	});
});

describe("options", () => {
	const options = { host: "broker", clientId: "test", random: () => 0 };
	const refused: [string, object, RegExp][] = [
		["no host", { host: undefined }, /host/],
		["port 0", { port: 0 }, /port/],
		[
			"an empty clientId for a session that is kept [3.1.1 MQTT-3.1.3-7]",
			{ clientId: "", cleanStart: false },
			/clientId/,
		],
		["a clientId with a lone surrogate [MQTT-1.5.4-1] [MQTT-3.1.3-4]", { clientId: "\ud800" }, /surrogate/],
		["a user name with U+0000 [MQTT-1.5.4-2] [3.1.1 MQTT-1.5.3-2]", { username: "a\0" }, /U\+0000/],
		["a user name with a lone surrogate [MQTT-3.1.3-12] [3.1.1 MQTT-3.1.3-11]", { username: "\udfff" }, /surrogate/],
		[
			"a Will whose topic name has a lone surrogate [MQTT-3.1.3-11] [3.1.1 MQTT-3.1.3-10]",
			{ will: { topicName: "\ud800", payload: "" } },
			/surrogate/,
		],
		["a password without user name [3.1.1 MQTT-3.1.2-22]", { password: "secret" }, /username/],
		[
			"a Will at QoS 3 [MQTT-3.1.2-12] [3.1.1 MQTT-3.1.2-14]",
			{ will: { topicName: "a", payload: "", qos: 3 as never } },
			/QoS/,
		],
		["a Will with a wildcard", { will: { topicName: "a/#", payload: "" } }, /topic name/],
		["a Keep Alive over 65535", { keepAlive: 65536 }, /keepAlive/],
		["a negative timeout", { connectTimeout: -1 }, /connectTimeout/],
		["no room", { maximumPacketSize: 10 }, /maximumPacketSize/],
		["a CONNECT that does not fit", { maximumPacketSize: 64, username: "u".repeat(200) }, /room/],
	];
	for (const [name, more, message] of refused) {
		test(`${name} is refused at once`, () => expect(() => new Client({ ...options, ...more })).toThrow(message));
	}
});

inBothVersions("closing", (version) => {
	test("DISCONNECT is the last packet, so the Will does not fire; then the connection is closed [MQTT-3.14.4-1] [MQTT-3.14.4-2] [3.1.1 MQTT-3.14.4-1] [3.1.1 MQTT-3.14.4-2]", () => {
		const pair = new Pair({ version });
		pair.said();
		pair.client.close(pair.now);
		expect(pair.said()).toEqual(["DISCONNECT"]);
		expect(pair.client.target).toBeUndefined();
		expect(pair.events).toEqual(["connected", "disconnected: CLOSED"]);
		pair.client.publish("a", "1", { qos: 1 });
		pair.advance(1_000_000);
		expect([pair.said(), pair.attempts]).toEqual([[], 1]);
	});

	test("what was accepted is sent and acknowledged before DISCONNECT", () => {
		const pair = new Pair({ version, answers: false, maximumInFlight: 1 });
		pair.sends(connack());
		pair.said();
		pair.client.publish("a", "1", { qos: 1 });
		pair.client.publish("b", "2", { qos: 1 });
		pair.client.close(pair.now);
		expect(pair.said()).toEqual(["PUBLISH 1 a=1"]);
		pair.sends({ type: Type.PUBACK, packetIdentifier: 1 });
		expect(pair.said()).toEqual(["PUBLISH 2 b=2"]);
		pair.sends({ type: Type.PUBACK, packetIdentifier: 2 });
		expect(pair.said()).toEqual(["DISCONNECT"]);
		expect(pair.client.idle).toBe(true);
	});

	test("a broker that acknowledges nothing delays the end by closeTimeout at most, and gets no DISCONNECT: its Will stands", () => {
		const pair = new Pair({ version, answers: false, closeTimeout: 500 });
		pair.sends(connack());
		pair.client.publish("a", "1", { qos: 1 });
		pair.client.close(pair.now);
		pair.said();
		pair.advance(499);
		expect(pair.said()).toEqual([]);
		pair.advance(1);
		expect(pair.said()).toEqual([]);
		expect(pair.client.target).toBeUndefined();
		expect(pair.reasons[0]).toMatchObject({ code: "CLOSED" });
	});

	test("a socket that takes nothing delays the end by twice closeTimeout at most", () => {
		const pair = new Pair({ version, closeTimeout: 500 });
		pair.writable = false;
		pair.client.publish("a", "1");
		pair.client.close(pair.now);
		pair.advance(999);
		expect(pair.client.target).toBeDefined();
		pair.advance(1);
		expect(pair.client.target).toBeUndefined();
		expect(pair.client.dropped).toBe(1);
	});

	test("before CONNACK it sends DISCONNECT all the same, since the broker may have accepted the Will", () => {
		const pair = new Pair({ version, answers: false });
		pair.client.close(pair.now);
		expect(pair.said()).toEqual(["CONNECT test clean", "DISCONNECT"]);
		expect(pair.events).toEqual(["disconnected: CLOSED"]);
	});

	test("what comes once DISCONNECT is on its way is not looked at", () => {
		const pair = new Pair({ version, answers: false });
		pair.writable = false;
		pair.client.close(pair.now);
		pair.sends(connack());
		expect(pair.events).toEqual([]);
		pair.writable = true;
		pair.settle();
		expect(pair.said()).toEqual(["CONNECT test clean", "DISCONNECT"]);
		expect(pair.events).toEqual(["disconnected: CLOSED"]);
	});

	test("while waiting to reconnect it just stops", () => {
		const pair = new Pair({ version });
		pair.breaks();
		pair.client.close(pair.now);
		expect(pair.client.deadline).toBe(Number.POSITIVE_INFINITY);
		expect(pair.events).toEqual(["connected", "disconnected: CONNECTION_LOST", "disconnected: CLOSED"]);
	});

	test("nothing is delivered, nor acknowledged, after close()", () => {
		const pair = new Pair({ version, answers: false });
		pair.sends(connack());
		pair.client.publish("a", "1", { qos: 1 });
		pair.client.close(pair.now);
		pair.said();
		pair.sends(publish("b", "2", 9));
		expect([pair.messages, pair.said()]).toEqual([[], []]);
	});

	test("close() and then connect() inside onDisconnected make a new connection", () => {
		const pair: Pair = new Pair({ version, onDisconnected: () => pair.client.connect(pair.now) });
		pair.client.close(pair.now);
		expect(pair.attempts).toBe(2);
		expect(pair.client.connected).toBe(true);
	});

	test("connect() takes close() back while the queue drains", () => {
		const pair = new Pair({ version, answers: false });
		pair.sends(connack());
		pair.client.publish("a", "1", { qos: 1 });
		pair.client.close(pair.now);
		pair.client.connect(pair.now);
		pair.sends({ type: Type.PUBACK, packetIdentifier: 1 });
		expect(pair.client.connected).toBe(true);
		expect(pair.said()).toEqual(["CONNECT test clean", "PUBLISH 1 a=1"]);
	});
});
