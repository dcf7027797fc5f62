// SPDX-License-Identifier: MIT

/** A kind of sensor that a board may have, and the part of src/parts that drives it. */
export interface SensorKind {
	title: string;
	/** What it measures, as an application calls it. */
	gives: readonly string[];
	/** src/parts/<module>.ts, and the class in it. */
	module: string;
	part: string;
	/** On I2C: the IO class that it is asked through, where it may be, and what its maker or the SDK says is the usual place. */
	i2c?: { io: "I2C" | "SMBus"; addresses: readonly number[] };
	/** What the part is given beside its wiring. */
	options?: Readonly<Record<string, number>>;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** The sensors, by the name that board.json has. The first address is the usual one. */
export const SENSORS: Readonly<Record<string, SensorKind>> = {
	aht10: {
		title: "Aosong AHT10, AHT15 or AHT20",
		gives: ["thermometer", "hygrometer"],
		module: "aht10",
		part: "AHT10",
		i2c: { io: "I2C", addresses: [0x38, 0x39] },
	},
	bh1750: {
		title: "ROHM BH1750",
		gives: ["lightmeter"],
		module: "bh1750",
		part: "BH1750",
		i2c: { io: "I2C", addresses: [0x23, 0x5c] },
	},
	bme280: {
		title: "Bosch BME280",
		gives: ["thermometer", "hygrometer", "barometer"],
		module: "bme280",
		part: "BME280",
		i2c: { io: "SMBus", addresses: [0x76, 0x77] },
	},
	bmp280: {
		title: "Bosch BMP280",
		gives: ["thermometer", "barometer"],
		module: "bmp280",
		part: "BMP280",
		i2c: { io: "SMBus", addresses: [0x76, 0x77] },
	},
	"hc-sr04": {
		title: "HC-SR04",
		gives: ["rangefinder"],
		module: "hc-sr04",
		part: "HCSR04",
	},
	lm75: {
		title: "LM75 or TMP75",
		gives: ["thermometer"],
		module: "lm75",
		part: "LM75",
		i2c: { io: "SMBus", addresses: range(0x48, 0x4f) },
		options: { bits: 11 },
	},
	ntc: {
		title: "NTC thermistor",
		gives: ["thermometer"],
		module: "ntc",
		part: "NTC",
	},
	sht3x: {
		title: "Sensirion SHT30, SHT31 or SHT35",
		gives: ["thermometer", "hygrometer"],
		module: "sht3x",
		part: "SHT3x",
		i2c: { io: "I2C", addresses: [0x44, 0x45] },
	},
	tmp102: {
		title: "TI TMP102",
		gives: ["thermometer"],
		module: "lm75",
		part: "LM75",
		i2c: { io: "SMBus", addresses: range(0x48, 0x4b) },
		options: { bits: 12 },
	},
};
