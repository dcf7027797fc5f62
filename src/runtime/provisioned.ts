// SPDX-License-Identifier: MIT
import type { Configuration } from "../configuration.ts";
import type { Notebook } from "./notebook.ts";

/** Where a device keeps what it was given after it was flashed; `katydid provision` writes there. */
export const DOMAIN = "katydid";
export const NAME = "provision";

/** What the device was given after it was flashed: passwords, and whatever else may be configured, as JSON. Throws Error when it cannot be read. */
export function readProvisioned(notebook: Notebook): Configuration | undefined {
	const text = notebook.get(DOMAIN, NAME);
	if (text === undefined || text === null) return undefined;
	let value: unknown;
	try {
		value = JSON.parse(text as string);
	} catch {
		// What was read is no matter for logs.
	}
	if (typeof value !== "object" || value === null)
		throw new Error("what was provisioned is not JSON: katydid provision again");
	return value;
}

/** What was flashed and what was provisioned, of which the latter wins; networks of both, those with passwords first. */
export function withProvisioned(flashed: Configuration, provisioned: Configuration = {}): Configuration {
	const given = provisioned.wifi ?? [];
	const more = (flashed.wifi ?? []).filter(({ ssid }) => !given.some((network) => network.ssid === ssid));
	const intervals = { ...flashed.intervals, ...provisioned.intervals };
	return { ...flashed, ...provisioned, intervals, wifi: [...given, ...more] };
}
