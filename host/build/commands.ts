// SPDX-License-Identifier: MIT
import type { Command } from "commander";
import { checkBoard } from "../board/check.ts";
import { boardFolder } from "../board/folders.ts";
import { collect } from "../command/flags.ts";
import { configurationFor } from "../configuration/layers.ts";
import { flashable, readSecrets, secretsOf } from "../provision/secrets.ts";
import { diagnose, needLine } from "./doctor.ts";
import { BuildFailure } from "./failure.ts";
import { build, type Firmware, flash, link } from "./firmware.ts";
import { monitor } from "./monitor.ts";
import { endProgress, showProgress } from "./progress.ts";
import { sizeLines } from "./sizes.ts";

interface Flags {
	app: string;
	link?: boolean;
	port?: string;
	wifi?: string;
	broker?: string;
	config?: string;
	with?: string[];
}

/** `katydid build`, `flash`, `monitor` and `doctor`. `print` is given lines. */
export function addBuildCommands(program: Command, print: (line: string) => void): void {
	const command = (name: string, description: string) =>
		program
			.command(name)
			.description(description)
			.argument("<board>", "a folder of boards/")
			.option("--app <name>", "the app: main, or a file of src/apps", "main")
			.option("--wifi <name>", "the Wi-Fi to join; katydid provision gives the board its password")
			.option("--broker <url>", "the MQTT broker; without one the thing answers CoAP alone")
			.option("--config <file>", "what is configured (default: katydid.config.json, if there is one)")
			.option("--with <key=value>", "configure this: topic=home/attic, intervals.temperature=5000", collect)
			.allowExcessArguments(false);
	command("build", "build an app for a board, with the Moddable SDK")
		.option("--link", "only compile and link its modules, which needs no ESP-IDF, and print their sizes")
		.action((board: string, flags: Flags) =>
			attempt(async () => {
				const firmware = await firmwareOf(board, flags);
				if (flags.link) for (const line of sizeLines(await link(firmware))) print(line);
				else print(`${board} is built, in ${await build(firmware)}`);
			}),
		);
	command("flash", "build an app for a board and flash it")
		.option("--port <port>", "the serial port; without it UPLOAD_PORT, or the one that a board answers on")
		.action((board: string, flags: Flags) =>
			attempt(async () => {
				await flash(await firmwareOf(board, flags), flags.port);
				print(`${board} is flashed: katydid monitor shows what it says`);
			}),
		);
	program
		.command("monitor")
		.description("print what a board says over its serial port; Ctrl-C ends it")
		.option("--port <port>", "the serial port; without it UPLOAD_PORT, or the only one that there is")
		.allowExcessArguments(false)
		.action(({ port }: Flags) =>
			attempt(() => {
				const stop = new AbortController();
				process.once("SIGINT", () => stop.abort());
				return monitor(port, print, stop.signal);
			}),
		);
	program
		.command("doctor")
		.description("say what is missing to flash a board, and how to get it")
		.allowExcessArguments(false)
		.action(() => {
			const needs = diagnose();
			for (const need of needs) print(needLine(need));
			if (needs.some(({ ready }) => !ready)) process.exitCode = 1;
		});
}

async function firmwareOf(board: string, { app, wifi, ...flags }: Flags): Promise<Firmware> {
	for (const line of checkBoard(boardFolder(board)).warnings) process.stderr.write(`${line}\n`);
	const named = wifi === undefined ? [] : [`wifi=${wifi}`];
	const pairs = [...(flags.with ?? []), ...named];
	const configuration = flashable(await configurationFor({ ...flags, board, app, with: pairs }));
	const progress = showProgress(process.stderr, board);
	return { board, app, configuration, secrets: secretsOf(readSecrets() ?? {}), progress };
}

/** A tool that failed has said why; this program is fine. */
async function attempt(work: () => Promise<void>): Promise<void> {
	try {
		await work();
	} catch (error) {
		if (!(error instanceof BuildFailure)) throw error;
		process.stderr.write(`katydid: ${error.message}\n`);
		process.exitCode = 1;
	} finally {
		endProgress(process.stderr);
	}
}
