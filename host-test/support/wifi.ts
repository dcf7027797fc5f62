// SPDX-License-Identifier: MIT
import { TimedDriver } from "../../src/drive/index.ts";
import { type NetworkEvent, Wifi, type WifiOptions } from "../../src/network/index.ts";
import { FakeInterface } from "./fake-interface.ts";
import { FakePlatform } from "./fake-platform.ts";

/** Milliseconds, as in all that follow. */
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const DAY = 24 * 60 * MINUTE;

/** A Wi-Fi on a fake interface; `said` is what it told, as lines, and empties. */
export function setUp(options: Partial<WifiOptions> = {}) {
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

/** An event as a line, such as `down LOST`. */
export function line(event: NetworkEvent): string {
	if (event.state === "up") return `up ${event.address} ${event.network}`;
	return event.state === "down" ? `down ${event.code}` : `failed ${event.code} ${event.network}`;
}

/** An access point `home` that lets the Wi-Fi in. */
export const HOME = { password: "correct horse" };
