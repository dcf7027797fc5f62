// SPDX-License-Identifier: MIT
import { execFileSync } from "node:child_process";

/** Builds dist/ before the tests, which start the command line that users start. */
export default function build(): void {
	execFileSync("npx", ["rollup", "--config", "--silent"], { stdio: "inherit" });
}
