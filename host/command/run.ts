// SPDX-License-Identifier: MIT

/** Runs a command, and leaves its exit code to this process. */
export type Run = (work: (signal: AbortSignal) => Promise<number>) => Promise<void>;

/** Ctrl-C ends the command in order, a second one at once; and so does it when nobody reads its output any more. */
export const run: Run = async (work) => {
	const stop = new AbortController();
	const abort = () => {
		if (stop.signal.aborted) process.exit(1);
		stop.abort();
	};
	process.on("SIGINT", abort).on("SIGTERM", abort);
	process.stdout.on("error", () => stop.abort());
	process.exitCode = await work(stop.signal);
	process.off("SIGINT", abort).off("SIGTERM", abort);
	process.stdin.destroy();
};
