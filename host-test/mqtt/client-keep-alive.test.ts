// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { V5 } from "../../src/mqtt/version.ts";
import { connack, Pair, publish } from "../support/mqtt-pair.ts";
import { inBothVersions } from "../support/versions.ts";

inBothVersions("Keep Alive", (version) => {
	test("a PINGREQ goes out before Keep Alive passes without a packet sent [MQTT-3.1.2-20] [3.1.1 MQTT-3.1.2-23]", () => {
		const pair = new Pair({ version, keepAlive: 10 });
		pair.said();
		pair.advance(8999);
		expect(pair.said()).toEqual([]);
		pair.advance(1000);
		expect(pair.said()).toEqual(["PINGREQ"]);
		pair.advance(10_000);
		expect(pair.said()).toEqual(["PINGREQ"]);
	});

	test("traffic received does not put the PINGREQ off [MQTT-3.1.2-20]", () => {
		const pair = new Pair({ version, keepAlive: 10 });
		pair.said();
		for (let second = 0; second < 10; second++) {
			pair.advance(1000);
			pair.sends(publish("a", "1"));
		}
		expect(pair.said()).toEqual(["PINGREQ"]);
	});

	test("packets sent put it off, as long as something is received", () => {
		const pair = new Pair({ version, keepAlive: 10 });
		for (let second = 0; second < 60; second++) {
			pair.advance(1000);
			pair.client.publish("a", "1", { qos: 1 });
		}
		expect(pair.said()).not.toContain("PINGREQ");
	});

	test("a broker that falls silent is found out although packets are sent: half-open", () => {
		const pair = new Pair({ version, keepAlive: 10, pingTimeout: 5000 });
		pair.halfOpen = true;
		for (let second = 0; second < 13; second++) {
			pair.advance(1000);
			pair.client.publish("a", "1");
		}
		expect(pair.events).toEqual(["connected"]);
		pair.advance(1000);
		expect(pair.events).toEqual(["connected", "disconnected: PING_TIMEOUT"]);
		expect(pair.client.target).toBeUndefined();
	});

	test("the ping timeout is 1.5 × Keep Alive unless given", () => {
		const pair = new Pair({ version, keepAlive: 10 });
		pair.halfOpen = true;
		pair.advance(23_999);
		expect(pair.events).toEqual(["connected"]);
		pair.advance(1);
		expect(pair.events).toEqual(["connected", "disconnected: PING_TIMEOUT"]);
	});

	test("any byte received is life, were it half a packet", () => {
		const pair = new Pair({ version, answers: false, keepAlive: 10, pingTimeout: 3000 });
		pair.sends(connack());
		const hexes = version === V5 ? ["30", "05", "00", "01", "61", "00", "69"] : ["30", "04", "00", "01", "61", "69"];
		for (const byte of hexes) {
			pair.advance(2500);
			pair.sends(byte);
		}
		expect(pair.said()).toContain("PINGREQ");
		expect(pair.events).toEqual(["connected"]);
		expect(pair.messages).toHaveLength(1);
	});

	test("a PINGREQ that the socket does not take counts as asked", () => {
		const pair = new Pair({ version, keepAlive: 10, pingTimeout: 5000 });
		pair.writable = false;
		pair.advance(14_000);
		expect(pair.events).toEqual(["connected", "disconnected: PING_TIMEOUT"]);
	});

	test("while one PINGREQ waits for its answer, Keep Alive still holds", () => {
		const pair = new Pair({ version, answers: false, keepAlive: 10, pingTimeout: 35_000 });
		pair.sends(connack());
		pair.said();
		pair.advance(40_000);
		expect(pair.said()).toEqual(["PINGREQ", "PINGREQ", "PINGREQ", "PINGREQ"]);
	});

	test("a PINGREQ does not wait behind data", () => {
		const pair = new Pair({ version, keepAlive: 10, maximumPacketSize: 64, maximumInFlight: 50 });
		pair.said();
		pair.writable = false;
		for (let i = 0; i < 20; i++) pair.client.publish("a", "x".repeat(40), { qos: 1 });
		pair.client.transmit(0, pair.now);
		pair.advance(9000);
		pair.writable = true;
		pair.settle();
		// One PUBLISH was on its way to the socket already.
		expect(pair.said().indexOf("PINGREQ")).toBe(1);
	});

	test("Keep Alive 0 turns both watches off", () => {
		const pair = new Pair({ version, keepAlive: 0 });
		pair.said();
		pair.advance(100_000_000);
		expect([pair.said(), pair.events]).toEqual([[], ["connected"]]);
	});
});
