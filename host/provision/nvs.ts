// SPDX-License-Identifier: MIT
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Configuration } from "../../src/configuration.ts";
import { DOMAIN, NAME } from "../../src/runtime/index.ts";
import { UsageError } from "../usage-error.ts";

/** Where the partition nvs is, and how large, in the SDK's partition table and in those that are made from board.json. */
const OFFSET = "0x9000";
const SIZE = "0x6000";
/** The longest text that NVS keeps, less its end. */
const LONGEST = 3999;

/** A command to start. */
export interface Step {
	command: string;
	parameters: string[];
}

/** What ESP-IDF's generator makes an NVS partition of: the text that the device reads. Throws UsageError when it is too long. */
export function nvsTable(secrets: Configuration): string {
	const text = JSON.stringify(secrets);
	const size = Buffer.byteLength(text);
	if (size > LONGEST) throw new UsageError(`expected ${LONGEST} bytes of secrets at most, got ${size}`);
	return `key,type,encoding,value\n${DOMAIN},namespace,,\n${NAME},data,string,"${text.replaceAll('"', '""')}"\n`;
}

/**
 * How ESP-IDF's tools write the table in `folder`/nvs.csv to a device: they make a partition of it, and flash that alone. Throws UsageError without
 * an ESP-IDF.
 */
export function provisionSteps(folder: string, port: string | undefined, environment: NodeJS.ProcessEnv): Step[] {
	const { IDF_PATH: idf, IDF_PYTHON_ENV_PATH: python } = environment;
	if (!idf) throw new UsageError("IDF_PATH is not set: katydid doctor says how to get ESP-IDF");
	const generator = join(idf, "components", "nvs_flash", "nvs_partition_generator", "nvs_partition_gen.py");
	if (!existsSync(generator)) throw new UsageError(`expected an ESP-IDF in IDF_PATH, which has ${generator}`);
	const command = python ? join(python, "bin", "python") : "python3";
	const image = join(folder, "nvs.bin");
	const through = port ?? environment.UPLOAD_PORT;
	return [
		{ command, parameters: [generator, "generate", join(folder, "nvs.csv"), image, SIZE] },
		{
			command,
			parameters: ["-m", "esptool", ...(through ? ["--port", through] : []), "write_flash", OFFSET, image],
		},
	];
}
