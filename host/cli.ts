#!/usr/bin/env node
// SPDX-License-Identifier: MIT
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { addBoardCommands } from "./board/commands.ts";
import { addBuildCommands } from "./build/commands.ts";
import { addCoap } from "./command/coap.ts";
import { addPub } from "./command/pub.ts";
import { run } from "./command/run.ts";
import { addSub } from "./command/sub.ts";
import { addEtsi } from "./etsi.ts";
import { addProvisionCommand } from "./provision/commands.ts";
import { jsonReport, textReport } from "./report.ts";
import { simulate } from "./simulator.ts";
import { UsageError } from "./usage-error.ts";
import { version } from "./version.ts";

const program = new Command("katydid")
	.description("A thing that talks MQTT and CoAP")
	.version(version)
	// What follows a command is that command's: -V is a version of its own there.
	.enablePositionalOptions()
	.exitOverride()
	.configureOutput({ outputError: (text, write) => write(`${oneLine(text)} (--help lists the flags)\n`) });

const print = (line: string) => process.stdout.write(`${line}\n`);

program
	.command("simulate")
	.description("run an app on a virtual board, with an embedded broker")
	.option("--app <name>", "the app: main, or a file of src/apps", "main")
	.option("--board <name>", "the board it runs on", "sim")
	.option(
		"--broker <url>",
		"use this broker instead of the embedded one: mqtt://, mqtts://, ws:// or wss://, then [user:password@]host[:port]",
	)
	.option("--config <file>", "what is configured (default: katydid.config.json, if there is one)")
	.option("--with <key=value>", "configure this: topic=home/attic, intervals.temperature=5000", collect)
	.option(
		"--provision <file>",
		"a file or pipe with what katydid provision would give to a board; - is the standard input",
	)
	.option("--local", "be found as NAME.local (mDNS) by other programs of this machine")
	.option("--mqtt-port <n>", "the embedded broker's TCP port (default: 1883, or the next free one)", port)
	.option("--coap-port <n>", "the CoAP server's UDP port (default: 5683, or the next free one)", port)
	.option("--set <property=value>", "start with this value; a sensor keeps it", collect)
	.option("--seed <n>", "repeat the run that this number decides", integer)
	.option("--json", "print every event as one JSON object a line")
	.allowExcessArguments(false)
	.action(async ({ json, ...options }) => {
		const simulation = await simulate(options, json ? jsonReport(print) : textReport(print));
		const stop = once(() => simulation.stop().then(() => process.exit(0)));
		process.on("SIGINT", stop).on("SIGTERM", stop);
		// Whoever read what is printed has gone.
		process.stdout.on("error", stop);
		if (process.stdin.isTTY) listenToKeys({ "\x03": stop, "\r": () => simulation.press() });
	});

addPub(program, run);
addSub(program, run);
addCoap(program, run);
addEtsi(program, run, print);

addBoardCommands(program, print);
addBuildCommands(program, print);
addProvisionCommand(program, print);

/** A Ctrl-C may come twice, from the terminal and from npm; only one that comes much later means that it is meant. */
function once(stop: () => void): () => void {
	let asked = 0;
	return () => {
		if (asked === 0) stop();
		else if (Date.now() - asked > 1000) process.exit(1);
		asked ||= Date.now();
	};
}

/** Takes keys one by one. Ctrl-C is one of them, so that it ends this program and not, with a code of its own, the shell that npm starts it in. */
function listenToKeys(keys: Record<string, () => void>): void {
	process.stdin.setRawMode(true).setEncoding("utf8");
	process.stdin.on("data", (text: string) => {
		for (const key of text) keys[key]?.();
	});
}

function oneLine(text: string): string {
	return text
		.trim()
		.replace(/^error: /, "katydid: ")
		.replaceAll(/\s*\n\s*/g, " ");
}

function port(text: string): number {
	const value = integer(text);
	if (value < 1 || value > 65535) throw new InvalidArgumentError("expected a port from 1 to 65535.");
	return value;
}

function integer(text: string): number {
	if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("expected a whole number.");
	return Number(text);
}

function collect(text: string, before: string[] = []): string[] {
	return [...before, text];
}

try {
	await program.parseAsync();
} catch (error) {
	if (error instanceof CommanderError) process.exit(error.exitCode && 2);
	process.stderr.write(`katydid: ${error instanceof UsageError ? error.message : (error as Error).stack}\n`);
	process.exit(error instanceof UsageError ? 2 : 1);
}
