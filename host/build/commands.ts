// SPDX-License-Identifier: MIT
import { type Command, Option } from "commander";
import { parseBroker } from "../../src/mqtt/index.ts";
import { checkBoard } from "../board/check.ts";
import { boardFolder } from "../board/folders.ts";
import { UsageError } from "../usage-error.ts";
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
}

/** `katydid build`, `flash`, `monitor` and `doctor`. `print` is given lines. */
export function addBuildCommands(program: Command, print: (line: string) => void): void {
	const command = (name: string, description: string) =>
		program
			.command(name)
			.description(description)
			.argument("<board>", "a folder of boards/")
			.option("--app <name>", "the app: main, or a file of src/apps", "main")
			.addOption(
				new Option("--wifi <name>", "the Wi-Fi to join; its password is taken from the variable WIFI_PASSWORD"),
			)
			.option("--broker <url>", "the MQTT broker; without one the thing answers CoAP alone")
			.allowExcessArguments(false);
	command("build", "build an app for a board, with the Moddable SDK")
		.option("--link", "only compile and link its modules, which needs no ESP-IDF, and print their sizes")
		.action((board: string, flags: Flags) =>
			attempt(async () => {
				const firmware = firmwareOf(board, flags);
				if (flags.link) for (const line of sizeLines(await link(firmware))) print(line);
				else print(`${board} is built, in ${await build(firmware)}`);
			}),
		);
	command("flash", "build an app for a board and flash it")
		.option("--port <port>", "the serial port; without it UPLOAD_PORT, or the one that a board answers on")
		.action((board: string, flags: Flags) =>
			attempt(async () => {
				await flash(firmwareOf(board, flags), flags.port);
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

function firmwareOf(board: string, { app, wifi, broker }: Flags): Firmware {
	for (const line of checkBoard(boardFolder(board)).warnings) process.stderr.write(`${line}\n`);
	const progress = showProgress(process.stderr, board);
	return { board, app, config: { ...wifiOf(wifi), ...brokerOf(broker) }, progress };
}

function wifiOf(ssid: string | undefined): Record<string, string> {
	if (ssid === undefined) return {};
	const { WIFI_PASSWORD: password } = process.env;
	return { ssid, ...(password && { password }) };
}

function brokerOf(broker: string | undefined): Record<string, string> {
	if (broker === undefined) return {};
	try {
		parseBroker(broker);
	} catch (error) {
		throw new UsageError(`--broker: ${(error as Error).message}`);
	}
	return { broker };
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
