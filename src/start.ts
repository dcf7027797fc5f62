// SPDX-License-Identifier: MIT
import makeApp from "app";
import makeBoard from "board";
import makeChip from "katydid/chip";
import way from "katydid/interface";
import config from "mc/config";
import Preference from "preference";
import Timer from "timer";
import { flashedConfiguration } from "./configuration.ts";
import { type DeviceEvent, startDevice } from "./runtime/index.ts";
import { moddablePlatform } from "./xs/index.ts";

/** The module `main` that is flashed: runs the application on the board, and traces each event as a line of JSON. */
export default function start(): void {
	// An exception that escapes reboots an ESP32, to fail again.
	try {
		const platform = moddablePlatform();
		const device = startDevice({
			platform,
			notebook: Preference,
			chip: makeChip(),
			way,
			configuration: flashedConfiguration(config),
			makeThing: () =>
				makeApp(makeBoard({ ...platform, delay: (milliseconds) => Timer.delay(milliseconds), onError: fail })),
			say,
		});
		// The SDK calls it with what escaped from everything else, before the reboot (its define `abortHook`).
		Object.assign(globalThis, {
			abort: (reason: string, error: unknown) => device.crashed(error === undefined ? reason : `${reason}: ${error}`),
		});
	} catch (error) {
		fail(error, "start");
	}
}

function say(event: DeviceEvent): void {
	trace(`${JSON.stringify(event)}\n`);
}

function fail(error: unknown, where: string): void {
	say({ type: "error", where, message: String(error) });
}
