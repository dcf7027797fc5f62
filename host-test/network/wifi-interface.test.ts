// SPDX-License-Identifier: MIT
// Wi-Fi and its interface: addresses that come late or go, and an interface that does not do what it is asked.
import { describe, expect, test } from "vitest";
import { HOME, MINUTE, SECOND, setUp } from "../support/wifi.ts";

describe("DHCP", () => {
	test("an address that comes late is waited for", () => {
		const { platform, radio, start, said } = setUp();
		radio.point("home", { ...HOME, dhcp: 40 * SECOND });
		start();
		platform.pass(40 * SECOND);
		expect(said()).toEqual([]);
		platform.pass(5 * SECOND);
		expect(said()).toEqual(["up 10.0.0.2 home"]);
	});

	test("without an address in time the network is left, and tried again", () => {
		const { platform, radio, start, said } = setUp();
		const home = radio.point("home", { ...HOME, dhcp: Infinity });
		start();
		platform.pass(50 * SECOND);
		expect(said()).toEqual(["failed NO_ADDRESS home"]);
		home.dhcp = 100;
		platform.pass(MINUTE);
		expect(said()).toEqual(["up 10.0.0.2 home"]);
	});

	test("an IPv4 address is enough, although the interface waits for an IPv6 one too", () => {
		const { platform, radio, start, said } = setUp();
		radio.point("home", { ...HOME, ipv6: Infinity });
		start();
		platform.pass(6 * SECOND);
		expect(said()).toEqual(["up 10.0.0.2 home"]);
	});

	test("an address that is left of the last network is none", () => {
		const { platform, radio, start, said } = setUp();
		radio.point("home", { ...HOME, remnant: "192.168.1.5" });
		start();
		platform.pass(6 * SECOND);
		expect(said()).toEqual(["up 10.0.0.2 home"]);
	});

	test("an IPv6 address alone is no network", () => {
		const { platform, radio, start, said } = setUp();
		radio.point("home", { ...HOME, dhcp: 20 * SECOND });
		start();
		platform.pass(20 * SECOND);
		expect(said()).toEqual([]);
	});

	test("another address is told, although the interface says nothing", () => {
		const { platform, radio, wifi, start, said } = setUp();
		radio.point("home", HOME);
		start();
		platform.pass(MINUTE);
		radio.lease("10.0.0.77");
		platform.pass(6 * SECOND);
		expect(said()).toEqual(["up 10.0.0.2 home", "up 10.0.0.77 home"]);
		expect(wifi.address).toBe("10.0.0.77");
	});

	test("an address that is taken back is the end of the network until there is one again", () => {
		const { platform, radio, start, said } = setUp();
		radio.point("home", HOME);
		start();
		platform.pass(MINUTE);
		radio.lease(undefined);
		platform.pass(6 * SECOND);
		radio.lease("10.0.0.2");
		platform.pass(6 * SECOND);
		expect(said()).toEqual(["up 10.0.0.2 home", "down ADDRESS_LOST", "up 10.0.0.2 home"]);
		radio.lease(undefined);
		platform.pass(58 * SECOND);
		expect(said()).toEqual(["down ADDRESS_LOST", "failed NO_ADDRESS home", "up 10.0.0.2 home"]);
	});
});

describe("an interface that does not do what it is asked", () => {
	test("connect throws: that is an attempt that failed", () => {
		const { platform, radio, wifi, start, said } = setUp();
		radio.point("home", HOME);
		radio.throws.connect = new Error("connect failed");
		start();
		platform.pass(3 * SECOND);
		expect(said()).toEqual(["failed REFUSED home"]);
		platform.pass(10 * SECOND);
		expect(wifi.up).toBe(true);
	});

	test("a scan that throws, or never ends, only means that it is not known why", () => {
		const { platform, radio, start, said } = setUp();
		radio.throws.scan = new Error("already scanning");
		start();
		platform.pass(4 * SECOND);
		expect(said()).toEqual(["failed FAILED home"]);
		radio.deaf = true;
		platform.pass(14 * SECOND);
		expect(said()).toEqual(["failed FAILED home"]);
		radio.deaf = false;
		platform.pass(12 * SECOND);
		expect(said()).toEqual(["failed NOT_FOUND home"]);
	});

	test("a host name that it does not take does not keep us away", () => {
		const { platform, radio, wifi, start } = setUp({ hostName: "a" });
		radio.throws.configure = new Error("set hostname failed");
		radio.point("home", HOME);
		start();
		platform.pass(5 * SECOND);
		expect(wifi.up).toBe(true);
	});

	test("what it was connected to before is left first", () => {
		const { platform, radio, start, said } = setUp();
		radio.point("other", { address: "10.9.9.9" });
		radio.point("home", HOME);
		radio.connect({ SSID: "other" });
		platform.pass(3 * SECOND);
		start();
		platform.pass(6 * SECOND);
		expect(said()).toEqual(["up 10.0.0.2 home"]);
	});
});
