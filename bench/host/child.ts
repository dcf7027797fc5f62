// SPDX-License-Identifier: MIT
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

type Methods = Record<string, (...parameters: never[]) => unknown>;

/** In a child: does what the parent asks for, one thing after another. */
export function serve(methods: Methods): void {
	process.on("message", async ([method, ...parameters]: [string, ...never[]]) => {
		process.send!((await methods[method]!(...parameters)) ?? null);
	});
}

/** A measured program of this folder in a process of its own, which ends with this one. */
export class Child {
	private process: ChildProcess;

	constructor(file: string, ...parameters: string[]) {
		const execArgv = [...process.execArgv, "--expose-gc"];
		this.process = fork(fileURLToPath(new URL(file, import.meta.url)), parameters, { execArgv });
		process.once("exit", () => this.stop());
	}

	/** Throws when the child ends instead of answering. */
	async ask<Result = void>(method: string, ...parameters: (string | number)[]): Promise<Result> {
		const ended = new AbortController();
		const exit = once(this.process, "exit", { signal: ended.signal }).then(([code]) => {
			throw new Error(`${this.process.spawnargs.join(" ")} ended with ${code}`);
		});
		this.process.send([method, ...parameters]);
		try {
			const [reply] = (await Promise.race([once(this.process, "message"), exit])) as [Result];
			return reply;
		} finally {
			exit.catch(() => {});
			ended.abort();
		}
	}

	stop(): void {
		this.process.kill();
	}
}
