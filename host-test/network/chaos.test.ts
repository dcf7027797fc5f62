// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { TimedDriver } from "../../src/drive/index.ts";
import { type NetworkEvent, Wifi } from "../../src/network/index.ts";
import { FakeInterface } from "../support/fake-interface.ts";
import { FakePlatform } from "../support/fake-platform.ts";
import { seeded } from "../support/random.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const LASTING = 12 * 60 * MINUTE;

/** Half a day of faults that a seed decides, at random times: what ESP32 users report. */
function chaos(seed: number) {
	const random = seeded(seed);
	const platform = new FakePlatform();
	const radio = new FakeInterface(platform);
	const events: NetworkEvent[] = [];
	const wifi = new Wifi({
		open: radio.open,
		networks: [{ ssid: "home", password: "correct horse" }, { ssid: "barn" }],
		random,
		onEvent: (event) => events.push(event),
	});
	new TimedDriver(wifi, platform);
	const home = radio.point("home", { password: "correct horse", memory: random() < 0.3 ? 90 * SECOND : 0 });
	const barn = radio.point("barn", { present: false });
	const faults = [
		() => radio.vanish("home"),
		() => radio.vanish("barn"),
		() => Object.assign(barn, { present: true }),
		() => Object.assign(home, { present: true, password: "correct horse", dhcp: 300, ipv6: 100, mute: false }),
		() => Object.assign(home, { password: "changed" }),
		() => Object.assign(home, { dhcp: random() < 0.5 ? Infinity : random() * 60 * SECOND }),
		() => Object.assign(home, { ipv6: Infinity }),
		() => Object.assign(home, { mute: true }),
		() => radio.connection >= 400 && radio.lease(`10.0.0.${Math.floor(random() * 200) + 3}`),
		() => radio.connection >= 400 && radio.lease(undefined),
		() => Object.assign(radio.throws, { connect: new Error("connect failed") }),
		() => Object.assign(radio.throws, { scan: new Error("scan failed") }),
		() => Object.assign(radio, { deaf: random() < 0.3 }),
		() => radio.remember("home"),
	];
	wifi.start(platform.now());
	while (platform.time < LASTING) {
		platform.pass(random() < 0.3 ? random() * 8 * SECOND : random() * 20 * MINUTE);
		faults[Math.floor(random() * faults.length)]!();
	}
	return { platform, radio, wifi, events, home };
}

test("whatever happens for hours, the device is back minutes after it can be", () => {
	for (let seed = 1; seed <= 5; seed++) {
		const { platform, radio, wifi, home, events } = chaos(seed);
		radio.deaf = false;
		Object.assign(home, { present: true, password: "correct horse", dhcp: 300, ipv6: 100, mute: false });
		if (radio.connection >= 400) radio.lease("10.0.0.2");
		// The longest wait after refusals, and one more if the access point remembers.
		platform.pass(8 * MINUTE);
		if (!wifi.up) throw new Error(`seed ${seed}: not up; ${JSON.stringify(events.slice(-5))}`);
		expect(wifi.address).toBe(radio.address);
	}
});

test("whatever happens, a network is told of before its end, and each end once", () => {
	for (let seed = 6; seed <= 10; seed++) {
		const { events, radio } = chaos(seed);
		expect(events.length).toBeGreaterThan(20);
		let up = false;
		let last: string | undefined;
		for (const event of events) {
			if (event.state === "up") {
				expect(event.address === last && up).toBe(false);
				last = event.address;
			} else if (event.state === "failed") {
				expect(event.retry >= 0 && event.retry <= 180 * SECOND).toBe(true);
			}
			if (event.state !== "up") expect(up).toBe(event.state === "down");
			up = event.state === "up";
		}
		// Not in a frenzy: an attempt each ten seconds at most.
		const connects = radio.calls.filter((call) => call.includes(" connect ")).length;
		expect(connects).toBeLessThan(LASTING / (10 * SECOND));
	}
});
