// SPDX-License-Identifier: MIT
import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The Moddable SDK, as the environment names it. */
export interface SDK {
	folder: string;
	/** As its typings say; empty when they do not. */
	version: string;
	/** Where mcconfig is. */
	mcconfig: string;
	/** The environment for its tools. */
	environment: NodeJS.ProcessEnv;
}

const BIN: Partial<Record<NodeJS.Platform, string>> = { linux: "lin", darwin: "mac", win32: "win" };

/** Finds the SDK; returns a sentence that says what is missing, and how to get it, when it is not all there. */
export function findSDK(environment: NodeJS.ProcessEnv = process.env): SDK | string {
	const folder = environment.MODDABLE;
	if (!folder)
		return "MODDABLE is not set: xs-dev setup installs the Moddable SDK and sets it; then open a new terminal";
	if (!existsSync(folder)) return `MODDABLE is ${folder}, which is not there: xs-dev setup`;
	const bin = join(folder, "build", "bin", BIN[process.platform] ?? "", "release");
	const path = `${environment.PATH ?? ""}${delimiter}${bin}`;
	const mcconfig = onPath("mcconfig", path);
	if (!mcconfig) return `the tools of the Moddable SDK in ${folder} are not built: xs-dev setup, or make there`;
	return { folder, version: versionOf(folder), mcconfig, environment: { ...environment, PATH: path } };
}

/** The file of a program; undefined when it is on none of the folders of `path`. */
export function onPath(program: string, path: string): string | undefined {
	return path
		.split(delimiter)
		.map((folder) => join(folder, program))
		.find((file) => {
			try {
				accessSync(file, constants.X_OK);
				return true;
			} catch {
				return false;
			}
		});
}

function versionOf(folder: string): string {
	return (readJSON(join(folder, "typings", "package.json")) as { version?: string } | undefined)?.version ?? "";
}

/** The version of ESP-IDF that the SDK is made for, `v6.0`. */
export function expectedIDF(folder: string): string {
	const manifest = readJSON(join(folder, "build", "devices", "esp32", "manifest.json"));
	return (manifest as { build?: { EXPECTED_ESP_IDF?: string } } | undefined)?.build?.EXPECTED_ESP_IDF ?? "v6.0";
}

function readJSON(file: string): unknown {
	try {
		return JSON.parse(readFileSync(file, "utf8"));
	} catch {
		return undefined;
	}
}

/** The version of the ESP-IDF in a folder; undefined when there is none. */
export function versionOfIDF(folder: string): string | undefined {
	try {
		return readFileSync(join(folder, "version.txt"), "utf8").trim();
	} catch {
		try {
			const stdio = ["ignore", "pipe", "ignore"] as ["ignore", "pipe", "ignore"];
			return execFileSync("git", ["-C", folder, "describe", "--tags"], { encoding: "utf8", stdio }).trim();
		} catch {
			return undefined;
		}
	}
}

/** The serial ports that a board may be on. */
export function serialPorts(folder = "/dev"): string[] {
	if (!existsSync(folder)) return [];
	const names = readdirSync(folder).filter((name) => /^(ttyUSB|ttyACM|cu\.(usb|SLAB|wch))/.test(name));
	return names.map((name) => join(folder, name)).sort();
}
