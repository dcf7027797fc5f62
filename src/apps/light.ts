// SPDX-License-Identifier: MIT
import { type Board, Thing } from "katydid";

/** A light that is on or off: `npm start -- --app light`. */
export default function light(board: Board): Thing {
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
