// SPDX-License-Identifier: MIT
// Wi-Fi and its access points: what it asks, when it asks again, what it tells.
import { describe, expect, test } from "vitest";
import { DAY, HOME, line, MINUTE, SECOND, setUp } from "../support/wifi.ts";

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
