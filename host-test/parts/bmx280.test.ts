// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { BME280 } from "../../src/parts/bme280.ts";
import { BMP280 } from "../../src/parts/bmp280.ts";
import { Bench, registers } from "./bench.ts";

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

test("a BMP280 without a calibration is told", () => {
	const bench = bmp280(415148, 519888, CALIBRATION.replace("7d 8e", "00 00"));
	const sensor = new BMP280({ sensor: bench.sensor("SMBus"), clock: bench.clock });
	expect(() => sensor.sample()).toThrow("no calibration for the pressure");
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
