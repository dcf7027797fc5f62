// SPDX-License-Identifier: MIT
import type { ColorLed } from "../board.ts";
import type { NeoPixel, NeoPixelConstructor } from "../device.ts";
import { DimmedLed } from "./dimmed-led.ts";

/** One or more WS2812 ("NeoPixel") on a pin, which all show the same. */
export class PixelLed extends DimmedLed implements ColorLed {
	private io: NeoPixel;
	private rgb = 0xffffff;

	/** `length`: how many there are; `order`: of the colours on the wire. */
	constructor({ output }: { output: { io: NeoPixelConstructor; pin: number; length?: number; order?: string } }) {
		super();
		const { io: Io, pin, length = 1, order = "GRB" } = output;
		this.io = new Io({ pin, length, order });
		this.show();
	}

	get color(): number {
		return this.rgb;
	}

	set color(value: number) {
		if (!(value >= 0 && value <= 0xffffff)) throw new RangeError(`expected a colour from 0 to 0xffffff, got ${value}`);
		this.rgb = value;
		this.show();
	}

	protected show(): void {
		const { io, rgb } = this;
		io.brightness = Math.round(this.shown * 255);
		io.fill(io.makeRGB(rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff));
		io.update();
	}
}
