// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { type DeviceEvent, type DeviceParts, startDevice } from "../../src/runtime/index.ts";
import { Thing } from "../../src/thing/index.ts";
import { datagram, textOf } from "../support/coap-text.ts";
import { FakeInterface } from "../support/fake-interface.ts";
import { FakeNotebook } from "../support/fake-notebook.ts";
import { FakePlatform } from "../support/fake-platform.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A device in its room, whose access point is `home`; `start` is pressing its reset button. */
function setUp(more: Partial<DeviceParts> = {}) {
	const notebook = new FakeNotebook();
	const provision = (value: object | string) =>
		notebook.values.set("katydid/provision", typeof value === "string" ? value : JSON.stringify(value));
	provision({ wifi: [{ ssid: "home", password: "correct horse" }] });
	const clock = { time: 0 };
	function start(parts: Partial<DeviceParts> = {}) {
		const platform = new FakePlatform();
		const radio = new FakeInterface(platform);
		radio.point("home", { password: "correct horse" });
		const events: DeviceEvent[] = [];
		let things = 0;
		const device = startDevice({
			platform,
			notebook,
			chip: {
				resetReason: "crash",
				freeMemory: () => 50_000,
				readTime: () => clock.time,
				setTime: (time) => {
					clock.time = time;
				},
			},
			way: { wired: false, open: radio.open },
			makeThing() {
				things++;
				return new Thing({
					id: "lamp",
					topic: "lamp",
					properties: { light: { type: "boolean", value: false, write() {} } },
				});
			},
			say: (event) => events.push(event),
			...more,
			...parts,
			configuration: {
				broker: "mqtt://192.0.2.1",
				timeServers: ["192.0.2.123"],
				...more.configuration,
				...parts.configuration,
			},
		});
		return { platform, radio, device, events, things: () => things };
	}
	return { notebook, provision, start };
}

const errors = (events: DeviceEvent[]) =>
	events.map((event) => (event.type === "error" ? `${event.where}: ${event.message}` : "")).filter(Boolean);

test("it joins the provisioned network, and both protocols run", () => {
	const { start } = setUp();
	const { platform, radio, events } = start();
	expect(events[0]).toEqual({ type: "boot", reset: "crash", failed: 0 });
	platform.pass(4 * SECOND);
	expect(radio.hostname).toBe("lamp");
	expect(platform.tcp.map(({ address, port }) => [address, port])).toEqual([["192.0.2.1", 1883]]);
	// One is CoAP's, the other asks what time it is.
	expect(platform.udp.length).toBe(2);
	expect(errors(events)).toEqual([]);
});

test("observers see that the notifications of a later start are newer (RFC 7641 §4.4)", () => {
	const { start } = setUp();
	const numbers = [1, 2].map(() => {
		const { platform } = start();
		// It survives, so that no start counts as failed.
		platform.pass(2 * MINUTE);
		for (const udp of platform.udp)
			udp.receives("192.0.2.5", 5000, datagram("CON GET 0001 [01] Uri-Path=light Observe=0"));
		const sent = platform.udp.flatMap((udp) => udp.sent).filter(({ port }) => port === 5000);
		const answers = sent.map(({ bytes }) => textOf(bytes));
		return Number(/Observe=(\d+)/.exec(answers.join())?.[1]);
	});
	expect(numbers[1]! - numbers[0]!).toBe(0x10000);
});

test("what is provisioned wins over what was flashed; networks are of both", () => {
	const { start, provision } = setUp();
	provision({ broker: "mqtt://u:secret@192.0.2.9:1884", wifi: [{ ssid: "barn", password: "12345678" }] });
	const { platform, radio, events } = start({
		configuration: { broker: "mqtt://192.0.2.1", wifi: [{ ssid: "home" }, { ssid: "barn" }] },
	});
	radio.point("barn", { password: "12345678" });
	radio.point("home", {});
	radio.points.get("barn")!.present = false;
	platform.pass(20 * SECOND);
	expect([platform.tcp[0]!.address, platform.tcp[0]!.port]).toEqual(["192.0.2.9", 1884]);
	expect(radio.calls.map((call) => call.split(" ").slice(1).join(" "))).toEqual(["connect barn", "connect home"]);
	expect(JSON.stringify(events)).not.toContain("secret");
	expect(JSON.stringify(events)).not.toContain("12345678");
});

test("three starts that crash end in safe mode: the network, and no application", () => {
	const { start } = setUp();
	for (let i = 0; i < 3; i++) {
		const { platform, things } = start();
		platform.pass(10 * SECOND);
		expect(things()).toBe(1);
	}
	const { platform, radio, events, things } = start();
	platform.pass(60 * MINUTE);
	expect(events.slice(0, 2)).toEqual([{ type: "boot", reset: "crash", failed: 3 }, { type: "safe" }]);
	expect(things()).toBe(0);
	expect(radio.connection).toBe(500);
	expect(platform.tcp).toEqual([]);
});

test("safe mode ends by itself with a restart, where the chip can", () => {
	const { start } = setUp();
	for (let i = 0; i < 3; i++) start();
	let restarted = 0;
	const { platform, events } = start({
		chip: { resetReason: "crash", restart: () => restarted++, readTime: () => 0, setTime() {} },
	});
	expect(events[1]).toEqual({ type: "safe", retry: 30 * MINUTE });
	platform.pass(30 * MINUTE - 1);
	expect(restarted).toBe(0);
	platform.pass(1);
	expect(restarted).toBe(1);
	expect(start().things()).toBe(1);
});

test("an application that runs for a minute has started", () => {
	const { start } = setUp();
	for (let i = 0; i < 5; i++) start().platform.pass(MINUTE);
	expect(start().events[0]).toEqual({ type: "boot", reset: "crash", failed: 0 });
});

test("an application that cannot be made is reported; the network is there", () => {
	const { start } = setUp();
	const { platform, radio, events } = start({
		makeThing() {
			throw new Error("no such sensor");
		},
	});
	platform.pass(5 * SECOND);
	expect(errors(events)).toEqual(["start: no such sensor"]);
	expect(radio.connection).toBe(500);
	expect(platform.tcp).toEqual([]);
});

test("what escaped from everything is told at the next start", () => {
	const { start } = setUp();
	start().device.crashed("unhandled exception: oops");
	expect(start().events[0]).toEqual({ type: "boot", reset: "crash", failed: 1, crash: "unhandled exception: oops" });
});

test("without a Wi-Fi network it says what to do, and the application runs on its own", () => {
	const { start, notebook } = setUp();
	notebook.values.clear();
	const { platform, radio, events, things } = start();
	platform.pass(MINUTE);
	expect(errors(events)).toEqual(["network: no Wi-Fi network is known: katydid provision"]);
	expect([things(), platform.tcp.length, platform.udp.length, radio.calls.length]).toEqual([1, 0, 0, 0]);
});

test("what was provisioned wrongly is said, without what it is", () => {
	const { start, provision } = setUp();
	provision('{"wifi":[{"ssid":"home","password":"hunter2');
	expect(errors(start().events)[0]).toBe("provision: what was provisioned is not JSON: katydid provision again");
	provision({ wifi: [{ ssid: "home", password: "hunter2" }] });
	const { events } = start();
	expect(errors(events)).toEqual(['start: expected a password of 8 to 63 bytes for "home", got 7']);
	expect(JSON.stringify(events)).not.toContain("hunter2");
	provision({ wifi: [{ ssid: "home", password: "correct horse" }], broker: "http://x" });
	const wrong = start();
	wrong.platform.pass(5 * SECOND);
	expect(errors(wrong.events)[0]).toMatch("broker: expected mqtt://");
	expect(wrong.platform.udp.length).toBe(2);
});

test("a configuration that the application does not allow is said", () => {
	const { start } = setUp();
	expect(errors(start({ configuration: { intervals: { light: 5 } } }).events)).toEqual([
		"start: intervals: light has no sensor",
	]);
});

test("Ethernet needs no network's name, and has no signal", () => {
	const { start } = setUp();
	const { platform, radio, events } = start({
		way: { wired: true, open: (changed) => Object.assign(radioOf(changed), {}) },
		configuration: { health: true, broker: "mqtt://192.0.2.1" },
	});
	platform.pass(6 * SECOND);
	expect(platform.tcp.length).toBe(1);
	expect(radio.calls).toEqual([]);
	const names = events.map((event) => (event.type === "change" ? event.property : "")).filter(Boolean);
	expect(names).toEqual(["uptime", "memory"]);
});

function radioOf(_changed: () => void) {
	return { connection: 500, address: "10.0.0.2", connect() {}, disconnect() {}, configure() {} };
}

test("where the network is somebody else's both protocols run at once", () => {
	const { start } = setUp();
	const { platform } = start({ way: undefined });
	platform.pass(0);
	expect([platform.tcp.length, platform.udp.length]).toEqual([1, 1]);
});

test("health is a handful of properties, if it is asked for", () => {
	const { start, notebook } = setUp({ configuration: { health: true } });
	notebook.values.set("katydid-boot/crash", "memory full");
	let thing!: Thing;
	const makeThing = () => {
		thing = new Thing({ id: "lamp", topic: "lamp", properties: { uptime: { type: "string", value: "mine" } } });
		return thing as Thing;
	};
	const { platform } = start({ makeThing });
	platform.pass(10 * SECOND);
	const state = () => thing.properties.map(({ name, value }) => `${name}=${value}`);
	expect(state()).toEqual(["uptime=mine", "memory=50000", "rssi=-127", "reset=crash", "crash=memory full"]);
	platform.pass(MINUTE);
	expect(state()[2]).toBe("rssi=-60");
	expect(thing.property("reset").writable).toBe(false);
});

test("stopping stops", () => {
	const { start } = setUp();
	const { platform, device } = start();
	platform.pass(2 * MINUTE);
	let stopped = 0;
	device.stop(() => stopped++);
	platform.pass(MINUTE);
	expect(stopped).toBe(1);
	expect(platform.armed).toBe(0);
});
