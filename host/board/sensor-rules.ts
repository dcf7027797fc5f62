// SPDX-License-Identifier: MIT
import { busOf, type Description, type Sensor } from "./description.ts";
import { error, type Finding } from "./finding.ts";
import { list } from "./schema.ts";
import { SENSORS, type SensorKind } from "./sensors.ts";

/** What is wrong with the sensors of a description that has the right shape. */
export function checkSensors(description: Description): Finding[] {
	const { sensors = [] } = description;
	return [
		...sensors.flatMap((sensor, index) => checkPlace(sensor, index, description)),
		...checkAddresses(description),
		...checkNames(description),
	];
}

/** The address of an I2C sensor: the one that is given, or its kind's usual one. */
export function addressOf({ sensor, address }: Sensor): number {
	return address === undefined ? SENSORS[sensor]!.i2c!.addresses[0]! : Number.parseInt(address, 16);
}

/** `0x48`. */
export function hex(address: number): string {
	return `0x${address.toString(16).padStart(2, "0")}`;
}

function checkPlace(sensor: Sensor, index: number, { i2c = {} }: Description): Finding[] {
	const kind = SENSORS[sensor.sensor]!;
	if (!kind.i2c) return [];
	const findings: Finding[] = [];
	const bus = busOf(sensor);
	if (!(bus in i2c)) {
		const known = Object.keys(i2c);
		const advice = known.length ? `expected ${list(known)}, or describe it` : "describe it";
		findings.push(error(["sensors", index, "bus"], `there is no I2C bus "${bus}": ${advice} under "i2c"`));
	}
	if (!kind.i2c.addresses.includes(addressOf(sensor)))
		findings.push(
			error(["sensors", index, "address"], `${kind.title} is never at ${sensor.address}: ${possible(kind)}`),
		);
	return findings;
}

function possible({ i2c }: SensorKind): string {
	const { addresses } = i2c!;
	return addresses.length > 2
		? `its pins choose from ${hex(addresses[0]!)} to ${hex(addresses.at(-1)!)}`
		: `its pin chooses ${list(addresses.map(hex))}`;
}

/** Two devices at one address of a bus. */
function checkAddresses({ i2c = {}, sensors = [] }: Description): Finding[] {
	const taken = new Map<string, string>();
	for (const [bus, { occupied = {} }] of Object.entries(i2c))
		for (const [address, name] of Object.entries(occupied)) taken.set(`${bus} ${address}`, name);
	return sensors.flatMap((sensor, index) => {
		const kind = SENSORS[sensor.sensor]!;
		if (!kind.i2c) return [];
		const place = `${busOf(sensor)} ${hex(addressOf(sensor))}`;
		const other = taken.get(place);
		taken.set(place, `sensors[${index}]`);
		if (other === undefined) return [];
		const where = `${hex(addressOf(sensor))} of the bus ${busOf(sensor)}`;
		const path = ["sensors", index, "address"];
		return [error(path, `${sensor.sensor} and ${other} are both at ${where}: ${possible(kind)}; or use another bus`)];
	});
}

/** Two parts of one name. */
function checkNames({ sensors = [], extras = {} }: Description): Finding[] {
	const taken = new Map(Object.keys(extras).map((name) => [`extras.${name}`, `extras.${name}`]));
	return sensors.flatMap((sensor, index) => {
		const places = placesOf(sensor);
		const twice = places.find((place) => taken.has(place));
		for (const place of places) if (!taken.has(place)) taken.set(place, `sensors[${index}]`);
		if (twice === undefined) return [];
		const names = `sensors[${index}] and ${taken.get(twice)}`;
		if (sensor.as !== undefined)
			return [error(["sensors", index, "as"], `${names} are both ${twice}: give one of them another name`)];
		return [
			error(
				["sensors", index, "sensor"],
				`${names} are both the ${twice}: make one of them an extra, such as "as": "outdoor"`,
			),
		];
	});
}

/** Where on the board a sensor is found: `thermometer`, or `extras.outdoor`. */
export function placesOf({ sensor, as }: Sensor): string[] {
	return as === undefined ? [...SENSORS[sensor]!.gives] : [`extras.${as}`];
}
