// SPDX-License-Identifier: MIT
import type { Analog, Digital, IO, NeoPixel, PulseWidth, PWM } from "../../src/device.ts";

/** What a virtual world sees and feels of a board's pins. */
export interface Wires {
	/** An output changed, from 0 to 1: a level, the share of time that it is high, how bright pixels are. */
	driven(pin: number, value: number): void;
	/** From 0 to 1, of what the converter can read. */
	voltage(pin: number): number;
	/** How long the last pulse was high, in µs; undefined when there was none since. */
	pulse(pin: number): number | undefined;
}

/** ECMA-419's classes for pins, without pins. */
export type VirtualPins = Pick<IO, "Digital" | "PWM" | "Analog" | "PulseWidth" | "NeoPixel"> & {
	/** Pulls an input to a level, as a finger on a button does. */
	pull(pin: number, level: 0 | 1): void;
};

interface Input {
	level: 0 | 1;
	activeLow: boolean;
	edge: number;
	onReadable?: (() => void) | undefined;
}

/** The pins of one board; each may be used once. */
export function virtualPins(wires: Wires): VirtualPins {
	const used = new Set<number>();
	const inputs = new Map<number, Input>();
	const use = (pin: number) => {
		if (used.has(pin)) throw new RangeError("in use");
		used.add(pin);
	};

	class VirtualDigital implements Digital {
		static readonly Input = 0;
		static readonly InputPullUp = 1;
		static readonly InputPullDown = 2;
		static readonly Output = 8;
		static readonly Rising = 1;
		static readonly Falling = 2;
		private pin: number;
		private activeLow: boolean;

		constructor(options: ConstructorParameters<IO["Digital"]>[0]) {
			const { pin, mode, activeLow = false, initialValue = 0, edge = 0, onReadable } = options;
			use(pin);
			this.pin = pin;
			this.activeLow = activeLow;
			if (mode === VirtualDigital.Output) this.write(initialValue);
			else inputs.set(pin, { level: activeLow ? 1 : 0, activeLow, edge, onReadable });
		}

		read(): 0 | 1 {
			const { level } = inputs.get(this.pin)!;
			return (level ^ Number(this.activeLow)) as 0 | 1;
		}

		write(value: 0 | 1): void {
			wires.driven(this.pin, value ^ Number(this.activeLow));
		}
	}

	class VirtualPWM implements PWM {
		readonly resolution = 10;
		private pin: number;

		constructor({ pin }: { pin: number }) {
			use(pin);
			this.pin = pin;
		}

		write(duty: number): void {
			const most = 2 ** this.resolution - 1;
			if (!(duty >= 0 && duty <= most)) throw new RangeError("invalid value");
			wires.driven(this.pin, Math.floor(duty) / most);
		}
	}

	class VirtualAnalog implements Analog {
		readonly resolution = 12;
		private pin: number;

		constructor({ pin }: { pin: number }) {
			use(pin);
			this.pin = pin;
		}

		read(): number {
			const share = Math.min(Math.max(wires.voltage(this.pin), 0), 1);
			return Math.round(share * (2 ** this.resolution - 1));
		}
	}

	class VirtualPulseWidth implements PulseWidth {
		static readonly RisingToFalling = 1;
		static readonly InputPullDown = 2;
		private pin: number;

		constructor({ pin }: { pin: number }) {
			use(pin);
			this.pin = pin;
		}

		read(): number | undefined {
			return wires.pulse(this.pin);
		}
	}

	class VirtualNeoPixel implements NeoPixel {
		brightness = 0x40;
		private pin: number;
		private order: string;
		private color = 0;

		constructor({ pin, length, order }: { pin: number; length: number; order: string }) {
			if (!(length > 0)) throw new RangeError("no pixels");
			use(pin);
			this.pin = pin;
			this.order = order;
		}

		makeRGB(red: number, green: number, blue: number): number {
			const parts: Record<string, number> = { R: red, G: green, B: blue };
			return [...this.order].reduce((color, letter) => (color << 8) | parts[letter]!, 0);
		}

		fill(color: number): void {
			this.color = color;
		}

		update(): void {
			const brightest = Math.max(this.color >> 16, (this.color >> 8) & 0xff, this.color & 0xff);
			wires.driven(this.pin, (brightest / 255) * (this.brightness / 255));
		}
	}

	return {
		Digital: VirtualDigital,
		PWM: VirtualPWM,
		Analog: VirtualAnalog,
		PulseWidth: VirtualPulseWidth,
		NeoPixel: VirtualNeoPixel,
		pull(pin, level) {
			const input = inputs.get(pin);
			if (!input || input.level === level) return;
			input.level = level;
			const rising = (level === 1) !== input.activeLow;
			if (input.edge & (rising ? VirtualDigital.Rising : VirtualDigital.Falling)) input.onReadable?.();
		},
	};
}
