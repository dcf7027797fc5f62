// SPDX-License-Identifier: MIT
import type { BoardWith, Need } from "../board.ts";
import type { Clock, Device, IO } from "../device.ts";

/**
 * A part, and where it is found on the board (`led`, `extras.fan`). In its options each object with an `io` is a wiring: the name of an
 * IO class of the device, for I2C also of a `bus`, and what else that class is to be given.
 */
export type Fitting = readonly [
	places: readonly string[],
	part: new (options: never) => object,
	options: Readonly<Record<string, unknown>>,
];

/** A board that has whatever it may be asked for: the build has looked whether it does. */
export type FittedBoard = BoardWith<readonly Need[]>;

/** Makes the board that has these parts, in this order, on `device`. Throws what a part throws, with its place. */
export function assemble(fittings: readonly Fitting[], device: Device, clock: Clock): FittedBoard {
	const extras: Record<string, unknown> = {};
	const board: Record<string, unknown> = { extras };
	for (const [places, Part, options] of fittings) {
		const part = make(places[0]!, () => new Part({ ...wired(options, device), clock } as never));
		for (const place of places) {
			const extra = place.startsWith("extras.");
			(extra ? extras : board)[extra ? place.slice("extras.".length) : place] = part;
		}
	}
	return board as unknown as FittedBoard;
}

function make(place: string, construct: () => object): object {
	try {
		return construct();
	} catch (error) {
		throw new Error(`${place}: ${error instanceof Error ? error.message : error}`);
	}
}

/** The options with each wiring's names replaced by what they name. */
function wired(options: Readonly<Record<string, unknown>>, device: Device): Record<string, unknown> {
	const result: Record<string, unknown> = {};
	for (const [name, value] of Object.entries(options)) {
		const wiring = value as { io?: keyof IO; bus?: string };
		if (typeof value !== "object" || wiring.io === undefined) {
			result[name] = value;
			continue;
		}
		const { io, bus, ...rest } = wiring;
		result[name] = { ...(bus !== undefined && device.I2C?.[bus]), ...rest, io: device.io[io] };
	}
	return result;
}
