// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { runTool } from "../build/tool.ts";
import { UsageError } from "../usage-error.ts";
import { nvsTable, provisionSteps } from "./nvs.ts";
import { readSecrets, SECRETS } from "./secrets.ts";

/** `katydid provision`. `print` is given lines. */
export function addProvisionCommand(program: Command, print: (line: string) => void): void {
	program
		.command("provision")
		.description("give a board its passwords, over its serial port; what else it keeps in NVS is forgotten")
		.option("--port <port>", "the serial port; without it UPLOAD_PORT, or the one that a board answers on")
		.option("--secrets <file>", `what only the board is to know; - is the standard input (default: ${SECRETS})`)
		.allowExcessArguments(false)
		.action(async ({ port, secrets: file }: { port?: string; secrets?: string }) => {
			await provision(port, file);
			print("the board has them, and starts again");
		});
}

async function provision(port: string | undefined, file: string | undefined): Promise<void> {
	const secrets = readSecrets(file);
	if (!secrets) throw new UsageError(`there is no ${SECRETS} here: { "wifi": [{ "ssid": "home", "password": "…" }] }`);
	const folder = mkdtempSync(join(tmpdir(), "katydid-provision-"));
	try {
		const steps = provisionSteps(folder, port, process.env);
		writeFileSync(join(folder, "nvs.csv"), nvsTable(secrets), { mode: 0o600 });
		for (const { command, parameters } of steps) {
			const log = join(folder, "tool.log");
			await runTool({ command, parameters, environment: process.env, log, progress: () => {} });
		}
	} finally {
		rmSync(folder, { recursive: true });
	}
}
