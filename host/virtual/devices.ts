// SPDX-License-Identifier: MIT
import { AHT10 } from "./aht10.ts";
import { BH1750 } from "./bh1750.ts";
import { BMx280 } from "./bmx280.ts";
import type { I2CDevice } from "./i2c.ts";
import { LM75 } from "./lm75.ts";
import { SHT3x } from "./sht3x.ts";

/** What there is to measure. */
export interface World {
	/** Milliseconds that only ever grow: a sensor takes its time. */
	now(): number;
	/** °C */
	temperature(): number;
	/** %RH */
	humidity(): number;
	/** Pa */
	pressure(): number;
	/** lx */
	illuminance(): number;
	/** m */
	distance(): number;
}

/** The I2C devices that a virtual board may have, by the name of their kind, as their datasheets describe them to whoever is on the bus. */
export const DEVICES: Readonly<Record<string, (world: World) => I2CDevice>> = {
	aht10: (world) => new AHT10(world),
	bh1750: (world) => new BH1750(world),
	bme280: (world) => new BMx280(world, 0x60),
	bmp280: (world) => new BMx280(world, 0x58),
	lm75: (world) => new LM75(world, 11),
	sht3x: (world) => new SHT3x(world),
	tmp102: (world) => new LM75(world, 12),
};
