// SPDX-License-Identifier: MIT
import type { Configuration } from "../../src/configuration.ts";
import type { Chip } from "./chips.ts";

/** What boards/<name>/board.json says (boards/board.schema.json). */
export interface Description {
	title: string;
	source?: readonly string[];
	chip: string;
	flash?: string;
	psram?: string;
	memory?: "standard" | "small";
	usb?: "serial" | "native";
	ethernet?: Ethernet;
	i2c?: Readonly<Record<string, Bus>>;
	occupied?: Readonly<Record<string, readonly number[]>>;
	configuration?: Configuration;
	led?: Led;
	button?: Button;
	relay?: Relay;
	sensors?: readonly Sensor[];
	extras?: Readonly<Record<string, Extra>>;
}

interface Ethernet {
	phy: string;
	address: number;
	reset?: number;
	mdc: number;
	mdio: number;
}

interface Bus {
	data: number;
	clock: number;
	occupied?: Readonly<Record<string, string>>;
}

interface Led {
	pin: number;
	drive?: "digital" | "pwm" | "neopixel";
	activeLow?: boolean;
	hz?: number;
	length?: number;
	order?: string;
	soldered?: boolean;
	note?: string;
}

interface Button {
	pin: number;
	activeLow?: boolean;
	soldered?: boolean;
	note?: string;
}

interface Relay {
	pin: number;
	activeLow?: boolean;
	soldered?: boolean;
	note?: string;
}

/** A part beside the sensors. */
export type Extra = ({ is: "led" } & Led) | ({ is: "button" } & Button) | ({ is: "relay" } & Relay);

/** A sensor; which of the keys it has is up to its kind. */
export interface Sensor {
	sensor: string;
	as?: string;
	soldered?: boolean;
	note?: string;
	bus?: string;
	address?: string;
	pin?: number;
	series?: number;
	nominal?: number;
	beta?: number;
	to?: "ground" | "supply";
	supply?: number;
	trigger?: number;
	echo?: number;
}

/** Where in the description something is said. */
export type Path = readonly (string | number)[];

/** The parts that are no sensors, each with its name (`led`, `extras.fan`) and where it is said. */
export function outputsAndInputs(description: Description): { place: string; path: Path; part: Extra }[] {
	const { led, button, relay, extras = {} } = description;
	return [
		...(led ? [{ place: "led", path: ["led"], part: { ...led, is: "led" as const } }] : []),
		...(button ? [{ place: "button", path: ["button"], part: { ...button, is: "button" as const } }] : []),
		...(relay ? [{ place: "relay", path: ["relay"], part: { ...relay, is: "relay" as const } }] : []),
		...Object.entries(extras).map(([name, part]) => ({ place: `extras.${name}`, path: ["extras", name], part })),
	];
}

/** The name of the bus that an I2C sensor is on. */
export function busOf({ bus = "default" }: Sensor): string {
	return bus;
}

/** Whether the chip itself, not a serial adapter, is at the other end of the USB cable. */
export function hasNativeUSB({ usb }: Description, chip: Chip): boolean {
	return usb === "native" && chip.usb.length > 0;
}
