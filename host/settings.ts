// SPDX-License-Identifier: MIT
import type { Thing } from "../src/thing/index.ts";
import { freePort, portTaken, type Transport } from "./io/index.ts";
import { UsageError } from "./usage-error.ts";

/** Starts `thing` with each `PROPERTY=VALUE`: an actuator at that value, a sensor that keeps it. */
export function applySettings(thing: Thing, settings: readonly string[]): void {
	for (const setting of settings) {
		const equals = setting.indexOf("=");
		if (equals < 1) throw new UsageError(`--set: expected PROPERTY=VALUE, got "${setting}"`);
		try {
			const property = thing.property(setting.slice(0, equals));
			const value = property.parse(setting.slice(equals + 1));
			if (property.definition.sample) property.definition.sample = () => value as never;
			else property.value = value;
		} catch (error) {
			throw new UsageError(`--set: ${(error as Error).message}`);
		}
	}
}

/** The port that was asked for, or the usual one, or the next free one above; `note` says when it is not the usual one. */
export async function choosePort(transport: Transport, address: string, usual: number, asked?: number) {
	if (asked === undefined) {
		const port = await freePort(transport, usual, address);
		return { port, note: port === usual ? "" : `port ${usual} is in use` };
	}
	const flag = transport === "tcp" ? "--mqtt-port" : "--coap-port";
	const taken = await portTaken(transport, asked, address).catch((error) => {
		throw new UsageError(`${flag}: port ${asked} cannot be had (${error.message}); choose another`);
	});
	if (taken)
		throw new UsageError(`${flag}: port ${asked} is in use; choose another, or leave ${flag} out to get a free one`);
	return { port: asked, note: "" };
}
