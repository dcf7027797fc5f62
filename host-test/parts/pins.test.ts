// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { assemble } from "../../src/parts/assemble.ts";
import { DigitalOutput } from "../../src/parts/digital-output.ts";
import { HCSR04 } from "../../src/parts/hc-sr04.ts";
import { NTC } from "../../src/parts/ntc.ts";
import { PixelLed } from "../../src/parts/pixel-led.ts";
import { PushButton } from "../../src/parts/push-button.ts";
import { PWMLed } from "../../src/parts/pwm-led.ts";
import { Wired } from "./wired.ts";

describe("an LED or relay on a pin", () => {
	test("is off at first, and goes on and off", () => {
		const { pins, driven } = new Wired();
		const led = new DigitalOutput({ output: { io: pins.Digital, pin: 2 } });
		led.write(1);
		led.write(0);
		expect(driven).toEqual(["2 0", "2 1", "2 0"]);
	});

	test("is off while the pin is high, when it is wired so", () => {
		const { pins, driven } = new Wired();
		const relay = new DigitalOutput({ output: { io: pins.Digital, pin: 2, activeLow: true } });
		relay.write(1);
		expect(driven).toEqual(["2 1", "2 0"]);
	});
});

for (const activeLow of [false, true])
	test(`an LED with PWM, active ${activeLow ? "low" : "high"}, has a brightness, which outlives the dark`, () => {
		const { pins, driven } = new Wired();
		const led = new PWMLed({ output: { io: pins.PWM, pin: 4, activeLow } });
		led.write(1);
		led.brightness = 0.25;
		led.write(0);
		led.brightness = 0.5;
		led.write(1);
		expect(led.brightness).toBe(0.5);
		const shares = driven.map((line) => Number(line.split(" ")[1]));
		const bright = shares.map((share) => (activeLow ? 1 - share : share));
		const expected = [0, 1, 0.25, 0, 0, 0.5];
		for (const [index, share] of expected.entries()) expect(bright[index]).toBeCloseTo(share, 2);
		expect(bright).toHaveLength(expected.length);
		for (const wrong of [-0.1, 1.1, Number.NaN]) {
			expect(() => {
				led.brightness = wrong;
			}).toThrow(/expected a brightness from 0 to 1/);
		}
		expect(led.brightness).toBe(0.5);
	});

describe("a NeoPixel", () => {
	test("has a brightness and a colour, which outlive the dark", () => {
		const shown: string[] = [];
		class Strip {
			brightness = 0x40;
			private color = 0;
			constructor(options: object) {
				shown.push(JSON.stringify(options));
			}
			makeRGB(red: number, green: number, blue: number) {
				return (red << 16) | (green << 8) | blue;
			}
			fill(color: number) {
				this.color = color;
			}
			update() {
				shown.push(`${this.color.toString(16)} at ${this.brightness}`);
			}
		}
		const led = new PixelLed({ output: { io: Strip, pin: 8, length: 3 } });
		led.write(1);
		led.color = 0xff8000;
		led.brightness = 0.2;
		led.write(0);
		led.write(1);
		expect([led.brightness, led.color]).toEqual([0.2, 0xff8000]);
		expect(shown).toEqual([
			'{"pin":8,"length":3,"order":"GRB"}',
			"ffffff at 0",
			"ffffff at 255",
			"ff8000 at 255",
			"ff8000 at 51",
			"ff8000 at 0",
			"ff8000 at 51",
		]);
		expect(() => {
			led.color = 0x1000000;
		}).toThrow("expected a colour from 0 to 0xffffff, got 16777216");
		expect(() => {
			led.brightness = 2;
		}).toThrow("expected a brightness from 0 to 1, got 2");
	});
});

describe("a push button", () => {
	const button = (options: object = {}) => {
		const wired = new Wired();
		const presses: number[] = [];
		const part = new PushButton({ input: { io: wired.pins.Digital, pin: 0, ...options }, clock: wired.clock });
		part.onPressed = () => presses.push(part.read());
		return { ...wired, wired, part, presses };
	};

	for (const activeLow of [true, false])
		test(`to ${activeLow ? "ground" : "supply"} calls back once each time that it goes down, when it has stopped bouncing`, () => {
			const { wired, part, presses } = button({ activeLow });
			const [down, up] = activeLow ? ([0, 1] as const) : ([1, 0] as const);
			expect(part.read()).toBe(0);
			for (const level of [down, up, down, up, down]) wired.pins.pull(0, level);
			expect([presses, wired.clock.timers.length]).toEqual([[], 1]);
			wired.pass(29);
			expect(presses).toEqual([]);
			wired.pass(1);
			expect(presses).toEqual([1]);
			// A contact that shakes while it is held is not let go.
			wired.pins.pull(0, up);
			wired.pins.pull(0, down);
			wired.pass(30);
			expect(presses).toEqual([1]);
			wired.pins.pull(0, up);
			wired.pass(30);
			wired.pins.pull(0, down);
			wired.pass(30);
			expect(presses).toEqual([1, 1]);
		});

	test("lets nothing escape that the application throws, and goes on", () => {
		const { wired, part, presses } = button();
		const { onPressed } = part;
		part.onPressed = () => {
			throw new Error("no lamp");
		};
		wired.pins.pull(0, 0);
		wired.pass(30);
		expect(wired.errors).toEqual(["button: no lamp"]);
		wired.pins.pull(0, 1);
		wired.pass(30);
		part.onPressed = onPressed;
		wired.pins.pull(0, 0);
		wired.pass(30);
		expect(presses).toEqual([1]);
	});

	test("that only bounced was not pressed", () => {
		const { wired, presses } = button();
		wired.pins.pull(0, 0);
		wired.pins.pull(0, 1);
		wired.pass(30);
		expect(presses).toEqual([]);
	});

	for (const [options, mode] of [
		[{}, "InputPullUp"],
		[{ activeLow: false }, "InputPullDown"],
		[{ pull: false }, "Input"],
	] as const)
		test(`wired as ${JSON.stringify(options)} is an ${mode}`, () => {
			const modes: number[] = [];
			const { Digital } = new Wired().pins;
			class Noting extends Digital {
				constructor(given: ConstructorParameters<typeof Digital>[0]) {
					super(given);
					modes.push(given.mode);
				}
			}
			new PushButton({ input: { io: Noting, pin: 0, ...options }, clock: new Wired().clock });
			expect(modes).toEqual([Digital[mode]]);
		});
});

describe("an NTC thermistor", () => {
	const divider = { series: 10_000, nominal: 10_000, beta: 3950, supply: 3.3, fullScale: 2.45 };
	// 10 kΩ, B 3950: resistances by the B formula.
	for (const [temperature, ohms, to] of [
		[25, 10_000, "ground"],
		[25, 10_000, "supply"],
		[60, 2_486.1, "ground"],
		[0, 33_620.6, "supply"],
	] as const)
		test(`of ${ohms} Ω to ${to} is at ${temperature} °C`, () => {
			const wired = new Wired();
			const share = ohms / (ohms + 10_000);
			wired.voltage = (3.3 * (to === "ground" ? share : 1 - share)) / 2.45;
			const ntc = new NTC({ sensor: { io: wired.pins.Analog, pin: 34 }, ...divider, to });
			ntc.configure({});
			expect(ntc.sample().temperature).toBeCloseTo(temperature, 1);
		});

	test("whose voltage cannot be is told", () => {
		const wired = new Wired();
		wired.voltage = 0.9;
		const ntc = new NTC({ sensor: { io: wired.pins.Analog, pin: 34 }, ...divider, supply: 1.8, to: "ground" });
		expect(() => ntc.sample()).toThrow("the thermistor's voltage is above its supply");
	});

	for (const voltage of [0, 1])
		test(`that is not there (${voltage}) is told`, () => {
			const wired = new Wired();
			wired.voltage = voltage;
			const ntc = new NTC({ sensor: { io: wired.pins.Analog, pin: 34 }, ...divider, to: "ground" });
			expect(() => ntc.sample()).toThrow("the thermistor is not connected, or too hot or cold to read");
		});
});

describe("an HC-SR04", () => {
	const rangefinder = () => {
		const wired = new Wired();
		const { pins, clock } = wired;
		const part = new HCSR04({
			trigger: { io: pins.Digital, pin: 5 },
			sensor: { io: pins.PulseWidth, pin: 18 },
			clock,
		});
		return { wired, part };
	};

	test("calls, and measures how long the echo takes", () => {
		const { wired, part } = rangefinder();
		part.configure({});
		wired.pulses = [99];
		wired.echo = 5828;
		expect(part.sample().distance).toBeCloseTo(1, 3);
		expect(wired.driven).toEqual(["5 0", "5 1", "5 0"]);
		expect(wired.clock.at).toBeGreaterThanOrEqual(25);
	});

	test("throws when nothing answers, or only what is too far away", () => {
		const { wired, part } = rangefinder();
		wired.pulses = [5828];
		expect(() => part.sample()).toThrow("no echo from within 4 m");
		wired.echo = 38_000;
		expect(() => part.sample()).toThrow("no echo from within 4 m");
	});
});

describe("a board is assembled", () => {
	test("with its parts at their places, each with its wiring", () => {
		const seen: object[] = [];
		class Part {
			constructor(options: object) {
				seen.push(options);
			}
		}
		const { pins, clock } = new Wired();
		const device = { io: { Digital: pins.Digital }, I2C: { default: { data: 21, clock: 22 } } };
		const board = assemble(
			[
				[["led"], Part, { output: { io: "Digital", pin: 4 } }],
				[["thermometer", "hygrometer"], Part, { sensor: { io: "Digital", bus: "default", address: 0x44 }, bits: 12 }],
				[["extras.fan"], Part, {}],
			],
			device,
			clock,
		);
		expect(seen).toEqual([
			{ output: { io: pins.Digital, pin: 4 }, clock },
			{ sensor: { io: pins.Digital, data: 21, clock: 22, address: 0x44 }, bits: 12, clock },
			{ clock },
		]);
		expect(board.thermometer).toBe(board.hygrometer);
		expect(Object.keys(board)).toEqual(["extras", "led", "thermometer", "hygrometer"]);
		expect(Object.keys(board.extras)).toEqual(["fan"]);
	});

	test("or says which part cannot be", () => {
		const { pins, clock } = new Wired();
		const row = (place: string) => [[place], DigitalOutput, { output: { io: "Digital", pin: 4 } }] as const;
		expect(() => assemble([row("led"), row("relay")], { io: pins }, clock)).toThrow("relay: in use");
	});
});
