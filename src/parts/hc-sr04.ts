// SPDX-License-Identifier: MIT
import type { Rangefinder } from "../board.ts";
import type { Clock, Digital, DigitalConstructor, PulseWidth, PulseWidthConstructor } from "../device.ts";

/** Metres a microsecond, at 20 °C. */
const SOUND = 343.2e-6;
/** Milliseconds after which an echo cannot come any more, and microseconds that the longest one takes: 4 m and back. */
const DURATION = 40;
const LONGEST = 25_000;

/** An HC-SR04: a pulse on one pin makes it call, and another pin is high until it hears itself. */
export class HCSR04 implements Rangefinder {
	private trigger: Digital;
	private echo: PulseWidth;
	private clock: Clock;

	constructor(options: {
		trigger: { io: DigitalConstructor; pin: number };
		sensor: { io: PulseWidthConstructor; pin: number };
		clock: Clock;
	}) {
		const { trigger, sensor, clock } = options;
		this.trigger = new trigger.io({ pin: trigger.pin, mode: trigger.io.Output, initialValue: 0 });
		this.echo = new sensor.io({
			pin: sensor.pin,
			edges: sensor.io.RisingToFalling,
			mode: sensor.io.InputPullDown,
		});
		this.clock = clock;
	}

	/** Nothing to set. */
	configure(_options: object): void {}

	/** Throws when nothing within 4 m answers. */
	sample(): { distance: number } {
		const { trigger, echo, clock } = this;
		// An echo of something else is not of this call.
		echo.read();
		trigger.write(1);
		clock.delay(1);
		trigger.write(0);
		clock.delay(DURATION);
		const duration = echo.read();
		if (duration === undefined || duration > LONGEST) throw new Error("no echo from within 4 m");
		return { distance: (duration * SOUND) / 2 };
	}
}
