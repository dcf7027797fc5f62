// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { pinout } from "../../host/board/pinout.ts";

test("the pinout names what an extra sensor measures", () => {
	const sensors = [{ sensor: "ntc", pin: 34, as: "outdoor" }];
	expect(pinout({ title: "a", chip: "esp32", sensors })).toEqual([
		"a (ESP32)",
		"  GPIO 34  ntc                                           wire it; input only",
		"           NTC thermistor: extras.outdoor (thermometer)",
	]);
});
