// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { TimedDriver } from "../../src/drive/index.ts";
import { type NetworkEvent, Wifi, type WifiOptions } from "../../src/network/index.ts";
import { FakeInterface } from "../support/fake-interface.ts";
import { FakePlatform } from "../support/fake-platform.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** A Wi-Fi on a fake interface; `said` is what it told, as lines, and empties. */
function setUp(options: Partial<WifiOptions> = {}) {
	const platform = new FakePlatform();
	const radio = new FakeInterface(platform);
	const events: { at: number; event: NetworkEvent }[] = [];
	const wifi = new Wifi({
		open: radio.open,
		networks: [{ ssid: "home", password: "correct horse" }],
		random: platform.random,
		onEvent: (event) => events.push({ at: platform.time, event }),
		...options,
	});
	new TimedDriver(wifi, platform);
	return {
		platform,
		radio,
		wifi,
		events,
		start: () => wifi.start(platform.now()),
		said: () => events.splice(0).map(({ event }) => line(event)),
	};
}

function line(event: NetworkEvent): string {
	if (event.state === "up") return `up ${event.address} ${event.network}`;
	return event.state === "down" ? `down ${event.code}` : `failed ${event.code} ${event.network}`;
}

const HOME = { password: "correct horse" };

test("it asks the access point, and tells of the network when there is an address", () => {
	const { platform, radio, wifi, start, said } = setUp({ hostName: "thermostat-123" });
	radio.point("home", HOME);
	start();
	platform.pass(2500);
	expect(said()).toEqual([]);
	expect(wifi.up).toBe(false);
	expect(wifi.RSSI).toBeUndefined();
	platform.pass(500);
	expect(said()).toEqual(["up 10.0.0.2 home"]);
	expect([wifi.up, wifi.address, wifi.RSSI]).toEqual([true, "10.0.0.2", -60]);
	expect(radio.hostname).toBe("thermostat-123");
	platform.pass(DAY);
	expect(said()).toEqual([]);
	expect(radio.calls).toEqual(["0 connect home"]);
});

test("starting twice, and closing twice, is starting and closing once", () => {
	const { platform, radio, wifi, start, said } = setUp();
	radio.point("home", HOME);
	start();
	start();
	platform.pass(5 * SECOND);
	start();
	wifi.close();
	wifi.close();
	platform.pass(DAY);
	expect(said()).toEqual(["up 10.0.0.2 home", "down CLOSED"]);
	expect(radio.calls).toEqual(["0 connect home", "5000 disconnect"]);
	expect(platform.armed).toBe(0);
	start();
	platform.pass(5 * SECOND);
	expect(said()).toEqual(["up 10.0.0.2 home"]);
});

test("an access point that is gone for minutes has the device back within the longest wait", () => {
	for (const minutes of [1, 3, 10, 600]) {
		const { platform, radio, wifi, events, start } = setUp();
		const home = radio.point("home", HOME);
		start();
		platform.pass(MINUTE);
		expect(wifi.up).toBe(true);
		radio.vanish("home");
		platform.pass(minutes * MINUTE);
		expect(wifi.up).toBe(false);
		home.present = true;
		const returned = platform.time;
		platform.pass(MINUTE);
		expect(wifi.up).toBe(true);
		// 30 s of waiting, a scan that was on its way, an attempt, DHCP.
		expect(events.at(-1)!.at - returned).toBeLessThan(38 * SECOND);
		const codes = events.map(({ event }) => line(event)).filter((text) => !text.startsWith("up"));
		expect(codes[0]).toBe("down LOST");
		expect(codes.slice(1).every((code) => code === "failed NOT_FOUND home")).toBe(true);
		// It looked again and again, and not in a frenzy.
		expect(codes.length).toBeGreaterThan((minutes * MINUTE) / (36 * SECOND));
		expect(codes.length).toBeLessThan((minutes * MINUTE) / (15 * SECOND) + 8);
	}
});

test("an access point that restarts in seconds has the device back in seconds", () => {
	const { platform, radio, wifi, start, said } = setUp();
	const home = radio.point("home", HOME);
	start();
	platform.pass(MINUTE);
	radio.vanish("home");
	home.present = true;
	platform.pass(4 * SECOND);
	expect(wifi.up).toBe(true);
	expect(said()).toEqual(["up 10.0.0.2 home", "down LOST", "up 10.0.0.2 home"]);
});

test("an access point that lets us in and throws us out again is not asked in a frenzy", () => {
	const { platform, radio, start } = setUp();
	const home = radio.point("home", HOME);
	start();
	const end = 10 * MINUTE;
	while (platform.time < end) {
		platform.pass(100);
		if (radio.connection === 500) {
			platform.pass(SECOND);
			radio.vanish("home");
			home.present = true;
		}
	}
	const connects = radio.calls.filter((call) => call.includes("connect home"));
	expect(connects.length).toBeLessThan(40);
	expect(connects.length).toBeGreaterThan(15);
});

test("a wrong password is told apart from an access point that is not there", () => {
	const { platform, radio, start, events, said } = setUp();
	const home = radio.point("home", { password: "another one" });
	start();
	platform.pass(6 * SECOND);
	const { reason } = events[0]!.event as { reason: string };
	expect(reason).toBe('the access point "home" does not let us in: is the password right?');
	expect(said()[0]).toBe("failed REFUSED home");
	home.present = false;
	platform.pass(10 * MINUTE);
	const last = events.at(-1)!.event as { reason: string };
	expect(last.reason).toBe('no access point "home" is within reach');
	expect(said().at(-1)).toBe("failed NOT_FOUND home");
});

test("a reason never holds a password", () => {
	const { platform, radio, start, events } = setUp();
	radio.point("home", { password: "another one" });
	radio.throws.connect = new Error("connect failed");
	start();
	platform.pass(10 * MINUTE);
	expect(events.length).toBeGreaterThan(3);
	expect(JSON.stringify(events)).not.toContain("correct horse");
});

test("a network that refuses is asked again, at first at once, then ever less often", () => {
	const { platform, radio, start } = setUp();
	radio.point("home", { password: "another one" });
	start();
	platform.pass(2 * 60 * MINUTE);
	const times = radio.calls.filter((call) => call.endsWith("connect home")).map((call) => Number.parseInt(call, 10));
	// An attempt, the rest and the scan take 5 s.
	const waits = times.slice(1).map((time, i) => time - times[i]! - 4.9 * SECOND);
	expect(waits[0]).toBeLessThan(100);
	expect(waits[1]).toBeGreaterThan(900);
	expect(waits[1]).toBeLessThan(2100);
	const late = waits.slice(10);
	expect(late.length).toBeGreaterThan(20);
	expect(Math.min(...late)).toBeGreaterThanOrEqual(90 * SECOND);
	expect(Math.max(...late)).toBeLessThan(181 * SECOND);
	expect(new Set(late.map((wait) => Math.round(wait / 1000))).size).toBeGreaterThan(5);
});

test("an access point that ignores a station until it was silent for 90 s lets it in at last", () => {
	const { platform, radio, wifi, start } = setUp();
	radio.point("home", { ...HOME, memory: 90 * SECOND });
	radio.remember("home");
	start();
	platform.pass(20 * MINUTE);
	expect(wifi.up).toBe(true);
});

test("an access point that refuses once after a reset lets us in at once", () => {
	const { platform, radio, wifi, start } = setUp();
	radio.point("home", { ...HOME, memory: 4 * SECOND });
	radio.remember("home");
	start();
	platform.pass(12 * SECOND);
	expect(wifi.up).toBe(true);
});

test("an access point that does not answer is given up in time, and asked again", () => {
	const { platform, radio, start, said, wifi } = setUp({ connectTimeout: 7 * SECOND });
	const home = radio.point("home", { ...HOME, mute: true });
	start();
	platform.pass(8 * SECOND);
	expect(said()).toEqual(["failed TIMEOUT home"]);
	home.mute = false;
	platform.pass(8 * SECOND);
	expect(wifi.up).toBe(true);
});

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

describe("several networks", () => {
	const networks = [
		{ ssid: "home", password: "correct horse" },
		{ ssid: "barn", password: "battery staple" },
		{ ssid: "open" },
	];

	test("are asked in turn until one lets us in", () => {
		const { platform, radio, start, said } = setUp({ networks });
		radio.point("home", { password: "another one" });
		radio.point("open");
		start();
		platform.pass(30 * SECOND);
		expect(said()).toEqual(["failed REFUSED home", "failed NOT_FOUND barn", "up 10.0.0.2 open"]);
	});

	test("the one that was lost is asked first", () => {
		const { platform, radio, start, said } = setUp({ networks });
		const barn = radio.point("barn", { password: "battery staple", address: "10.0.1.2" });
		start();
		platform.pass(MINUTE);
		radio.point("home", HOME);
		radio.vanish("barn");
		barn.present = true;
		platform.pass(10 * SECOND);
		expect(said()).toEqual(["failed NOT_FOUND home", "up 10.0.1.2 barn", "down LOST", "up 10.0.1.2 barn"]);
		radio.vanish("barn");
		platform.pass(20 * SECOND);
		expect(said().at(-1)).toBe("up 10.0.0.2 home");
	});

	test("one that refuses does not hold up one that comes back", () => {
		const { platform, radio, start, wifi, events } = setUp({ networks });
		radio.point("home", { password: "another one" });
		start();
		platform.pass(60 * MINUTE);
		expect(wifi.up).toBe(false);
		radio.point("barn", { password: "battery staple" });
		const returned = platform.time;
		platform.pass(MINUTE);
		expect(wifi.up).toBe(true);
		expect(events.at(-1)!.at - returned).toBeLessThan(50 * SECOND);
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

test("what is told may close, and may throw", () => {
	const { platform, radio, wifi, start, events } = setUp({
		onEvent(event) {
			if (event.state === "failed") wifi.close();
			throw new Error("the application");
		},
	});
	const home = radio.point("home", HOME);
	start();
	platform.pass(MINUTE);
	expect(wifi.up).toBe(true);
	radio.vanish("home");
	platform.pass(MINUTE);
	expect(platform.armed).toBe(0);
	home.present = true;
	start();
	platform.pass(MINUTE);
	expect(wifi.up).toBe(true);
	expect(events).toEqual([]);
});

for (const [what, options, message] of [
	["no network", { networks: [] }, "expected a Wi-Fi network at least, got none"],
	["no SSID", { networks: [{ ssid: "" }] }, 'expected an SSID of 1 to 32 bytes, got 0: ""'],
	["a long SSID", { networks: [{ ssid: "ü".repeat(17) }] }, "expected an SSID of 1 to 32 bytes, got 34"],
	["a short password", { networks: [{ ssid: "a", password: "1234567" }] }, 'of 8 to 63 bytes for "a", got 7'],
	["a long password", { networks: [{ ssid: "a", password: "x".repeat(64) }] }, 'of 8 to 63 bytes for "a", got 64'],
	["a host name with a dot", { hostName: "a.b" }, "of 1 to 32 letters, digits and hyphens"],
	["a long host name", { hostName: "a".repeat(33) }, "of 1 to 32 letters, digits and hyphens"],
	["a hyphen at the end", { hostName: "a-" }, "of 1 to 32 letters, digits and hyphens"],
] as const) {
	test(`${what} is refused`, () => {
		expect(() => setUp(options)).toThrow(message);
	});
}

test("a key of 64 hexadecimal digits, the longest password and the longest names are taken", () => {
	setUp({ networks: [{ ssid: "a".repeat(32), password: "0a".repeat(32) }], hostName: "a".repeat(32) });
	setUp({ networks: [{ ssid: "a", password: "x".repeat(63) }] });
	setUp({ networks: [{ ssid: "a", password: "" }] });
});
