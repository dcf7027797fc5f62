// SPDX-License-Identifier: MIT
import type { Hygrometer } from "../board.ts";
import { type Air, BMP280, fineTemperature } from "./bmp280.ts";
import { answer } from "./shared-sensor.ts";

// Registers: BME280 datasheet §5.3.
const CALIBRATION_1 = 0xa1;
const CALIBRATION_2 = 0xe1;
const CONTROL_HUMIDITY = 0xf2;
/** Once; it holds from the next write to the BMP280's control register on. */
const MEASURE_HUMIDITY = 1;

/** What a BME280 measures. */
export interface HumidAir extends Air {
	humidity: number;
}

/** A Bosch BME280: a BMP280 that has a hygrometer, too. */
export class BME280 extends BMP280<HumidAir> implements Hygrometer {
	protected override title = "BME280";
	protected override ids = [0x60];
	protected override length = 8;
	private humidityTrim!: DataView;
	private h1 = 0;

	protected override begin(): DataView {
		const trim = super.begin();
		const bytes = new Uint8Array(7);
		answer(this.title, this.wiring, () => {
			this.h1 = this.io.readUint8(CALIBRATION_1);
			this.io.readBuffer(CALIBRATION_2, bytes);
		});
		this.humidityTrim = new DataView(bytes.buffer);
		return trim;
	}

	protected override trigger(): void {
		this.io.writeUint8(CONTROL_HUMIDITY, MEASURE_HUMIDITY);
		super.trigger();
	}

	protected override compensate(bytes: Uint8Array, trim: DataView): HumidAir {
		const temperature = (bytes[3]! << 12) | (bytes[4]! << 4) | (bytes[5]! >> 4);
		const humidity = this.percent((bytes[6]! << 8) | bytes[7]!, fineTemperature(temperature, trim));
		return { ...super.compensate(bytes, trim), humidity };
	}

	/** Appendix A of the datasheet. */
	private percent(raw: number, fine: number): number {
		const trim = this.humidityTrim;
		const [h2, h3, h6] = [trim.getInt16(0, true), trim.getUint8(2), trim.getInt8(6)];
		// h4 and h5 have 12 bits and share a byte (table 16).
		const h4 = (trim.getInt8(3) << 4) | (trim.getUint8(4) & 0x0f);
		const h5 = (trim.getInt8(5) << 4) | (trim.getUint8(4) >> 4);
		const above = fine - 76800;
		const linear =
			(raw - (h4 * 64 + (h5 / 16384) * above)) *
			((h2 / 65536) * (1 + (h6 / 67108864) * above * (1 + (h3 / 67108864) * above)));
		return Math.min(Math.max(linear * (1 - (this.h1 * linear) / 524288), 0), 100);
	}
}
