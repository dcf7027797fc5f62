// SPDX-License-Identifier: MIT
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { shown } from "../board/folders.ts";
import { explain } from "./explain.ts";
import { BuildFailure } from "./failure.ts";
import { type Progress, phaseOf } from "./progress.ts";

/** A tool to start. */
export interface Tool {
	command: string;
	parameters: readonly string[];
	environment: NodeJS.ProcessEnv;
	/** The file that gets all that it prints. */
	log: string;
	progress: Progress;
}

/** Runs a tool and returns what it printed. Throws BuildFailure, with what it meant, when it fails. */
export async function runTool({ command, parameters, environment, log, progress }: Tool): Promise<string> {
	let output = "";
	const code = await new Promise<number | null>((resolve, reject) => {
		const child = spawn(command, parameters, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
		const take = (text: string) => {
			output += text;
			for (const line of text.split(/[\r\n]+/)) progress(phaseOf(line));
		};
		child.stdout.setEncoding("utf8").on("data", take);
		child.stderr.setEncoding("utf8").on("data", take);
		child.on("error", (error) => reject(new BuildFailure(`${command} cannot be started: ${error.message}`)));
		child.on("close", resolve);
	}).finally(() => progress());
	writeFileSync(log, output);
	if (code === 0) return output;
	const meaning = explain(output) ?? lastLines(output);
	throw new BuildFailure(`${meaning}\n(all that was printed is in ${shown(log)})`);
}

function lastLines(output: string): string {
	const lines = output.split("\n").filter((line) => line.trim() !== "");
	return lines.length ? lines.slice(-5).join("\n") : "it failed without a word";
}
