// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import simulatedBoard from "../../boards/sim/board.ts";
import type { Description } from "../../host/board/description.ts";
import { fittingsOf } from "../../host/board/fittings.ts";
import { seeded } from "../../host/random.ts";
import { virtualDevice } from "../../host/virtual/board.ts";
import type { BoardWith } from "../../src/board.ts";
import { assemble, type Fitting } from "../../src/parts/assemble.ts";

const NEEDS = [
	"led.color",
	"button",
	"relay",
	"thermometer",
	"hygrometer",
	"barometer",
	"lightmeter",
	"rangefinder",
	"led.brightness:lamp",
	"thermometer:sht",
	"thermometer:aht",
	"thermometer:bmp",
	"thermometer:lm",
	"thermometer:tmp",
	"thermometer:ntc",
	"button:other",
] as const;

/** A board with everything that there is. */
const DESCRIPTION: Description = {
	title: "everything",
	chip: "esp32",
	i2c: { default: { data: 21, clock: 22 }, other: { data: 25, clock: 26 } },
	led: { pin: 4, drive: "neopixel" },
	button: { pin: 13 },
	relay: { pin: 14, activeLow: true },
	extras: { lamp: { is: "led", pin: 16, drive: "pwm" }, other: { is: "button", pin: 39, activeLow: false } },
	sensors: [
		{ sensor: "bme280" },
		{ sensor: "bh1750" },
		{ sensor: "hc-sr04", trigger: 17, echo: 18 },
		{ sensor: "sht3x", as: "sht" },
		{ sensor: "aht10", as: "aht" },
		{ sensor: "bmp280", as: "bmp", address: "0x77" },
		{ sensor: "lm75", as: "lm", bus: "other" },
		{ sensor: "tmp102", as: "tmp", address: "0x49", bus: "other" },
		{ sensor: "ntc", as: "ntc", pin: 34, to: "supply" },
	],
};

/** That board, and the board `sim` in the same room. */
async function everything() {
	const moves: string[] = [];
	const errors: string[] = [];
	const world = (seed: number) => ({ random: seeded(seed), now: () => 1000 });
	const { device, clock, press } = virtualDevice(DESCRIPTION, {
		...world(3),
		on: (part, value) => moves.push(`${part} ${Number(value.toFixed(2))}`),
		onError: (error, where) => errors.push(`${where}: ${(error as Error).message}`),
	});
	const fittings = await Promise.all(
		fittingsOf(DESCRIPTION).map(async ({ places, module, part, options }) => {
			const { [part]: Part } = await import(`../../src/parts/${module}.ts`);
			return [places, Part, options] as Fitting;
		}),
	);
	const board = assemble(fittings, device, clock) as unknown as BoardWith<typeof NEEDS>;
	return { board, press, moves, errors, room: simulatedBoard(world(3)) };
}

describe("a virtual board with everything", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	test("measures with every sensor what there is in the room", async () => {
		const { board, room } = await everything();
		const { temperature } = room.thermometer.sample();
		expect(Object.keys(board.extras)).toHaveLength(8);
		const { sht, aht, bmp, lm, tmp, ntc } = board.extras;
		for (const thermometer of [board.thermometer, sht, aht, bmp, lm, tmp, ntc])
			expect(Math.abs(thermometer.sample().temperature - temperature)).toBeLessThan(0.4);
		expect(Math.abs(board.hygrometer.sample().humidity - room.hygrometer.sample().humidity)).toBeLessThan(1);
		expect(Math.abs(board.barometer.sample().pressure - room.barometer.sample().pressure)).toBeLessThan(10);
		expect(Math.abs(board.lightmeter.sample().illuminance - room.lightmeter.sample().illuminance)).toBeLessThan(6);
		expect(Math.abs(board.rangefinder.sample().distance - room.rangefinder.sample().distance)).toBeLessThan(0.02);
	});

	test("tells of each output that moved, by the name of its part, however it is wired", async () => {
		const { board, moves } = await everything();
		expect(moves).toEqual([]);
		board.led.write(1);
		board.led.color = 0x800000;
		board.relay.write(1);
		board.relay.write(1);
		board.relay.write(0);
		board.extras.lamp.brightness = 0.5;
		board.extras.lamp.write(1);
		expect(moves).toEqual(["led 1", "led 0.5", "relay 1", "relay 0", "extras.lamp 0.5"]);
	});

	test("tells of what the app throws when its button is pressed", async () => {
		const { board, press, errors } = await everything();
		board.button.onPressed = () => {
			throw new Error("no lamp");
		};
		press();
		await vi.advanceTimersByTimeAsync(200);
		expect(errors).toEqual(["button: no lamp"]);
	});

	test("has a finger for its button", async () => {
		const { board, press } = await everything();
		const reads: number[] = [];
		board.button.onPressed = () => reads.push(board.button.read());
		expect([press(), board.button.read()]).toEqual([true, 1]);
		await vi.advanceTimersByTimeAsync(200);
		expect([reads, board.button.read(), board.extras.other.read()]).toEqual([[1], 0, 0]);
		press();
		await vi.advanceTimersByTimeAsync(200);
		expect(reads).toEqual([1, 1]);
	});
});
