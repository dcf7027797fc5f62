// SPDX-License-Identifier: MIT
import { checkBoard } from "./check.ts";
import { CHIPS } from "./chips.ts";
import { type Description, type Extra, outputsAndInputs } from "./description.ts";
import { boardFolder, boardNames } from "./folders.ts";
import { placesOf } from "./sensor-rules.ts";
import { SENSORS } from "./sensors.ts";

/** What an application may need of this board: `led`, `led.brightness`, `relay:fan`. */
export function partsOf(description: Description): Set<string> {
	const parts = new Set<string>();
	for (const { place, part } of outputsAndInputs(description))
		for (const kind of kindsOf(part)) parts.add(named(kind, place));
	for (const sensor of description.sensors ?? [])
		for (const kind of SENSORS[sensor.sensor]!.gives) parts.add(named(kind, placesOf(sensor)[0]!));
	return parts;
}

/** Those of an application's needs that a board has not; a virtual board has all but extras. */
export function missing(needs: readonly string[], description: Description): string[] {
	const parts = partsOf(description);
	const virtual = !CHIPS[description.chip]!.subclass;
	return needs.filter((need) => !parts.has(need) && !(virtual && !need.includes(":")));
}

/** What to say when the board `name` lacks what the application `app` needs; undefined when it lacks nothing. */
export function lack(
	app: string,
	needs: readonly string[],
	name: string,
	description: Description,
): string | undefined {
	const absent = missing(needs, description);
	if (absent.length === 0) return undefined;
	const others = boardNames().filter((other) => {
		const checkup = checkBoard(boardFolder(other));
		return checkup.description && missing(needs, checkup.description).length === 0;
	});
	const advice = others.length
		? `these have all that it needs: ${others.join(", ")}`
		: "no board has all that it needs";
	return `the app ${app} needs ${absent.join(" and ")}, which the board ${name} has not: add it to its board.json; ${advice}`;
}

function kindsOf(part: Extra): string[] {
	if (part.is !== "led") return [part.is];
	const { drive = "digital" } = part;
	if (drive === "digital") return ["led"];
	return drive === "pwm" ? ["led", "led.brightness"] : ["led", "led.brightness", "led.color"];
}

function named(kind: string, place: string): string {
	return place.startsWith("extras.") ? `${kind}:${place.slice("extras.".length)}` : kind;
}
