// SPDX-License-Identifier: MIT
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "rollup";
import { minify } from "terser";
import { bundle } from "../../host-test/xs/bundle.ts";
import { NARROW, Worker } from "../../host-test/xs/worker.ts";

const ENTRY = fileURLToPath(new URL("engine/index.ts", import.meta.url));

/** Whether the engine that measures memory is there: install.js builds it on Debian amd64. */
export const measuresMemory = existsSync(NARROW);

/** All that is measured, as a script for a `Lab`. */
export function script(...plugins: Plugin[]): Promise<string> {
	return scriptOf(ENTRY, ...plugins);
}

/** The module at path `entry` as a script of one line: this engine counts a bytecode for each new line, and a device has none. */
export async function scriptOf(entry: string, ...plugins: Plugin[]): Promise<string> {
	const { code } = await minify(await bundle(entry, ...plugins), { compress: false, mangle: false });
	return code!;
}

/** An XS engine that is given commands. */
export class Lab {
	private worker: Worker;

	/** With `narrow`, an engine with pointers of 32 bits. */
	constructor(script: string, narrow = false) {
		this.worker = narrow ? new Worker(silence, NARROW) : new Worker(silence);
		this.load(script);
	}

	load(script: string): void {
		this.worker.evaluate(script);
	}

	/** Runs a command of engine/index.ts; returns its result. */
	ask<Result = void>(command: string, ...parameters: (string | number)[]): Result {
		const reply = this.worker.command(Buffer.from(JSON.stringify([command, ...parameters])));
		return JSON.parse(Buffer.from(reply).toString());
	}

	/** What the narrow engine's heap holds, in bytes, garbage included. */
	get heap(): number {
		return this.worker.heap;
	}

	/** What it holds after a collection. */
	collected(): number {
		this.ask("collect");
		return this.worker.heap;
	}

	close(): void {
		this.worker.close();
	}
}

const silence = () => new Uint8Array(0);
