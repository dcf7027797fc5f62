// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";
import { type Configuration, type Configured, configured } from "../../src/configuration.ts";
import { checkBoard } from "../board/check.ts";
import { boardFolder } from "../board/folders.ts";
import { appFile, loadApp } from "../load.ts";
import { katydidFolder } from "../places.ts";
import { flagConfiguration } from "./flags.ts";
import { checkedConfiguration, readConfiguration } from "./read.ts";

/** What decides a configuration on the command line. */
export interface ConfigurationFlags {
	board: string;
	app: string;
	/** A file in place of katydid.config.json. */
	config?: string;
	/** `KEY=VALUE`. */
	with?: readonly string[];
	broker?: string;
}

/** What is configured: by the board, the app, the file and the command line, of which a later one wins. Throws UsageError. */
export async function configurationFor({
	board,
	app,
	config,
	with: pairs,
	broker,
}: ConfigurationFlags): Promise<Configured> {
	const { description } = checkBoard(boardFolder(board, "--board: "));
	// An app may import what only a device has.
	const speaks = /\bconfiguration\b/.test(readFileSync(new URL(`dist/${appFile(app)}`, katydidFolder), "utf8"));
	const { configuration } = speaks ? await loadApp(app) : { configuration: undefined };
	return configured(
		description?.configuration,
		checkedConfiguration(configuration, `the app ${app}, configuration`),
		readConfiguration(config),
		flagConfiguration(pairs),
		broker === undefined ? undefined : ({ broker } satisfies Configuration),
	);
}
