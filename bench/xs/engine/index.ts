// SPDX-License-Identifier: MIT
// What bench/xs runs on XS: one operation an engine, chosen by name.
import "./newer.ts";
import "./profile.ts";
import { operations as coap } from "./coap.ts";
import { holdings } from "./holdings.ts";
import { units } from "./meter.ts";
import { operations as mqtt } from "./mqtt.ts";
import { profile } from "./profile.ts";
import { operations as thing } from "./thing.ts";

declare function gc(): void;

const operations = { ...prefixed("MQTT ", mqtt), ...prefixed("CoAP ", coap), ...thing };

/** Until then an operation may still fill caches and rings that it keeps. */
const WARM_UP = 64;
/** Holdings that are there before one more is weighed. */
const HELD = 8;
/** Rings come round within these. */
const COUNTED = 64;

let step: () => void = () => {};

const commands = {
	names: () => Object.keys(operations),
	prepare(name: string): void {
		step = operations[name]!();
		commands.repeat(WARM_UP);
	},
	/** From now on a step adds one of these. */
	hold(name: string): void {
		step = holdings[name]!();
		commands.repeat(HELD);
	},
	repeat(times: number): void {
		for (let i = 0; i < times; i++) step();
	},
	/** Units of a step: the most that one of many takes. */
	count(): number {
		let most = 0;
		units();
		for (let i = 0; i < COUNTED; i++) {
			step();
			most = Math.max(most, units());
		}
		return most;
	},
	/** Where the units of a step go, when the script is instrumented. */
	profile() {
		profile();
		step();
		return profile();
	},
	collect(): void {
		gc();
	},
};

function prefixed(prefix: string, operations: Record<string, () => () => void>): Record<string, () => () => void> {
	return Object.fromEntries(Object.entries(operations).map(([name, operation]) => [prefix + name, operation]));
}

Object.assign(globalThis, {
	/** A command is the JSON of an array: its name, then its parameters; the reply is JSON. */
	handleCommand(command: ArrayBuffer): ArrayBuffer {
		const [name, ...parameters] = JSON.parse(new TextDecoder().decode(command));
		const reply = commands[name as "repeat"](parameters[0]);
		return new TextEncoder().encode(JSON.stringify(reply) ?? "null").buffer;
	},
});
