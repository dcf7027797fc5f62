// SPDX-License-Identifier: MIT
import { Program } from "../support/processes.ts";

/** Starts an Erlang program with no variable of ours, so that no setting of this machine changes it; `folder` is its home, where its cookie is. */
export function erlang(
	folder: string,
	program: string,
	parameters: string[],
	variables: Record<string, string> = {},
): Program {
	const all = { PATH: process.env.PATH, LANG: "C.UTF-8", HOME: folder, ERL_CRASH_DUMP: "/dev/null", ...variables };
	const environment = Object.entries(all).map(([name, value]) => `${name}=${value}`);
	return new Program(["env"], ["-i", ...environment, program, ...parameters]);
}

/** Throws unless `there`: the package is not installed. */
export function installed(there: unknown, name: string): asserts there {
	if (!there) throw new Error(`${name} is not installed: node host-test/brokers/install.js installs it`);
}
