// SPDX-License-Identifier: MIT
import { CHIPS } from "./chips.ts";
import { busOf, type Description } from "./description.ts";
import { remark, type Use, usesOf } from "./pins.ts";
import { addressOf, hex, placesOf } from "./sensor-rules.ts";
import { SENSORS } from "./sensors.ts";

/** The board as a table: each pin that something uses, then each sensor. */
export function pinout(description: Description): string[] {
	const chip = CHIPS[description.chip]!;
	const uses = usesOf(description).sort((one, two) => one.pin - two.pin);
	const rows = uses.map((use) => [`GPIO ${use.pin}`, use.what, comments(use, remark(use.pin, chip))]);
	for (const sensor of description.sensors ?? []) {
		const { i2c, title, gives } = SENSORS[sensor.sensor]!;
		const place = i2c ? hex(addressOf(sensor)) : "";
		const bus = i2c ? `on the bus ${busOf(sensor)}` : "";
		const places = placesOf(sensor).join(", ");
		const what = sensor.as === undefined ? places : `${places} (${gives.join(", ")})`;
		rows.push([place, `${title}: ${what}`, i2c ? [bus, wiring(sensor)].filter(Boolean).join("; ") : ""]);
	}
	return [`${description.title}${chip.subclass ? ` (${chip.title})` : ""}`, ...table(rows)];
}

function comments({ soldered, role, note }: Use, special: string): string {
	const mine = role === "bus" ? "" : wiring({ soldered, note });
	return [mine, special].filter(Boolean).join("; ");
}

/** What whoever builds it has to do. */
function wiring({ soldered, note }: { soldered?: boolean | undefined; note?: string | undefined }): string {
	return [soldered ? "on the board" : "wire it", note].filter(Boolean).join("; ");
}

function table(rows: string[][]): string[] {
	const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
	return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
}
