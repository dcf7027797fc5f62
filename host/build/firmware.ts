// SPDX-License-Identifier: MIT
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Configuration } from "../../src/configuration.ts";
import { CHIPS } from "../board/chips.ts";
import { boardFolder, shown } from "../board/folders.ts";
import { makeBoard } from "../board/make.ts";
import { lack } from "../board/parts.ts";
import { appFile, needsOf } from "../load.ts";
import { katydidFolder } from "../places.ts";
import { refuseSecrets, type Secret } from "../provision/secrets.ts";
import { UsageError } from "../usage-error.ts";
import { BuildFailure } from "./failure.ts";
import { choosePort } from "./monitor.ts";
import type { Progress } from "./progress.ts";
import { expectedIDF, findSDK, type SDK } from "./sdk.ts";
import { type ModuleSize, moduleSizes } from "./sizes.ts";
import { runTool } from "./tool.ts";

/** What is built, and for what. */
export interface Firmware {
	board: string;
	app: string;
	/** What the device finds in `mc/config`, as `katydid`. */
	configuration: Configuration;
	/** What is not to be in it. */
	secrets: readonly Secret[];
	progress: Progress;
}

interface Job {
	sdk: SDK;
	/** The SDK's name for the chip. */
	subclass: string;
	/** What follows `-p`: mcconfig lowercases it, so that the folder is given as it is seen from here. */
	platform: string;
	/** Where everything is put. */
	output: string;
	manifest: string;
	progress: Progress;
}

/** Builds the firmware; returns the folder that it is in. Throws UsageError or BuildFailure. */
export async function build(firmware: Firmware): Promise<string> {
	const job = prepare(firmware);
	return shown(await made(job, firmware, job.sdk.environment));
}

/** Builds the firmware and flashes it, through `port` when it is given. Throws UsageError or BuildFailure. */
export async function flash(firmware: Firmware, port?: string): Promise<void> {
	const job = prepare(firmware);
	const asked = port ?? (process.env.UPLOAD_PORT || undefined);
	// The SDK would take another one, where another board may be.
	const environment = { ...job.sdk.environment, ...(asked !== undefined && { UPLOAD_PORT: choosePort(asked) }) };
	await made(job, firmware, environment);
	await mcconfig(job, ["-i", "-m", "-t", "deploy"], environment);
}

/** Builds, and looks for secrets in what came of it; returns its folder. */
async function made(job: Job, { board, secrets }: Firmware, environment: NodeJS.ProcessEnv): Promise<string> {
	await mcconfig(job, ["-i", "-m", "-t", "build"], environment);
	const folder = join(job.output, "bin", "esp32", board);
	refuseSecrets(folder, secrets);
	return folder;
}

/**
 * Compiles every module, preloads and links them for the board; no C, so that no ESP-IDF is needed. Returns what each takes.
 * Throws UsageError or BuildFailure.
 */
export async function link(firmware: Firmware): Promise<ModuleSize[]> {
	const job = prepare(firmware);
	const environment = { ...job.sdk.environment, IDF_PATH: noIDF(job) };
	rmSync(join(job.output, "tmp"), { recursive: true, force: true });
	await mcconfig(job, [], environment);
	const folder = folderOfMakefile(join(job.output, "tmp"));
	// ESP-IDF would make it, for C.
	const config = join(folder, `xsProj-${job.subclass}`, "build", "config");
	mkdirSync(config, { recursive: true });
	writeFileSync(join(config, "sdkconfig.h"), "");
	const log = join(job.output, "link.log");
	const parameters = ["-f", join(folder, "makefile"), join(folder, "mc.xs.c")];
	await runTool({ command: "make", parameters, environment, log, progress: job.progress });
	const modules = join(folder, "modules");
	refuseSecrets(modules, firmware.secrets);
	return moduleSizes(modules);
}

/** Looks at everything that can be wrong before a tool is started. */
function prepare({ board, app, configuration, progress }: Firmware): Job {
	const folder = boardFolder(board);
	const description = makeBoard(folder);
	const chip = CHIPS[description.chip]!;
	if (!chip.subclass) throw new UsageError(`${board} is virtual: npm start -- --board ${board} runs it`);
	const lacking = lack(app, needsOf(app), board, description);
	if (lacking) throw new UsageError(lacking);
	const sdk = findSDK();
	if (typeof sdk === "string") throw new BuildFailure(sdk);
	const output = resolve("build", board);
	mkdirSync(output, { recursive: true });
	return {
		sdk,
		subclass: chip.subclass,
		platform: platformOf(folder),
		output,
		manifest: manifestFor(app, configuration, output),
		progress,
	};
}

function platformOf(folder: string): string {
	const path = relative("", folder).replaceAll("\\", "/");
	if (path !== path.toLowerCase())
		throw new UsageError(`mcconfig lowercases ${path}: move the board to boards/${basename(folder)} here`);
	return `esp32:./${path}`;
}

/** Writes the manifest of the application: Katydid's own, seen from `output`, with that app, configured so. */
function manifestFor(app: string, configuration: Configuration, output: string): string {
	const root = fileURLToPath(katydidFolder);
	const text = readFileSync(join(root, "manifest.json"), "utf8");
	const manifest = JSON.parse(text, (_, value) =>
		typeof value === "string" && value.startsWith("./") ? join(root, value) : value,
	);
	manifest.modules.app = join(root, "dist", appFile(app).replace(/\.js$/, ""));
	manifest.config.katydid = configuration;
	const file = join(output, "manifest.json");
	writeFileSync(file, `${JSON.stringify(manifest, undefined, "\t")}\n`);
	return file;
}

function mcconfig(job: Job, flags: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
	const { sdk, platform, output, manifest, progress } = job;
	const parameters = [...flags, "-p", platform, "-o", output, manifest];
	return runTool({ command: sdk.mcconfig, parameters, environment, log: join(output, "mcconfig.log"), progress });
}

/** An ESP-IDF of the right version, with nothing in it: mcconfig only asks git which it is. */
function noIDF({ sdk, output }: Job): string {
	const folder = join(output, "no-esp-idf");
	if (existsSync(join(folder, ".git"))) return folder;
	mkdirSync(folder, { recursive: true });
	const git = (...parameters: string[]) => execFileSync("git", ["-C", folder, ...parameters], { stdio: "ignore" });
	git("init", "--quiet");
	git("-c", "user.name=katydid", "-c", "user.email=katydid@localhost", "commit", "--quiet", "--allow-empty", "-m", "-");
	git("tag", expectedIDF(sdk.folder));
	return folder;
}

function folderOfMakefile(folder: string): string {
	const found = readdirSync(folder, { recursive: true, encoding: "utf8" }).find(
		(file) => basename(file) === "makefile",
	);
	if (!found) throw new BuildFailure(`mcconfig made no makefile in ${shown(folder)}`);
	return resolve(folder, found, "..");
}
