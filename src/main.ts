// SPDX-License-Identifier: MIT
import { type BoardWith, Thing } from "katydid";

/** What the board must have. */
export const needs = ["thermometer", "led", "button"] as const;

/** The application: a thermostat with a light. `npm start` runs it here; the same file is flashed. */
export default function thermostat(board: BoardWith<typeof needs>): Thing {
	const thing = new Thing({
		id: "thermostat-123",
		topic: "home/livingroom/thermostat",
		title: "Living-room thermostat",
		properties: {
			temperature: {
				type: "number",
				unit: "Cel",
				minimum: -40,
				maximum: 85,
				multipleOf: 0.1,
				deadband: 0.2,
				interval: 1000,
				sample: () => board.thermometer.sample().temperature,
			},
			light: {
				type: "boolean",
				value: false,
				write: (on) => board.led.write(on ? 1 : 0),
			},
		},
	});
	board.button.onPressed = () => thing.write("light", !thing.read("light"));
	return thing;
}
