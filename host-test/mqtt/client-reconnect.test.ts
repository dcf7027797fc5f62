// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import * as Type from "../../src/mqtt/packet-type.ts";
import { V5 } from "../../src/mqtt/version.ts";
import { hex } from "../support/hex.ts";
import { connack, Pair, puback, publish } from "../support/mqtt-pair.ts";
import { inBothVersions } from "../support/versions.ts";

inBothVersions("reconnecting", (version) => {
	test("waits grow from 1 s to 60 s, each between nothing and its ceiling", () => {
		const pair = new Pair({ version, connect: false, random: () => 1 });
		pair.reachable = false;
		const waits: number[] = [];
		pair.client.connect(pair.now);
		for (let i = 0; i < 8; i++) {
			pair.breaks(new Error("refused"));
			waits.push(pair.client.deadline - pair.now);
			pair.advance(pair.client.deadline - pair.now);
			expect(pair.attempts).toBe(i + 2);
		}
		expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
	});

	test("jitter is full: a random number of 0 does not wait", () => {
		const pair = new Pair({ version, random: () => 0 });
		pair.breaks();
		expect(pair.client.deadline).toBe(pair.now);
	});

	test("failures are forgotten only after a connection was stable", () => {
		const pair = new Pair({ version, random: () => 1, reconnect: { stable: 10_000 } });
		const wait = () => pair.client.deadline - pair.now;
		pair.breaks();
		expect(wait()).toBe(1000);
		pair.advance(1000);
		expect(pair.client.connected).toBe(true);
		pair.advance(9999);
		pair.breaks();
		expect(wait()).toBe(2000);
		pair.advance(2000);
		pair.advance(10_000);
		pair.breaks();
		expect(wait()).toBe(1000);
	});

	test("refused credentials wait longer than any failure", () => {
		for (const [random, wait] of [
			[0, 60_000],
			[0.5, 180_000],
		] as const) {
			const pair = new Pair({ version, answers: false, random: () => random });
			pair.sends(connack(false, version === V5 ? 0x87 : 5));
			expect(pair.client.deadline - pair.now).toBe(wait);
		}
	});

	test("an unavailable server waits as after any failure", () => {
		const pair = new Pair({ version, answers: false, random: () => 1 });
		pair.sends(connack(false, version === V5 ? 0x88 : 3));
		expect(pair.client.deadline - pair.now).toBe(1000);
	});

	test("the reason of a failed attempt reaches the application", () => {
		const pair = new Pair({ version, connect: false });
		pair.reachable = false;
		pair.client.connect(pair.now);
		pair.breaks(new Error("no address for broker"));
		expect(pair.reasons[0]).toMatchObject({ code: "CONNECT_FAILED", message: "no address for broker" });
	});

	test("a call too many does nothing", () => {
		const pair = new Pair({ version });
		pair.client.expire(pair.now);
		pair.client.opened(pair.now);
		pair.settle();
		expect(pair.said()).toEqual(["CONNECT test clean"]);
		pair.breaks();
		pair.client.closed(pair.now);
		pair.client.expire(pair.now);
		pair.client.input.room(4).set(hex("20020000"));
		pair.client.receive(pair.now);
		expect(pair.client.transmit(100, pair.now)).toBeUndefined();
		expect(pair.events).toEqual(["connected", "disconnected: CONNECTION_LOST"]);
	});
});

inBothVersions("sessions", (version) => {
	test("subscriptions are made again after a lost session", () => {
		const pair = new Pair({ version, cleanStart: false });
		pair.client.subscribe("a/#", 1);
		pair.client.subscribe("b", 0);
		pair.breaks();
		pair.said();
		pair.advance(1000);
		expect(pair.said()).toEqual(["CONNECT test kept", "SUBSCRIBE 3 a/# at 1", "SUBSCRIBE 4 b at 0"]);
	});

	test("subscriptions are not made again in a resumed session, but one without answer is [MQTT-3.1.2-23] [3.1.1 MQTT-3.1.2-4] [3.1.1 MQTT-4.1.0-1]", () => {
		const pair = new Pair({ version, cleanStart: false });
		pair.client.subscribe("a", 1);
		pair.answers = false;
		pair.client.subscribe("b", 1);
		pair.breaks();
		pair.said();
		pair.answers = pair.sessionPresent = true;
		pair.advance(1000);
		expect(pair.events.at(-1)).toBe("connected, session present");
		expect(pair.said()).toEqual(["CONNECT test kept", "SUBSCRIBE 3 b at 1"]);
	});

	test("a topic filter unsubscribed while offline is unsubscribed in a resumed session, and forgotten with a lost one", () => {
		for (const sessionPresent of [true, false]) {
			const pair = new Pair({ version, cleanStart: false });
			pair.client.subscribe("a", 1);
			pair.breaks();
			pair.client.unsubscribe("a");
			pair.said();
			pair.sessionPresent = sessionPresent;
			pair.advance(1000);
			expect(pair.said()).toEqual(sessionPresent ? ["CONNECT test kept", "UNSUBSCRIBE 2 a"] : ["CONNECT test kept"]);
			expect(pair.client.idle).toBe(true);
		}
	});

	test("unacknowledged messages are sent again with DUP, in order, by their identifiers, in a resumed session [MQTT-4.4.0-1] [MQTT-4.6.0-1] [MQTT-3.3.1-1] [3.1.1 MQTT-4.4.0-1] [3.1.1 MQTT-4.6.0-1] [3.1.1 MQTT-3.3.1-1] [3.1.1 MQTT-2.3.1-3]", () => {
		const pair = new Pair({ version, answers: false, cleanStart: false, maximumInFlight: 3 });
		pair.sends(connack());
		for (const payload of ["1", "2", "3", "4"]) pair.client.publish("a", payload, { qos: 1 });
		pair.sends(puback(2));
		expect(pair.said()).toEqual([
			"CONNECT test kept",
			"PUBLISH 1 a=1",
			"PUBLISH 2 a=2",
			"PUBLISH 3 a=3",
			"PUBLISH 4 a=4",
		]);
		pair.breaks();
		pair.client.publish("a", "5", { qos: 1 });
		pair.advance(1000);
		pair.sends(connack(true));
		expect(pair.said()).toEqual(["CONNECT test kept", "PUBLISH 1 a=1 DUP", "PUBLISH 3 a=3 DUP", "PUBLISH 4 a=4 DUP"]);
		pair.sends(puback(1), puback(3), puback(4));
		expect(pair.said()).toEqual(["PUBLISH 5 a=5"]);
	});

	test("they are sent anew, as new messages, when the session is lost [MQTT-3.2.2-5] [MQTT-3.3.1-3] [3.1.1 MQTT-3.3.1-3]", () => {
		const pair = new Pair({ version, answers: false, cleanStart: false });
		pair.sends(connack());
		pair.client.publish("a", "1", { qos: 1 });
		pair.client.publish("a", "2", { qos: 1, retain: true });
		pair.breaks();
		pair.said();
		pair.advance(1000);
		pair.sends(connack(false));
		expect(pair.said()).toEqual(["CONNECT test kept", "PUBLISH 1 a=1", "PUBLISH 2 a=2 retained"]);
		expect(pair.client.dropped).toBe(0);
	});

	test("with Clean Start nothing of the session of before is sent [MQTT-3.1.2-4] [MQTT-4.1.0-1] [3.1.1 MQTT-3.1.2-6] [3.1.1 MQTT-4.1.0-2]", () => {
		const pair = new Pair({ version, answers: false });
		pair.sends(connack());
		pair.client.subscribe("b", 1);
		pair.client.publish("a", "1", { qos: 2 });
		pair.client.publish("a", "2", { qos: 2 });
		pair.client.publish("a", "3", { qos: 1 });
		pair.sends(puback(4, Type.PUBACK), puback(2, Type.PUBREC), publish("c", "4", 7, { qos: 2 }));
		// Until the connection ends everything is known.
		expect([pair.client.idle, pair.messages.length]).toEqual([false, 1]);
		pair.sends(publish("c", "4", 7, { qos: 2, duplicate: true }));
		expect(pair.messages).toHaveLength(1);
		pair.breaks();
		pair.said();
		pair.advance(1000);
		pair.sends(connack());
		// A message that may have arrived is told to be lost, not sent.
		expect(pair.said()).toEqual(["CONNECT test clean", "SUBSCRIBE 5 b at 1"]);
		expect(pair.errors).toMatchObject([{ code: "DROPPED" }]);
		pair.sends(publish("c", "5", 7, { qos: 2 }));
		expect(pair.messages.map(({ payload }) => payload)).toEqual(["4", "5"]);
	});

	test("a message is never sent again on a live connection [MQTT-4.4.0-1]", () => {
		const pair = new Pair({ version, answers: false, pingTimeout: 10_000_000 });
		pair.sends(connack());
		pair.client.publish("a", "1", { qos: 1 });
		pair.said();
		pair.advance(600_000);
		expect(pair.said().filter((line) => line !== "PINGREQ")).toEqual([]);
	});

	test("messages received and not yet acknowledged are not acknowledged on the next connection", () => {
		const pair = new Pair({ version, cleanStart: false });
		pair.said();
		pair.writable = false;
		pair.sends(publish("a", "1", 7));
		pair.breaks();
		pair.writable = true;
		pair.sessionPresent = true;
		pair.advance(1000);
		expect(pair.said()).toEqual(["CONNECT test kept"]);
	});

	test("the connection that ends inside onMessage leaves no acknowledgement for the next", () => {
		const pair: Pair = new Pair({ version, cleanStart: false, onMessage: () => pair.breaks() });
		pair.said();
		pair.sends(publish("a", "1", 7));
		pair.sessionPresent = true;
		pair.advance(1000);
		expect(pair.said()).toEqual(["CONNECT test kept"]);
	});

	test("Session Present with a clean session closes the connection [MQTT-3.2.2-4]", () => {
		const pair = new Pair({ version, answers: false });
		pair.sends(connack(true));
		expect(pair.events).toEqual(["disconnected: SESSION_UNKNOWN"]);
		expect(pair.open).toBe(false);
	});

	for (const reconnect of [undefined, false] as const)
		test(`a session that this client does not know is closed, forgotten by the broker, and begun anew, reconnect ${reconnect} [MQTT-3.2.2-4]`, () => {
			const options = reconnect === false ? { reconnect } : {};
			const pair = new Pair({ version, answers: false, cleanStart: false, ...options });
			pair.client.subscribe("a", 1);
			pair.sends(connack(true));
			expect(pair.events).toEqual(["disconnected: SESSION_UNKNOWN"]);
			pair.advance(1000);
			if (version === V5) {
				pair.sends(connack(false));
				expect(pair.said()).toEqual(["CONNECT test kept", "CONNECT test clean", "SUBSCRIBE 1 a at 1"]);
			} else {
				// What follows on a connection that is being left is not looked at.
				pair.sends("20 02 00 00  40 00");
				expect(pair.events.at(-1)).toBe("disconnected: SESSION_DISCARDED");
				pair.advance(0);
				pair.sends(connack(false));
				expect(pair.said()).toEqual([
					"CONNECT test kept",
					"CONNECT test clean",
					"DISCONNECT",
					"CONNECT test kept",
					"SUBSCRIBE 1 a at 1",
				]);
			}
			expect(pair.events.at(-1)).toBe("connected");
		});
});
