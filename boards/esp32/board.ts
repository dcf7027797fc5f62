// SPDX-License-Identifier: MIT
import Digital from "embedded:io/digital";
import device from "embedded:provider/builtin";
import type { Board } from "../../src/board.ts";
import { PushButton } from "./button.ts";
import { LM75 } from "./lm75.ts";

/** An ESP32 DevKit with its LED on GPIO 2, its BOOT button on GPIO 0, and an LM75 wired to SDA 21 and SCL 22. */
export default function esp32Board(): Board {
	return {
		thermometer: new LM75(device.I2C.default),
		led: new Digital({ pin: device.pin.led, mode: Digital.Output, initialValue: 0 }),
		button: new PushButton(device.pin.button),
	};
}
