// SPDX-License-Identifier: MIT
import type { ColorLed } from "../board.ts";
import type { NeoPixel, NeoPixelConstructor } from "../device.ts";

/** One or more WS2812 ("NeoPixel") on a pin, which all show the same. */
export class PixelLed implements ColorLed {
	private io: NeoPixel;
	private lit: 0 | 1 = 0;
	private level = 1;
	private rgb = 0xffffff;

	/** `length`: how many there are; `order`: of the colours on the wire. */
	constructor({ output }: { output: { io: NeoPixelConstructor; pin: number; length?: number; order?: string } }) {
		const { io: Io, pin, length = 1, order = "GRB" } = output;
		this.io = new Io({ pin, length, order });
		this.show();
	}

	write(value: 0 | 1): void {
		this.lit = value ? 1 : 0;
		this.show();
	}

	get brightness(): number {
		return this.level;
	}

	set brightness(value: number) {
		if (!(value >= 0 && value <= 1)) throw new RangeError(`expected a brightness from 0 to 1, got ${value}`);
		this.level = value;
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

	private show(): void {
		const { io, rgb } = this;
		io.brightness = Math.round(this.lit * this.level * 255);
		io.fill(io.makeRGB(rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff));
		io.update();
	}
}
