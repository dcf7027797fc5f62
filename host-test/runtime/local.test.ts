// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { type DeviceEvent, startDevice } from "../../src/runtime/index.ts";
import { Thing } from "../../src/thing/index.ts";
import { guardedUDP } from "../../src/xs/guarded-udp.ts";
import { FakeDNSSD } from "../support/fake-dnssd.ts";
import { FakeInterface } from "../support/fake-interface.ts";
import { FakeNotebook } from "../support/fake-notebook.ts";
import { FakePlatform } from "../support/fake-platform.ts";

const SECOND = 1000;

/** A device in the network of its room. */
function setUp(hostName?: string) {
	const platform = new FakePlatform();
	const radio = new FakeInterface(platform);
	const home = radio.point("home");
	const dnssd = new FakeDNSSD(platform);
	const events: DeviceEvent[] = [];
	const device = startDevice({
		platform,
		notebook: new FakeNotebook(),
		chip: { readTime: () => 0, setTime() {}, openDNSSD: dnssd.open },
		way: { wired: false, open: radio.open },
		configuration: { wifi: [{ ssid: "home" }], coapPort: 5700, ...(hostName !== undefined && { hostName }) },
		makeThing: () =>
			new Thing({
				id: "lamp:1",
				topic: "lamp",
				title: "Lamp",
				properties: { light: { type: "boolean", value: false, write() {} } },
			}),
		say: (event) => events.push(event),
	});
	const names = () => events.flatMap((event) => (event.type === "local" ? [event] : []));
	return { platform, radio, home, dnssd, device, events, names };
}

test("a device is found by its host name, and its CoAP by its service", () => {
	const { platform, dnssd, names } = setUp();
	platform.pass(20 * SECOND);
	expect(names()).toEqual([{ type: "local", name: "lamp-1.local", taken: [] }]);
	expect(dnssd.calls[2]).toBe("advertise _coap._udp lamp-1 5700 title=Lamp");
});

test("the configured host name is asked for; when it is taken, that is an event", () => {
	const { platform, dnssd, names } = setUp("porch");
	dnssd.taken.add("porch");
	platform.pass(20 * SECOND);
	expect(names()).toEqual([{ type: "local", name: "porch-2.local", taken: ["porch"] }]);
});

test("it ends with the network, and begins with the next", () => {
	const { platform, radio, home, dnssd, names } = setUp();
	platform.pass(20 * SECOND);
	radio.vanish("home");
	platform.pass(60 * SECOND);
	expect([dnssd.opened, dnssd.services]).toEqual([0, []]);
	home.present = true;
	platform.pass(120 * SECOND);
	expect([dnssd.opened, names().length]).toEqual([1, 2]);
});

test("a device that stops takes back what it said while it still has a network", () => {
	const { platform, radio, dnssd, device } = setUp();
	platform.pass(20 * SECOND);
	let connection: number | undefined;
	dnssd.onClose = () => {
		connection = radio.connection;
	};
	device.stop(() => {});
	platform.pass(SECOND);
	expect([connection, dnssd.services, dnssd.opened]).toEqual([500, [], 0]);
});

test("a datagram that the reader throws on is lost, and neither the next one nor the device is", () => {
	const platform = new FakePlatform();
	const read: string[] = [];
	const UDP = guardedUDP(platform.UDP);
	new UDP({
		port: 5353,
		onReadable(count) {
			do {
				const text = String.fromCharCode(...new Uint8Array(this.read()!));
				if (text === "bad") throw new TypeError("cannot read");
				read.push(text);
			} while (--count > 0);
		},
	});
	const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
	platform.udp[0]!.receives("192.0.2.5", 5353, ...["one", "bad", "two"].map(bytesOf));
	expect(read).toEqual(["one", "two"]);
});
