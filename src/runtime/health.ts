// SPDX-License-Identifier: MIT
import type { ResetReason } from "../device.ts";
import type { NumberDefinition, StringDefinition, Thing } from "../thing/index.ts";

const MINUTE = 60_000;
/** What a receiver reports when it hears nothing. */
const NO_SIGNAL = -127;

/** What a device knows of itself; what it does not know is no property. */
export interface Vitals {
	/** Milliseconds since the start. */
	uptime(): number;
	/** Bytes. */
	freeMemory?: (() => number) | undefined;
	/** The strength of the access point's signal in dBm; undefined while there is none. */
	RSSI?: (() => number | undefined) | undefined;
	resetReason?: ResetReason | undefined;
	/** What ended the last run. */
	crash?: string | undefined;
}

/** Adds `uptime`, `memory`, `rssi`, `reset` and `crash` to a thing, before it runs; one that the application has itself is the application's. */
export function addHealth(thing: Thing, { uptime, freeMemory, RSSI, resetReason, crash }: Vitals): void {
	const has = (name: string) => thing.properties.some((property) => property.name === name);
	const add = (name: string, definition: NumberDefinition | StringDefinition) => {
		if (!has(name)) thing.add(name, definition);
	};
	const number = { type: "number", interval: MINUTE } as const;
	add("uptime", { ...number, title: "Uptime", unit: "s", sample: () => Math.floor(uptime() / 1000) });
	// Bytes and dBm are secondary units of SenML (RFC 8798).
	if (freeMemory) add("memory", { ...number, title: "Free memory", unit: "B", deadband: 256, sample: freeMemory });
	if (RSSI) {
		const sample = () => RSSI() ?? NO_SIGNAL;
		add("rssi", { ...number, title: "Signal strength", unit: "dBm", deadband: 3, sample });
	}
	if (resetReason) add("reset", { type: "string", title: "Last reset", value: resetReason });
	if (crash) add("crash", { type: "string", title: "Last crash", value: crash });
}
