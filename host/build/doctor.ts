// SPDX-License-Identifier: MIT
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { katydidFolder } from "../places.ts";
import { expectedIDF, findSDK, onPath, serialPorts, versionOfIDF } from "./sdk.ts";

/** One thing that is needed: what it is for, whether it is there, and if not how to get it. */
export interface Need {
	name: string;
	ready: boolean;
	/** A version or place; or what to do. */
	what: string;
}

/** What `environment` has of all that it takes to flash a board. `folder` is where the system has its devices. */
export function diagnose(environment: NodeJS.ProcessEnv = process.env, folder = "/dev"): Need[] {
	return [node(), typescript(), ...sdkAndIDF(environment), port(environment, folder)];
}

/** `ok       Node 20.1.0`. */
export function needLine({ name, ready, what }: Need): string {
	return `${(ready ? "ok" : "missing").padEnd(9)}${name}: ${what}`;
}

function node(): Need {
	const major = Number.parseInt(process.versions.node, 10);
	const ready = major >= 20;
	return {
		name: "Node",
		ready,
		what: ready ? process.versions.node : `${process.versions.node} is too old: install 20 or later`,
	};
}

/** Only a clone has it: it is what compiles the app. */
function typescript(): Need {
	const file = join(fileURLToPath(katydidFolder), "node_modules", "typescript", "package.json");
	if (!existsSync(file))
		return { name: "TypeScript", ready: false, what: "not installed: npm install in Katydid's folder" };
	const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
	const ready = version.startsWith("6.0.");
	return {
		name: "TypeScript",
		ready,
		what: ready ? version : `${version}, expected 6.0: npm install in Katydid's folder`,
	};
}

function sdkAndIDF(environment: NodeJS.ProcessEnv): Need[] {
	const sdk = findSDK(environment);
	const name = "Moddable SDK";
	if (typeof sdk === "string") return [{ name, ready: false, what: sdk }, idf(environment, "v6.0")];
	const what = `${sdk.version || "of unknown version"} in ${sdk.folder}`;
	return [{ name, ready: true, what }, idf(environment, expectedIDF(sdk.folder))];
}

function idf({ IDF_PATH, PATH = "" }: NodeJS.ProcessEnv, expected: string): Need {
	const name = "ESP-IDF";
	const missing = (what: string) => ({ name, ready: false, what });
	if (!IDF_PATH) return missing("IDF_PATH is not set: xs-dev setup --device esp32; then open a new terminal");
	if (!existsSync(IDF_PATH)) return missing(`IDF_PATH is ${IDF_PATH}, which is not there: xs-dev setup --device esp32`);
	const version = versionOfIDF(IDF_PATH);
	if (version === undefined) return missing(`there is none in ${IDF_PATH}: xs-dev setup --device esp32`);
	if (!`${version}.`.startsWith(`${expected}.`) && !version.startsWith(`${expected}-`))
		return missing(
			`${version} in ${IDF_PATH}, the SDK needs ${expected}: git -C $IDF_PATH checkout ${expected}, and its install.sh`,
		);
	if (!onPath("idf.py", PATH) && !existsSync(join(IDF_PATH, "export.sh")))
		return missing(`${IDF_PATH} is not installed: run its install.sh`);
	return { name, ready: true, what: `${version} in ${IDF_PATH}` };
}

function port({ UPLOAD_PORT }: NodeJS.ProcessEnv, folder: string): Need {
	const name = "serial port";
	const ports = serialPorts(folder);
	if (UPLOAD_PORT) {
		const ready = existsSync(UPLOAD_PORT);
		const others = ports.length ? `; there is ${ports.join(", ")}` : "";
		return {
			name,
			ready,
			what: ready
				? `${UPLOAD_PORT}, by UPLOAD_PORT`
				: `UPLOAD_PORT is ${UPLOAD_PORT}, which is not there: plug the board in${others}`,
		};
	}
	if (ports.length === 0) return { name, ready: false, what: "none: plug a board in, with a cable that carries data" };
	const choose = ports.length > 1 ? ": say which with --port" : "";
	return { name, ready: true, what: ports.join(", ") + choose };
}
