// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { checkBoard, checkText } from "../../host/board/check.ts";
import { boardFolder, boardNames } from "../../host/board/folders.ts";
import { pinout } from "../../host/board/pinout.ts";

const BUS = { i2c: { default: { data: 21, clock: 22 } } };

/** What the doctor says of this description, without the name of the file. */
function said(description: object, chip = "esp32"): string[] {
	return saidOf(JSON.stringify({ title: "a", chip, ...description }, undefined, "\t"));
}

function saidOf(text: string, name = "mine"): string[] {
	const { errors, warnings } = checkText(text, "mine/board.json", name);
	return [...errors, ...warnings].map((line) => line.replace("mine/board.json:", ""));
}

const FREE = "4, 13, 14, 16, 17 or 18 are free";
const ANALOG = "32, 33, 34, 35, 36 or 37 are free";

const messages: [what: string, description: object, line: string, chip?: string][] = [
	[
		"an unknown key, with the one that was meant",
		{ buton: { pin: 0 } },
		'4:2: error: unknown key "buton": expected $schema, title, source, chip, flash, psram, memory, usb, ethernet, i2c, occupied, configuration, led, button, relay, sensors or extras; did you mean "button"?',
	],
	[
		"an unknown key of a part",
		{ led: { pin: 4, colour: "red" } },
		'6:3: error: unknown key "colour" in led: expected pin, drive, activeLow, hz, length, order, soldered or note',
	],
	["a key that is missing", { led: { drive: "pwm" } }, '4:9: error: "pin" is missing in led: add it'],
	[
		"an unknown sensor, with the one that was meant",
		{ ...BUS, sensors: [{ sensor: "bme28" }] },
		'12:14: error: unknown sensor "bme28": expected aht10, bh1750, bme280, bmp280, hc-sr04, lm75, ntc, sht3x or tmp102; did you mean "bme280"?',
	],
	[
		"an unknown chip",
		{},
		'3:10: error: unknown chip "esp8266": expected esp32, esp32pico, esp32s3, esp32c3, esp32c6 or virtual',
		"esp8266",
	],
	["a wrong type", { led: { pin: "2" } }, '5:10: error: led.pin: expected a whole number, got "2"'],
	["a number out of range", { led: { pin: -1 } }, "5:10: error: led.pin: must be >= 0, got -1"],
	[
		"a wrong address",
		{ ...BUS, sensors: [{ sensor: "lm75", address: "48" }] },
		'13:15: error: sensors[0].address: expected an I2C address such as "0x48", got "48"',
	],
	[
		"a wrong name of an extra",
		{ extras: { "the fan": { is: "relay", pin: 4 } } },
		'5:3: error: extras: expected a name such as fan or outdoorAir as a key, got "the fan"',
	],
	[
		"a pin that is not there",
		{ led: { pin: 24 } },
		`5:10: error: led is on GPIO 24, which the ESP32 does not have: ${FREE}`,
	],
	[
		"an output on an input",
		{ led: { pin: 34 } },
		`5:10: error: led is on GPIO 34, which is input only on the ESP32: ${FREE}`,
	],
	[
		"a bus on an input",
		{ i2c: { default: { data: 36, clock: 22 } } },
		"6:12: error: SDA of the bus default is on GPIO 36, which is input only on the ESP32: 4, 13, 14, 16, 17 or 18 are free",
	],
	[
		"a pin of the flash",
		{ relay: { pin: 6 } },
		`5:10: error: relay is on GPIO 6, which the flash is wired to: ${FREE}`,
	],
	[
		"a pin of the PSRAM",
		{ psram: "quad", relay: { pin: 16 } },
		`6:10: error: relay is on GPIO 16, which the PSRAM is wired to: 4, 13, 14, 18, 19 or 21 are free`,
	],
	[
		"a pin that is read at reset",
		{ led: { pin: 12 } },
		"5:10: warning: led is on GPIO 12, which the ESP32 reads at reset (high at reset, the flash gets 1.8 V and the chip does not start): what is wired must not pull it then",
	],
	[
		"a button where the chip cannot pull",
		{ button: { pin: 39 } },
		"5:10: warning: button is on GPIO 39, which the ESP32 cannot pull: wire a resistor of 10 kΩ that does",
	],
	[
		"an analog pin that Wi-Fi takes",
		{ sensors: [{ sensor: "ntc", pin: 27 }] },
		`7:11: error: ntc is on GPIO 27, whose converter (ADC2) cannot be read beside Wi-Fi: ${ANALOG}`,
	],
	[
		"a pin that is not analog",
		{ sensors: [{ sensor: "ntc", pin: 18 }] },
		`7:11: error: ntc is on GPIO 18, which has no analog converter: ${ANALOG}`,
	],
	[
		"the USB that a board is flashed through",
		{ usb: "native", led: { pin: 19 } },
		"6:10: error: led is on GPIO 19, which is the USB that the board is flashed through: 1, 2, 4, 5, 6 or 7 are free",
		"esp32s3",
	],
	[
		"the USB of a board that is flashed otherwise",
		{ led: { pin: 18 } },
		"5:10: warning: led is on GPIO 18, which is the chip's own USB: nothing can be plugged in there",
		"esp32c3",
	],
	[
		"the serial port that a board is flashed through",
		{ led: { pin: 1 } },
		`5:10: error: led is on GPIO 1, which is the serial port that the board is flashed through: ${FREE}`,
	],
	[
		"two uses of a pin",
		{ led: { pin: 4 }, button: { pin: 4 } },
		"8:10: error: button is on GPIO 4, which led uses: 13, 14, 16, 17, 18 or 19 are free",
	],
	[
		"a pin that something soldered uses",
		{ occupied: { display: [4] }, led: { pin: 4 } },
		"10:10: error: led is on GPIO 4, which display uses: 13, 14, 16, 17, 18 or 19 are free",
	],
	[
		"the only pin that is left",
		{ occupied: { display: [0, 1, 3, 4, 5, 6, 7] }, led: { pin: 4 } },
		"16:10: error: led is on GPIO 4, which display uses: GPIO 10 is free",
		"esp32c3",
	],
	[
		"that no pin is left",
		{ occupied: { display: [0, 1, 3, 4, 5, 6, 7, 10] }, led: { pin: 4 } },
		"17:10: error: led is on GPIO 4, which display uses: no other pin is free",
		"esp32c3",
	],
	[
		"a pin of Ethernet",
		{ ethernet: { phy: "LAN87XX", address: 1, mdc: 23, mdio: 18 }, led: { pin: 25 } },
		"11:10: error: led is on GPIO 25, which RMII of Ethernet uses: 4, 13, 14, 16, 17 or 32 are free",
	],
	[
		"two devices at one address",
		{ ...BUS, sensors: [{ sensor: "lm75" }, { sensor: "tmp102", as: "outdoor" }] },
		"14:3: error: tmp102 and sensors[0] are both at 0x48 of the bus default: its pins choose from 0x48 to 0x4b; or use another bus",
	],
	[
		"a device at the address of one that is soldered",
		{ i2c: { default: { data: 21, clock: 22, occupied: { "0x76": "a barometer" } } }, sensors: [{ sensor: "bme280" }] },
		"14:3: error: bme280 and a barometer are both at 0x76 of the bus default: its pin chooses 0x76 or 0x77; or use another bus",
	],
	[
		"an address that cannot be",
		{ ...BUS, sensors: [{ sensor: "sht3x", address: "0x48" }] },
		"13:15: error: Sensirion SHT30, SHT31 or SHT35 is never at 0x48: its pin chooses 0x44 or 0x45",
	],
	[
		"a bus that is not there",
		{ ...BUS, sensors: [{ sensor: "lm75", bus: "grove" }] },
		'13:11: error: there is no I2C bus "grove": expected default, or describe it under "i2c"',
	],
	[
		"no bus at all",
		{ sensors: [{ sensor: "lm75" }] },
		'5:3: error: there is no I2C bus "default": describe it under "i2c"',
	],
	[
		"too many buses",
		{
			i2c: { default: { data: 4, clock: 5 }, other: { data: 6, clock: 7 } },
			sensors: [{ sensor: "lm75" }, { sensor: "bh1750", bus: "other" }],
		},
		"4:9: error: the ESP32-C3 has no more than 1 I2C bus: put the sensors on one",
		"esp32c3",
	],
	[
		"two sensors of one thing",
		{ ...BUS, sensors: [{ sensor: "lm75" }, { sensor: "sht3x" }] },
		'15:14: error: sensors[1] and sensors[0] are both the thermometer: make one of them an extra, such as "as": "outdoor"',
	],
	[
		"two extras of one name",
		{ ...BUS, extras: { a: { is: "relay", pin: 4 } }, sensors: [{ sensor: "lm75", as: "a" }] },
		"19:10: error: sensors[0] and extras.a are both extras.a: give one of them another name",
	],
	[
		"an echo that the chip cannot measure",
		{ sensors: [{ sensor: "hc-sr04", trigger: 4, echo: 5 }] },
		"8:12: error: echo of hc-sr04 needs the ESP32-C3 to measure pulses, which it cannot: use another sensor or chip",
		"esp32c3",
	],
	[
		"PSRAM of the wrong kind",
		{ psram: "octal" },
		"4:11: error: the ESP32 has no octal PSRAM: expected quad, or leave it out",
	],
	[
		"PSRAM on a chip without",
		{ psram: "quad" },
		"4:11: error: the ESP32-C3 has no quad PSRAM: leave it out",
		"esp32c3",
	],
	[
		"USB on a chip without",
		{ usb: "native" },
		'4:9: error: the ESP32 has no USB of its own: leave it out, or say "serial"',
	],
	[
		"Ethernet on a chip without",
		{ ethernet: { phy: "LAN87XX", address: 1, mdc: 4, mdio: 5 } },
		"4:14: error: the ESP32-C3 has no RMII for Ethernet: leave it out, or use an ESP32",
		"esp32c3",
	],
	[
		"what a pixel cannot do",
		{ led: { pin: 4, drive: "neopixel", activeLow: true } },
		'7:3: error: led is neopixel, for which "activeLow" means nothing: leave it out, or change "drive"',
	],
	[
		"what a plain LED cannot do",
		{ extras: { status: { is: "led", pin: 4, hz: 100 } } },
		'8:4: error: extras.status is digital, for which "hz" means nothing: leave it out, or change "drive"',
	],
	["pins of a virtual chip", { led: { pin: 4 } }, '4:2: error: a virtual chip has no pins: leave "led" out', "virtual"],
];

describe("the doctor finds", () => {
	for (const [what, description, line, chip] of messages)
		test(what, () => expect(said(description, chip)).toEqual([line]));

	test("JSON that is none", () => {
		expect(saidOf('{\n\t"title": "a"\n\t"chip": "esp32"\n}')).toEqual(["3:2: error: not JSON: comma expected"]);
		expect(saidOf('{ "title": "a", // comment\n"chip": "esp32" }')).toEqual([
			"1:17: error: not JSON: invalid comment token",
		]);
		expect(saidOf("")).toEqual(["1:1: error: not JSON: value expected"]);
	});

	test("a key that is there twice", () => {
		expect(saidOf('{ "title": "a", "chip": "esp32",\n"led": { "pin": 4, "pin": 5 } }')[0]).toMatch(
			/^2:\d+: error: "led.pin" is there twice: keep one$/,
		);
	});

	test("a name that mcconfig would change", () => {
		expect(saidOf('{ "title": "a", "chip": "esp32" }', "Mine")).toEqual([
			'1:1: error: the folder is called "Mine": use lower-case letters, digits, _ and - alone, which is all that mcconfig takes',
		]);
	});

	test("more than one mistake at once", () => {
		expect(
			said({ led: { pin: 34 }, button: { pin: 24 }, relay: { pin: 15 } }).map((line) => line.split(" is on")[0]),
		).toEqual(["5:10: error: led", "8:10: error: button", "11:10: warning: relay"]);
	});
});

describe("the doctor says nothing of", () => {
	test("a pin that is read at reset, where the board's maker put something", () => {
		expect(said({ led: { pin: 2, soldered: true }, button: { pin: 0, soldered: true } })).toEqual([]);
	});

	test("an analog pin of the second converter, on a board with Ethernet", () => {
		const ethernet = { phy: "LAN87XX", address: 1, mdc: 23, mdio: 18 };
		expect(said({ ethernet, sensors: [{ sensor: "ntc", pin: 14 }] })).toEqual([]);
	});

	test("the serial port of a board with USB of its own", () => {
		expect(said({ usb: "native", led: { pin: 43 } }, "esp32s3")).toEqual([]);
	});

	test("pins that the flash of another package is on", () => {
		expect(said({ led: { pin: 10 } }, "esp32pico")).toEqual([]);
	});

	for (const name of boardNames())
		test(`the board ${name}`, () => {
			const { errors, warnings, description } = checkBoard(boardFolder(name));
			expect([...errors, ...warnings]).toEqual([]);
			expect(description?.source?.length ?? 1).toBeGreaterThan(0);
		});
});

test("the pinout names pins, parts, and what is to be wired", () => {
	const { description } = checkBoard(boardFolder("esp32"));
	expect(pinout(description!)).toEqual([
		"Espressif ESP32-DevKitC and its many relatives (ESP32)",
		"  GPIO 0   button                      on the board; BOOT; read at reset",
		"  GPIO 2   led                         on the board; not every DevKit has one there; read at reset",
		"  GPIO 21  SDA of the bus default",
		"  GPIO 22  SCL of the bus default",
		"  0x48     LM75 or TMP75: thermometer  on the bus default; wire it",
	]);
});
