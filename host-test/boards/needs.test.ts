// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import type { Board, BoardWith, ColorLed, Need, Relay } from "../../src/board.ts";

// What matters here is what the compiler lets pass: an error that is expected and does not come is one.

test("an app finds what it says that it needs, with its type, and nothing else", () => {
	const needs = ["led.color", "thermometer", "relay:fan", "led.brightness:lamp"] as const;
	const app = (board: BoardWith<typeof needs>) => {
		const led: ColorLed = board.led;
		const fan: Relay = board.extras.fan;
		const brightness: number = board.extras.lamp.brightness;
		// @ts-expect-error there may be no button
		const button = () => board.button.read();
		// @ts-expect-error the lamp may have no colours
		const color = () => board.extras.lamp.color;
		// @ts-expect-error there may be no pump
		const pump = () => board.extras.pump.write(1);
		return [led, fan, brightness, button, color, pump, board.thermometer.sample().temperature];
	};
	expect(app).toBeTypeOf("function");
});

test("a board of which nothing is known is for no app that needs something", () => {
	const app = (board: BoardWith<["led"]>) => board.led;
	// @ts-expect-error there may be no LED
	const run = (board: Board) => app(board);
	expect(run).toBeTypeOf("function");
});

test("a need that no board can have is none", () => {
	const needs: Need[] = ["led", "barometer:attic"];
	// @ts-expect-error
	needs.push("toaster");
	expect(needs).toHaveLength(3);
});
