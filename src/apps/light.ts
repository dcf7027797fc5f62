// SPDX-License-Identifier: MIT
import { type BoardWith, Thing } from "katydid";

/** What the board must have. */
export const needs = ["led"] as const;

/** A light that is on or off: `npm start -- --app light`. */
export default function light(board: BoardWith<typeof needs>): Thing {
	return new Thing({
		id: "light-456",
		topic: "home/livingroom/light",
		title: "Living-room light",
		properties: {
			state: {
				type: "string",
				enum: ["off", "on"],
				value: "off",
				write: (state) => board.led.write(state === "on" ? 1 : 0),
			},
		},
	});
}
