// SPDX-License-Identifier: MIT
// Memory with pointers of 32 bits, as on an ESP32: bytes of slots and chunks together, which the engine tells with each reply.
import type { Plugin } from "rollup";
import type { Figures } from "../figures.ts";
import { operations, within } from "./instructions.ts";
import { Lab, script, scriptOf } from "./lab.ts";

/** Operations between two collections that must find the same heap. */
export const OPERATIONS = 100_000;

export interface Memory {
	/** What stays, by what is there. */
	held: Figures;
	/** What one operation allocates, to be collected later. */
	allocated: Figures;
	/** How much more the heap holds after all of `OPERATIONS`, by kind. */
	growth: Figures;
}

/** Weighs everything; growth after `count` operations in all. Throws when the engine for it is not there. */
export async function weigh(count = OPERATIONS): Promise<Memory> {
	const code = await script();
	const kinds = operations(code);
	const each = Math.ceil(count / kinds.length);
	const memory: Memory = { held: { ...(await loaded()), ...held(code) }, allocated: {}, growth: {} };
	for (const kind of kinds) {
		memory.allocated[kind] = within(code, true, kind, allocated);
		memory.growth[kind] = within(code, true, kind, (lab) => growth(lab, each));
	}
	return memory;
}

/** What each entry of the package takes when it is imported. */
async function loaded(): Promise<Figures> {
	const figures: Figures = {};
	for (const entry of ["katydid/mqtt", "katydid/coap", "katydid/run"]) {
		const lab = new Lab("globalThis.handleCommand = () => (gc(), new TextEncoder().encode('0').buffer)", true);
		const before = lab.collected();
		lab.load(await scriptOf("entry", importing(entry)));
		figures[`${entry} loaded`] = lab.collected() - before;
		lab.close();
	}
	return figures;
}

/** A rollup plugin with a module `entry` that keeps all which `specifier` exports. */
function importing(specifier: string): Plugin {
	return {
		name: "importing",
		resolveId: (id) => (id === "entry" ? id : undefined),
		load: (id) =>
			id === "entry" ? `import * as library from "${specifier}"; globalThis.library = library;` : undefined,
	};
}

function held(code: string): Figures {
	const one = (holding: string) => {
		const lab = new Lab(code, true);
		lab.ask("hold", holding);
		const before = lab.collected();
		lab.ask("repeat", MORE);
		const bytes = (lab.collected() - before) / MORE;
		lab.close();
		// Arrays grow in steps.
		return Math.ceil(bytes);
	};
	const thing = one("thing with one property");
	return {
		"MQTT client with its driver, connected": one("client"),
		"MQTT subscription": one("subscription"),
		"MQTT message in flight (QoS 1)": one("message"),
		"CoAP server with its driver and one resource": one("server"),
		"CoAP resource": one("resource"),
		"CoAP observer": one("observer"),
		"CoAP endpoint whose requests are remembered": one("endpoint"),
		"thing with one property, on both": thing,
		"property, on both": Math.ceil((one("thing with nine properties") - thing) / 8),
	};
}

/** How many are weighed together. */
const MORE = 16;

/** What stands between the two is the command, whatever it repeats. */
function allocated(lab: Lab): number {
	const heap = [10, 74, 10].map((times) => {
		lab.ask("repeat", times);
		return lab.heap;
	});
	const [few, many, again] = heap as [number, number, number];
	return Math.round((many - few - (again - many)) / 64);
}

function growth(lab: Lab, times: number): number {
	lab.ask("repeat", 1000);
	const before = lab.collected();
	lab.ask("repeat", times);
	return lab.collected() - before;
}
