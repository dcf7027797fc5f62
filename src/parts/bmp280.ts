// SPDX-License-Identifier: MIT
import type { Barometer, Thermometer } from "../board.ts";
import type { Clock, SMBus, SMBusConstructor } from "../device.ts";
import { answer, SharedSensor, type Wiring } from "./shared-sensor.ts";

// Registers: BMP280 datasheet §4.2, BME280 datasheet §5.3.
const CALIBRATION = 0x88;
const ID = 0xd0;
const CONTROL = 0xf4;
const PRESSURE = 0xf7;
/** Temperature and pressure once each, then sleep. */
const MEASURE = 0b001_001_01;
/** Milliseconds for that, and humidity (BME280 datasheet §9.1): 9.3. */
const DURATION = 10;

/** What a BMP280 measures. */
export interface Air {
	temperature: number;
	pressure: number;
}

/** A Bosch BMP280. It need not be there yet: only `sample` looks for it. */
export class BMP280<Sample extends Air = Air> extends SharedSensor<Sample> implements Thermometer, Barometer {
	protected wiring: Wiring<SMBusConstructor>;
	protected io: SMBus;
	protected title = "BMP280";
	/** What ID may be: the last two are of samples. */
	protected ids = [0x58, 0x56, 0x57];
	/** How many bytes a measurement has, from PRESSURE on. */
	protected length = 6;
	/** What the sensor was calibrated to, once it is known. */
	private trim: DataView | undefined;

	constructor({ sensor, clock }: { sensor: Wiring<SMBusConstructor>; clock: Clock }) {
		super(clock);
		this.wiring = sensor;
		this.io = new sensor.io({ hz: 100_000, ...sensor });
	}

	protected measure(): Sample {
		const trim = this.trim ?? this.begin();
		// One that does not answer may be another when it does.
		this.trim = undefined;
		const bytes = new Uint8Array(this.length);
		answer(this.title, this.wiring, () => {
			this.trigger();
			this.clock.delay(DURATION);
			this.io.readBuffer(PRESSURE, bytes);
		});
		this.trim = trim;
		return this.compensate(bytes, trim);
	}

	/** Reads what it was calibrated to. Throws when it is another sensor. */
	protected begin(): DataView {
		const { title, wiring, io } = this;
		const bytes = new Uint8Array(24);
		const id = answer(title, wiring, () => {
			io.readBuffer(CALIBRATION, bytes);
			return io.readUint8(ID);
		});
		if (!this.ids.includes(id)) throw new Error(`expected a ${title}, found a sensor with the id 0x${id.toString(16)}`);
		return new DataView(bytes.buffer);
	}

	protected trigger(): void {
		this.io.writeUint8(CONTROL, MEASURE);
	}

	/** The datasheets' formulas in floating point (BMP280 §8.1). */
	protected compensate(bytes: Uint8Array, trim: DataView): Sample {
		const pressure = (bytes[0]! << 12) | (bytes[1]! << 4) | (bytes[2]! >> 4);
		const temperature = (bytes[3]! << 12) | (bytes[4]! << 4) | (bytes[5]! >> 4);
		const fine = fineTemperature(temperature, trim);
		return { temperature: fine / 5120, pressure: pascals(pressure, fine, trim) } as Sample;
	}
}

/** The temperature in 1/5120 °C, which the other formulas need. */
export function fineTemperature(raw: number, trim: DataView): number {
	const [t1, t2, t3] = [trim.getUint16(0, true), trim.getInt16(2, true), trim.getInt16(4, true)];
	return (raw / 16384 - t1 / 1024) * t2 + (raw / 131072 - t1 / 8192) ** 2 * t3;
}

function pascals(raw: number, fine: number, trim: DataView): number {
	const p = (index: number) => trim.getInt16(4 + 2 * index, true);
	const half = fine / 2 - 64000;
	const offset = ((half * half * p(6)) / 32768 + half * p(5) * 2) / 4 + p(4) * 65536;
	const scale = (1 + ((p(3) * half * half) / 524288 + p(2) * half) / 524288 / 32768) * trim.getUint16(6, true);
	if (scale === 0) throw new Error("no calibration for the pressure");
	const pressure = ((1048576 - raw - offset / 4096) * 6250) / scale;
	return pressure + ((p(9) * pressure * pressure) / 2147483648 + (pressure * p(8)) / 32768 + p(7)) / 16;
}
