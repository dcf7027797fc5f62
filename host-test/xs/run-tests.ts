// SPDX-License-Identifier: MIT
import { bundle } from "./bundle.ts";
import type { Result } from "./vitest-shim.ts";
import { Worker } from "./worker.ts";

/** Runs the tests of the file at path `file` on XS. A file that cannot be run, or has no test, is one failed result. */
export async function runTests(file: string): Promise<Result[]> {
	let worker: Worker | undefined;
	try {
		worker = new Worker(() => new Uint8Array(0));
		worker.evaluate(await bundle(file));
		const results: Result[] = JSON.parse(Buffer.from(worker.command(new Uint8Array(0))).toString());
		return results.length > 0 ? results : [{ name: "has tests", error: "no test was run" }];
	} catch (error) {
		return [{ name: "runs", error: String(error) }];
	} finally {
		worker?.close();
	}
}
