// SPDX-License-Identifier: MIT
import { CHIPS, type Chip } from "./chips.ts";
import { busOf, type Description, hasNativeUSB, outputsAndInputs } from "./description.ts";
import { error, type Finding, warning } from "./finding.ts";
import { freePins, type Role, type Use, usesOf } from "./pins.ts";
import { list } from "./schema.ts";
import { SENSORS } from "./sensors.ts";

/** What is wrong with the pins of a description that has the right shape. */
export function checkPins(description: Description): Finding[] {
	const chip = CHIPS[description.chip]!;
	if (!chip.subclass) return checkVirtual(description);
	const uses = usesOf(description);
	return [
		...checkChip(description, chip),
		...uses.flatMap((use) => checkUse(use, chip, description)),
		...checkShared(uses, description),
		...checkLeds(description),
	];
}

/** A virtual board has every part of the contract, and says so by being virtual. */
function checkVirtual(description: Description): Finding[] {
	const keys = Object.keys(description).filter((key) => !["$schema", "title", "source", "chip"].includes(key));
	return keys.map((key) => ({ ...error([key], `a virtual chip has no pins: leave "${key}" out`), key: true }));
}

/** What the chip cannot be asked for at all. */
function checkChip(description: Description, chip: Chip): Finding[] {
	const { psram, usb, ethernet, sensors = [] } = description;
	const findings: Finding[] = [];
	if (psram !== undefined && !(psram in chip.psram)) {
		const kinds = Object.keys(chip.psram);
		const advice = kinds.length ? `expected ${list(kinds)}, or leave it out` : "leave it out";
		findings.push(error(["psram"], `the ${chip.title} has no ${psram} PSRAM: ${advice}`));
	}
	if (usb === "native" && chip.usb.length === 0)
		findings.push(error(["usb"], `the ${chip.title} has no USB of its own: leave it out, or say "serial"`));
	if (ethernet && chip.rmii.length === 0)
		findings.push(error(["ethernet"], `the ${chip.title} has no RMII for Ethernet: leave it out, or use an ESP32`));
	const buses = new Set(sensors.filter(({ sensor }) => SENSORS[sensor]!.i2c).map(busOf));
	if (buses.size > chip.buses) {
		const advice = `put the sensors on ${chip.buses === 1 ? "one" : chip.buses}`;
		findings.push(
			error(
				["i2c"],
				`the ${chip.title} has no more than ${chip.buses} I2C bus${chip.buses > 1 ? "es" : ""}: ${advice}`,
			),
		);
	}
	return findings;
}

/** What is wrong with one use of a pin. The worst is enough. */
function checkUse(use: Use, chip: Chip, description: Description): Finding[] {
	const { pin, what, role, path, soldered } = use;
	const on = `${what} is on GPIO ${pin}, which`;
	const choose = () => instead(role, description);
	if (!chip.pins.includes(pin)) return [error(path, `${on} the ${chip.title} does not have: ${choose()}`)];
	if (soldered && role === "soldered") return [];
	if (chip.flash.includes(pin)) return [error(path, `${on} the flash is wired to: ${choose()}`)];
	if (chip.psram[description.psram ?? ""]?.includes(pin))
		return [error(path, `${on} the PSRAM is wired to: ${choose()}`)];
	if (chip.inputOnly.includes(pin) && (role === "output" || role === "bus"))
		return [error(path, `${on} is input only on the ${chip.title}: ${choose()}`)];
	if (role === "analog" && !chip.adc1.includes(pin)) return noConverter(use, chip, description);
	if (role === "pulse" && !chip.measuresPulses)
		return [
			error(path, `${what} needs the ${chip.title} to measure pulses, which it cannot: use another sensor or chip`),
		];
	return [...checkPorts(use, chip, description), ...cautions(use, chip)];
}

function noConverter({ pin, what, path }: Use, chip: Chip, description: Description): Finding[] {
	const choose = instead("analog", description);
	if (!chip.adc2.includes(pin))
		return [error(path, `${what} is on GPIO ${pin}, which has no analog converter: ${choose}`)];
	if (description.ethernet) return [];
	return [error(path, `${what} is on GPIO ${pin}, whose converter (ADC2) cannot be read beside Wi-Fi: ${choose}`)];
}

/** The pins that the board is flashed through. */
function checkPorts({ pin, what, role, path }: Use, chip: Chip, description: Description): Finding[] {
	const native = hasNativeUSB(description, chip);
	const on = `${what} is on GPIO ${pin}, which`;
	if (chip.usb.includes(pin)) {
		if (native)
			return [error(path, `${on} is the USB that the board is flashed through: ${instead(role, description)}`)];
		return [warning(path, `${on} is the chip's own USB: nothing can be plugged in there`)];
	}
	if (!native && chip.serial.includes(pin))
		return [error(path, `${on} is the serial port that the board is flashed through: ${instead(role, description)}`)];
	return [];
}

function cautions({ pin, what, role, path, soldered }: Use, chip: Chip): Finding[] {
	if (soldered) return [];
	const findings: Finding[] = [];
	const strapping = chip.strapping[pin];
	if (strapping)
		findings.push(
			warning(
				path,
				`${what} is on GPIO ${pin}, which the ${chip.title} reads at reset (${strapping}): what is wired must not pull it then`,
			),
		);
	if (role === "pulled input" && chip.inputOnly.includes(pin))
		findings.push(
			warning(
				path,
				`${what} is on GPIO ${pin}, which the ${chip.title} cannot pull: wire a resistor of 10 kΩ that does`,
			),
		);
	return findings;
}

/** A pin with two uses. */
function checkShared(uses: Use[], description: Description): Finding[] {
	return uses.flatMap((use, index) => {
		const other = uses.slice(0, index).find(({ pin }) => pin === use.pin);
		if (!other || (other.role === "soldered" && use.role === "soldered")) return [];
		// Said where it can be changed.
		const [fixed, movable] = use.role === "soldered" ? [use, other] : [other, use];
		const choose = instead(movable.role, description);
		return [error(movable.path, `${movable.what} is on GPIO ${use.pin}, which ${fixed.what} uses: ${choose}`)];
	});
}

/** What an LED is told that it cannot do. */
function checkLeds(description: Description): Finding[] {
	return outputsAndInputs(description).flatMap(({ place, path, part }) => {
		if (part.is !== "led") return [];
		const { drive = "digital" } = part;
		const foreign = [
			...(drive === "pwm" ? [] : ["hz"]),
			...(drive === "neopixel" ? ["activeLow"] : ["length", "order"]),
		].filter((key) => key in part);
		return foreign.map((key) => ({
			...error(
				[...path, key],
				`${place} is ${drive}, for which "${key}" means nothing: leave it out, or change "drive"`,
			),
			key: true,
		}));
	});
}

function instead(role: Role, description: Description): string {
	const free = freePins(role, description);
	if (free.length === 0) return "no other pin is free";
	return free.length === 1 ? `GPIO ${free[0]} is free` : `${list(free)} are free`;
}
