// SPDX-License-Identifier: MIT

/** A chip, as far as it matters to who wires something to it. */
export interface Chip {
	title: string;
	/** The Moddable SDK's ESP32_SUBCLASS; a virtual chip has none. */
	subclass?: string;
	/** Every GPIO that there is. */
	pins: readonly number[];
	/** Those without an output, and without resistors to pull them. */
	inputOnly: readonly number[];
	/** Those that the flash is on, in every module. */
	flash: readonly number[];
	/** Those that PSRAM is on, where there is some, by its kind. */
	psram: Readonly<Record<string, readonly number[]>>;
	/** What is read from a pin at reset, so that what is wired there must not pull it otherwise. */
	strapping: Readonly<Record<number, string>>;
	/** Those of the first analog converter, and of the second, which Wi-Fi uses. */
	adc1: readonly number[];
	adc2: readonly number[];
	/** D- and D+ of the chip's own USB, when it has one. */
	usb: readonly number[];
	/** Transmit and receive of the serial port that is flashed through when that is not USB. */
	serial: readonly number[];
	/** Fixed by the RMII of the Ethernet controller, when it has one. */
	rmii: readonly number[];
	/** How many I2C buses it can have. */
	buses: number;
	/** The MCPWM peripheral, which measures the width of pulses. */
	measuresPulses: boolean;
	/** Volts that the SDK's calibrated Analog reads as its highest number (modules/io/analog/esp32). */
	fullScale: number;
	/** How much flash its common modules have. */
	usualFlash: string;
	/** Where the facts are from. */
	source: string;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

const ESP32: Chip = {
	title: "ESP32",
	subclass: "esp32",
	pins: [...range(0, 19), ...range(21, 23), ...range(25, 27), ...range(32, 39)],
	inputOnly: range(34, 39),
	flash: range(6, 11),
	psram: { quad: [16, 17] },
	strapping: {
		0: "low at reset, it waits to be flashed",
		2: "high at reset with GPIO 0 low, it cannot be flashed",
		5: "it sets the timing of SDIO",
		12: "high at reset, the flash gets 1.8 V and the chip does not start",
		15: "low at reset, it does not say what it starts",
	},
	adc1: range(32, 39),
	adc2: [0, 2, 4, 12, 13, 14, 15, 25, 26, 27],
	usb: [],
	serial: [1, 3],
	rmii: [0, 19, 21, 22, 25, 26, 27],
	buses: 2,
	measuresPulses: true,
	fullScale: 2.45,
	usualFlash: "4MB",
	source: "ESP32 Series Datasheet, §2.2 and §2.4; ESP-IDF Programming Guide, GPIO and ADC",
};

/** The chips: by the Moddable SDK's name, and a package of one that has its flash elsewhere. */
export const CHIPS: Readonly<Record<string, Chip>> = {
	esp32: ESP32,
	esp32pico: {
		...ESP32,
		title: "ESP32-PICO-D4",
		flash: [6, 7, 8, 11, 16, 17],
		psram: {},
		source: "ESP32-PICO-D4 Datasheet, §2.2",
	},
	esp32s3: {
		title: "ESP32-S3",
		subclass: "esp32s3",
		pins: [...range(0, 21), ...range(26, 48)],
		inputOnly: [],
		flash: range(26, 32),
		psram: { quad: [26], octal: range(33, 37) },
		strapping: {
			0: "low at reset, it waits to be flashed",
			3: "it may choose what debugs the chip",
			45: "high at reset, the flash gets 1.8 V and the chip does not start",
			46: "high at reset with GPIO 0 low, it cannot be flashed",
		},
		adc1: range(1, 10),
		adc2: range(11, 20),
		usb: [19, 20],
		serial: [43, 44],
		rmii: [],
		buses: 2,
		measuresPulses: true,
		fullScale: 2.45,
		usualFlash: "8MB",
		source: "ESP32-S3 Series Datasheet, §2.3 and §3; ESP-IDF Programming Guide, GPIO and ADC",
	},
	esp32c3: {
		title: "ESP32-C3",
		subclass: "esp32c3",
		pins: range(0, 21),
		inputOnly: [],
		flash: range(11, 17),
		psram: {},
		strapping: {
			2: "low at reset, it may not start",
			8: "low at reset with GPIO 9 low, it cannot be flashed",
			9: "low at reset, it waits to be flashed",
		},
		adc1: range(0, 4),
		adc2: [5],
		usb: [18, 19],
		serial: [20, 21],
		rmii: [],
		buses: 1,
		measuresPulses: false,
		fullScale: 2.45,
		usualFlash: "4MB",
		source: "ESP32-C3 Series Datasheet, §2.3 and §3; ESP-IDF Programming Guide, GPIO and ADC",
	},
	esp32c6: {
		title: "ESP32-C6",
		subclass: "esp32c6",
		pins: range(0, 30),
		inputOnly: [],
		flash: range(24, 30),
		psram: {},
		strapping: {
			4: "it sets the timing of SDIO",
			5: "it sets the timing of SDIO",
			8: "low at reset with GPIO 9 low, it cannot be flashed",
			9: "low at reset, it waits to be flashed",
			15: "it may choose what debugs the chip",
		},
		adc1: range(0, 6),
		adc2: [],
		usb: [12, 13],
		serial: [16, 17],
		rmii: [],
		buses: 1,
		measuresPulses: true,
		fullScale: 2.45,
		usualFlash: "8MB",
		source: "ESP32-C6 Series Datasheet, §2.3 and §3; ESP-IDF Programming Guide, GPIO and ADC",
	},
	virtual: {
		title: "no chip",
		pins: [],
		inputOnly: [],
		flash: [],
		psram: {},
		strapping: {},
		adc1: [],
		adc2: [],
		usb: [],
		serial: [],
		rmii: [],
		buses: 0,
		measuresPulses: false,
		fullScale: 1,
		usualFlash: "",
		source: "",
	},
};
