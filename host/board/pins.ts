// SPDX-License-Identifier: MIT
import { CHIPS, type Chip } from "./chips.ts";
import { busOf, type Description, outputsAndInputs, type Path } from "./description.ts";

/** What a pin is used as. `soldered` is whatever the board's maker did with it. */
export type Role = "output" | "input" | "pulled input" | "analog" | "bus" | "pulse" | "soldered";

/** A pin, and what uses it. */
export interface Use {
	pin: number;
	/** `led`, `SDA of the bus default`. */
	what: string;
	role: Role;
	path: Path;
	/** It came with the board: its maker knows what the chip does with that pin. */
	soldered: boolean;
	note?: string | undefined;
}

/** Every use of a pin that the description names. */
export function usesOf(description: Description): Use[] {
	return [
		...outputsAndInputs(description).map(({ place, path, part }): Use => {
			const { pin, soldered = false, note } = part;
			return {
				pin,
				what: place,
				role: part.is === "button" ? "pulled input" : "output",
				path: [...path, "pin"],
				soldered,
				note,
			};
		}),
		...sensorUses(description),
		...busUses(description),
		...ethernetUses(description),
		...Object.entries(description.occupied ?? {}).flatMap(([what, pins]) =>
			pins.map((pin, index): Use => ({ pin, what, role: "soldered", path: ["occupied", what, index], soldered: true })),
		),
	];
}

function sensorUses({ sensors = [] }: Description): Use[] {
	return sensors.flatMap(({ sensor, pin, trigger, echo, soldered = false, note }, index) => {
		const use = (name: string, number: number | undefined, role: Role, what: string): Use[] =>
			number === undefined ? [] : [{ pin: number, what, role, path: ["sensors", index, name], soldered, note }];
		return [
			...use("pin", pin, "analog", sensor),
			...use("trigger", trigger, "output", `trigger of ${sensor}`),
			...use("echo", echo, "pulse", `echo of ${sensor}`),
		];
	});
}

function busUses({ i2c = {}, sensors = [] }: Description): Use[] {
	return Object.entries(i2c).flatMap(([name, { data, clock, occupied = {} }]) => {
		// A bus that only connects what is soldered is the maker's.
		const soldered = Object.keys(occupied).length > 0 && !sensors.some((sensor) => busOf(sensor) === name);
		const use = (key: string, pin: number, signal: string): Use => ({
			pin,
			what: `${signal} of the bus ${name}`,
			role: soldered ? "soldered" : "bus",
			path: ["i2c", name, key],
			soldered,
		});
		return [use("data", data, "SDA"), use("clock", clock, "SCL")];
	});
}

function ethernetUses({ ethernet, chip }: Description): Use[] {
	if (!ethernet) return [];
	const use = (pin: number, what: string, key: string): Use => ({
		pin,
		what: `${what} of Ethernet`,
		role: "soldered",
		path: ["ethernet", key],
		soldered: true,
	});
	return [
		use(ethernet.mdc, "MDC", "mdc"),
		use(ethernet.mdio, "MDIO", "mdio"),
		...(ethernet.reset === undefined ? [] : [use(ethernet.reset, "reset", "reset")]),
		...CHIPS[chip]!.rmii.map((pin) => use(pin, "RMII", "phy")),
	];
}

/** Pins that are free for such a use on this board, and that give no trouble; a few of them. */
export function freePins(role: Role, description: Description): number[] {
	const chip = CHIPS[description.chip]!;
	const used = new Set(usesOf(description).map(({ pin }) => pin));
	const troublesome = [
		...chip.flash,
		...(chip.psram[description.psram ?? ""] ?? []),
		...chip.usb,
		...chip.serial,
		...Object.keys(chip.strapping).map(Number),
		...(role === "input" || role === "analog" ? [] : chip.inputOnly),
	];
	const candidates = role === "analog" ? chip.adc1 : chip.pins;
	return candidates.filter((pin) => !used.has(pin) && !troublesome.includes(pin)).slice(0, 6);
}

/** What makes a pin special on this chip, in a few words. */
export function remark(pin: number, chip: Chip): string {
	if (chip.flash.includes(pin)) return "flash";
	if (chip.usb.includes(pin)) return "USB";
	if (chip.serial.includes(pin)) return "serial port";
	if (pin in chip.strapping) return "read at reset";
	return chip.inputOnly.includes(pin) ? "input only" : "";
}
