// SPDX-License-Identifier: MIT
import type { ClientOptions } from "../../src/mqtt/index.ts";
import type { Version } from "../../src/mqtt/version.ts";
import type { Flash } from "./power.ts";

/** One schedule, which can be played again. */
export interface Schedule {
	readonly version: Version;
	readonly seed: number;
	/** Messages each way. */
	readonly messages: number;
	/** The power is cut after this many steps. */
	readonly cutAt?: number;
	/** How often it is cut besides, when the seed says. */
	readonly cuts?: number;
	/** How often the broker loses its session. */
	readonly losses?: number;
	/** How often the connection breaks. */
	readonly breaks?: number;
	/** How often the store has no room, or does not delete. */
	readonly failures?: number;
	/** For how many milliseconds at most the broker is away then; it keeps its session. */
	readonly outage?: number;
	/** How many milliseconds pass at most when some do; 100 unless given. */
	readonly pace?: number;
	/** Messages that are published before the first connection. */
	readonly offline?: number;
	/** What the device keeps its session in; flash whose every byte is a step, unless given. */
	readonly flash?: Flash;
	readonly options?: Partial<ClientOptions>;
}
