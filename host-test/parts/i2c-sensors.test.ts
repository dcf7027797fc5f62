// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { AHT10 } from "../../src/parts/aht10.ts";
import { BH1750 } from "../../src/parts/bh1750.ts";
import { BME280 } from "../../src/parts/bme280.ts";
import { BMP280 } from "../../src/parts/bmp280.ts";
import { crc8 } from "../../src/parts/crc-8.ts";
import { LM75 } from "../../src/parts/lm75.ts";
import { SHT3x } from "../../src/parts/sht3x.ts";
import { Bench, registers } from "./bench.ts";

type Sample = Partial<Record<"temperature" | "humidity" | "pressure" | "illuminance", number>>;

interface Kind {
	device: string;
	address: number;
	make(bench: Bench): { configure(options: object): void; sample(): Sample };
	/** What is on the bus in the first sample, and in a later one. */
	first: string[];
	later: string[];
	/** How exact it is, in what it measures. */
	within: Sample;
	/** What it is called when it does not answer. */
	name: string;
}

const kinds: Kind[] = [
	{
		device: "lm75",
		address: 0x48,
		make: (bench) => new LM75({ sensor: bench.sensor("SMBus"), bits: 11 }),
		first: ["00"],
		later: ["00"],
		within: { temperature: 0.0625 },
		name: "thermometer",
	},
	{
		device: "tmp102",
		address: 0x4b,
		make: (bench) => new LM75({ sensor: bench.sensor("SMBus"), bits: 12 }),
		first: ["00"],
		later: ["00"],
		within: { temperature: 0.03125 },
		name: "thermometer",
	},
	{
		device: "sht3x",
		address: 0x44,
		make: (bench) => new SHT3x({ sensor: bench.sensor("I2C"), clock: bench.clock }),
		first: ["24 00"],
		later: ["24 00"],
		within: { temperature: 0.002, humidity: 0.001 },
		name: "SHT3x",
	},
	{
		device: "aht10",
		address: 0x38,
		make: (bench) => new AHT10({ sensor: bench.sensor("I2C"), clock: bench.clock }),
		first: ["e1 08 00", "ac 33 00"],
		later: ["ac 33 00"],
		within: { temperature: 0.0002, humidity: 0.0001 },
		name: "AHT10",
	},
	{
		device: "bh1750",
		address: 0x23,
		make: (bench) => new BH1750({ sensor: bench.sensor("I2C"), clock: bench.clock }),
		first: ["01", "10"],
		later: [],
		within: { illuminance: 0.42 },
		name: "BH1750",
	},
	{
		device: "bmp280",
		address: 0x76,
		make: (bench) => new BMP280({ sensor: bench.sensor("SMBus"), clock: bench.clock }),
		first: ["88", "d0", "f4 25", "f7"],
		later: ["f4 25", "f7"],
		within: { temperature: 0.0002, pressure: 0.1 },
		name: "BMP280",
	},
	{
		device: "bme280",
		address: 0x77,
		make: (bench) => new BME280({ sensor: bench.sensor("SMBus"), clock: bench.clock }),
		first: ["88", "d0", "a1", "e1", "f2 01", "f4 25", "f7"],
		later: ["f2 01", "f4 25", "f7"],
		within: { temperature: 0.0002, pressure: 0.1, humidity: 0.003 },
		name: "BME280",
	},
];

for (const { device, address, make, first, later, within, name } of kinds)
	describe(device, () => {
		const weather: Required<Sample>[] = [
			{ temperature: 21.5, humidity: 45, pressure: 101_325, illuminance: 250 },
			{ temperature: -12.25, humidity: 88.8, pressure: 97_531, illuminance: 0 },
			{ temperature: 54.875, humidity: 3.2, pressure: 104_900, illuminance: 54_000 },
			{ temperature: 0, humidity: 99.5, pressure: 30_000, illuminance: 1 },
		];

		test("gives what there is, exactly enough, in units of SenML", () => {
			const bench = new Bench(device, address);
			const sensor = make(bench);
			for (const now of weather) {
				Object.assign(bench, now);
				bench.now += 1000;
				const sample = sensor.sample();
				expect(Object.keys(sample).sort()).toEqual(Object.keys(within).sort());
				for (const key of Object.keys(within) as (keyof Sample)[])
					expect(Math.abs(sample[key]! - now[key])).toBeLessThanOrEqual(within[key]!);
			}
		});

		test("asks for it register by register", () => {
			const bench = new Bench(device, address);
			const sensor = make(bench);
			expect(bench.log).toEqual([]);
			sensor.sample();
			expect(bench.log).toEqual(first);
			bench.log.length = 0;
			bench.now += 1000;
			sensor.sample();
			expect(bench.log).toEqual(later);
		});

		test("gives each sample in an object of its own", () => {
			const sensor = make(new Bench(device, address));
			sensor.configure({});
			const one = sensor.sample();
			const copy = { ...one };
			expect(sensor.sample()).not.toBe(one);
			expect(one).toEqual(copy);
		});

		test("says where nothing answers, and works when it is plugged in again", () => {
			const bench = new Bench(device, address);
			const { device: plugged } = bench;
			bench.device = undefined;
			const sensor = make(bench);
			const place = `I2C address 0x${address.toString(16)} (SDA 21, SCL 22)`;
			expect(() => sensor.sample()).toThrow(`no ${name} answers at ${place}`);
			bench.device = plugged;
			sensor.sample();
			bench.device = undefined;
			bench.now += 1000;
			expect(() => sensor.sample()).toThrow(`no ${name} answers at ${place}`);
			// Another one of its kind, which knows nothing yet.
			bench.device = bench.make(device);
			bench.temperature = 7;
			bench.illuminance = 70;
			const sample = sensor.sample();
			if (sample.temperature !== undefined) expect(sample.temperature).toBeCloseTo(7, 2);
			if (sample.illuminance !== undefined) expect(sample.illuminance).toBeCloseTo(70, 0);
		});
	});

test("thermometer and hygrometer that are one sensor share a measurement, for a quarter of a second", () => {
	const bench = new Bench("sht3x", 0x44);
	const sensor = new SHT3x({ sensor: bench.sensor("I2C"), clock: bench.clock });
	sensor.sample();
	bench.now += 249;
	sensor.sample();
	expect(bench.log).toEqual(["24 00"]);
	bench.now += 1;
	sensor.sample();
	expect(bench.log).toEqual(["24 00", "24 00"]);
});

describe("LM75", () => {
	// LM75B datasheet, table 9; the last five bits are whatever.
	for (const [raw, bits, temperature] of [
		["7f 1f", 11, 127],
		["7e ff", 11, 126.875],
		["19 00", 11, 25],
		["00 20", 11, 0.125],
		["00 1f", 11, 0],
		["ff e0", 11, -0.125],
		["e7 1f", 11, -25],
		["c9 20", 11, -54.875],
		// TMP102 datasheet, table 8-2.
		["7f f0", 12, 127.9375],
		["4b 00", 12, 75],
		["00 4f", 12, 0.25],
		["ff c0", 12, -0.25],
		["c9 00", 12, -55],
	] as const)
		test(`reads ${raw} as ${temperature} °C with ${bits} bits`, () => {
			const bench = new Bench(registers({ 0: raw }), 0x48);
			expect(new LM75({ sensor: bench.sensor("SMBus"), bits }).sample()).toEqual({ temperature });
		});
});

test("the checksum is that of the SHT3x datasheet, §4.12", () => {
	expect(crc8(Uint8Array.of(0xbe, 0xef), 0, 2)).toBe(0x92);
});

for (const at of [0, 1, 2, 3, 4, 5])
	test(`an SHT3x with a bit wrong in byte ${at} is not believed`, () => {
		const bench = new Bench("sht3x", 0x44);
		const honest = bench.device!;
		bench.device = {
			write: (bytes) => honest.write(bytes),
			read: (count) => honest.read(count).map((byte, index) => byte ^ (index === at ? 0x10 : 0)),
		};
		const sensor = new SHT3x({ sensor: bench.sensor("I2C"), clock: bench.clock });
		expect(() => sensor.sample()).toThrow("SHT3x: wrong checksum");
	});

test("an AHT10 that is still busy is not believed", () => {
	const bench = new Bench({ write() {}, read: (count) => new Uint8Array(count).fill(0x98) }, 0x38);
	const sensor = new AHT10({ sensor: bench.sensor("I2C"), clock: bench.clock });
	expect(() => sensor.sample()).toThrow("AHT10: still measuring");
});
