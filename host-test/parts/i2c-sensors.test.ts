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

// BMP280 datasheet §3.12; T1 to T3, P1 to P9: 27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000.
const CALIBRATION = "70 6b 43 67 18 fc 7d 8e 43 d6 d0 0b 27 0b 8c 00 f9 ff 8c 3c f8 c6 70 17";

/** A bench with a BMP280 that was calibrated so, and measured these raw values. */
function bmp280(pressure: number, temperature: number, calibration = CALIBRATION): Bench {
	const data = [pressure, temperature].flatMap((raw) => [raw >> 12, (raw >> 4) & 0xff, (raw & 0x0f) << 4]);
	const hex = data.map((byte) => byte.toString(16)).join(" ");
	return new Bench(registers({ 136: calibration, 208: "58", 247: hex }), 0x76);
}

/** BMP280 datasheet §3.11.3, in 64-bit integers, for the calibration above: °C and Pa. */
function integerAir(rawPressure: number, rawTemperature: number): [temperature: number, pressure: number] {
	const [t1, t2, t3] = [27504n, 26435n, -1000n];
	const [p1, p2, p3, p4, p5, p6, p7, p8, p9] = [36477n, -10685n, 3024n, 2855n, 140n, -7n, 15500n, -14600n, 6000n];
	const raw = BigInt(rawTemperature);
	const above = (raw >> 4n) - t1;
	const fine = ((((raw >> 3n) - (t1 << 1n)) * t2) >> 11n) + ((((above * above) >> 12n) * t3) >> 14n);
	let v1 = fine - 128000n;
	const v2 = v1 * v1 * p6 + ((v1 * p5) << 17n) + (p4 << 35n);
	v1 = ((v1 * v1 * p3) >> 8n) + ((v1 * p2) << 12n);
	v1 = (((1n << 47n) + v1) * p1) >> 33n;
	let p = ((((1048576n - BigInt(rawPressure)) << 31n) - v2) * 3125n) / v1;
	p = ((p + ((p9 * (p >> 13n) * (p >> 13n)) >> 25n) + ((p8 * p) >> 19n)) >> 8n) + (p7 << 4n);
	return [Number((fine * 5n + 128n) >> 8n) / 100, Number(p) / 256];
}

test("a BMP280 compensates as in the example of its datasheet, §3.12", () => {
	const bench = bmp280(415148, 519888);
	const { temperature, pressure } = new BMP280({ sensor: bench.sensor("SMBus"), clock: bench.clock }).sample();
	expect(temperature).toBeCloseTo(25.08, 2);
	expect(pressure).toBeCloseTo(100653.27, 1);
});

for (const [rawPressure, rawTemperature] of [
	[415148, 519888],
	[300000, 400000],
	[450000, 620000],
	[600000, 450000],
] as const)
	test(`a BMP280 compensates ${rawPressure} and ${rawTemperature} as its formula in integers does`, () => {
		const bench = bmp280(rawPressure, rawTemperature);
		const sample = new BMP280({ sensor: bench.sensor("SMBus"), clock: bench.clock }).sample();
		const [temperature, pressure] = integerAir(rawPressure, rawTemperature);
		expect(Math.abs(sample.temperature - temperature)).toBeLessThan(0.01);
		expect(Math.abs(sample.pressure - pressure)).toBeLessThan(0.2);
	});

test("a BMP280 that was exchanged has a calibration of its own", () => {
	const bench = bmp280(415148, 519888);
	const sensor = new BMP280({ sensor: bench.sensor("SMBus"), clock: bench.clock });
	sensor.sample();
	bench.now += 1000;
	bench.device = undefined;
	expect(() => sensor.sample()).toThrow("no BMP280 answers");
	// T1 is 27760, and the rest the same.
	bench.device = bmp280(415148, 519888, CALIBRATION.replace("70 6b", "70 6c")).device;
	expect(sensor.sample().temperature).toBeCloseTo(23.79, 1);
});

test("a BME280 compensates humidity with all of its calibration, and no further than it can be", () => {
	const calibration = {
		136: "70 6b 43 67 18 fc 7d 8e 43 d6 d0 0b 27 0b 8c 00 f9 ff 8c 3c f8 c6 70 17",
		161: "4b",
		// H2 to H6: 370, 0, 313, 50, 30, of which H4 and H5 share a byte.
		225: "72 01 00 13 29 03 1e",
		208: "60",
	};
	const sampleOf = (data: string) => {
		const bench = new Bench(registers({ ...calibration, 247: data }), 0x76);
		return new BME280({ sensor: bench.sensor("SMBus"), clock: bench.clock }).sample();
	};
	// By the formula in 32-bit integers (§4.2.3) at 25.08 °C: 29338 gives 52.94 %RH.
	expect(sampleOf("65 5a c0 7e ed 00 72 9a").humidity).toBeCloseTo(integerHumidity(29338), 1);
	expect(sampleOf("65 5a c0 7e ed 00 00 00").humidity).toBe(0);
	expect(sampleOf("65 5a c0 7e ed 00 ff ff").humidity).toBe(100);
});

/** BME280 datasheet §4.2.3, in integers, for the calibration above at t_fine 128422. */
function integerHumidity(raw: number): number {
	const [fine, h1, h2, h3, h4, h5, h6] = [128422n, 75n, 370n, 0n, 313n, 50n, 30n];
	let v = fine - 76800n;
	const left = ((BigInt(raw) << 14n) - (h4 << 20n) - h5 * v + 16384n) >> 15n;
	const right = (((((v * h6) >> 10n) * (((v * h3) >> 11n) + 32768n)) >> 10n) + 2097152n) * h2 + 8192n;
	v = left * (right >> 14n);
	v -= ((((v >> 15n) * (v >> 15n)) >> 7n) * h1) >> 4n;
	return Number(v >> 12n) / 1024;
}

test("another sensor at the address is told from a BMP280 or BME280, until the right one is there", () => {
	const bench = new Bench("bme280", 0x76);
	const sensor = new BMP280({ sensor: bench.sensor("SMBus"), clock: bench.clock });
	expect(() => sensor.sample()).toThrow("expected a BMP280, found a sensor with the id 0x60");
	bench.device = bench.make("bmp280");
	expect(sensor.sample().temperature).toBeCloseTo(21.5, 2);
});
