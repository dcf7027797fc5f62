// SPDX-License-Identifier: MIT
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Configuration } from "../../src/configuration.ts";
import { parseBroker } from "../../src/mqtt/index.ts";
import { linesOf, shapeOf } from "../board/check.ts";
import { shown } from "../board/folders.ts";
import { checkProvision } from "../board/schema.ts";
import { SourceText } from "../board/source-text.ts";
import { UsageError } from "../usage-error.ts";

/** Where secrets are kept, in the folder that the command runs in; git is told to ignore it. */
export const SECRETS = "katydid.secrets.json";

/** Shorter ones would be found everywhere. */
const SHORTEST = 4;

/** Something that only the device is to know. */
export interface Secret {
	/** What it is, for messages. */
	name: string;
	value: string;
}

/**
 * What only the device is to be given: a configuration with the passwords of networks, and of the broker in its URL. Without a name,
 * katydid.secrets.json, which need not be there; `-` is the standard input. Throws UsageError, a line for each mistake, none of which shows a password.
 */
export function readSecrets(file?: string): Configuration | undefined {
	if (file === undefined && !existsSync(SECRETS)) return undefined;
	const path = file ?? SECRETS;
	let text: string;
	try {
		text = readFileSync(path === "-" ? 0 : path, "utf8");
	} catch (error) {
		throw new UsageError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
	}
	return parseSecrets(text, path === "-" ? "standard input" : shown(path));
}

/** The same, of a text. */
export function parseSecrets(text: string, file: string): Configuration {
	const source = new SourceText(text);
	const mistakes = linesOf(source, file, source.mistake ? [] : shapeOf(source, checkProvision));
	if (mistakes.length > 0) throw new UsageError(mistakes.join("\n"));
	const { $schema: _, ...secrets } = source.value as Configuration & { $schema?: string };
	if (secrets.broker !== undefined) checkBroker(secrets.broker, file);
	return secrets;
}

function checkBroker(broker: string, where: string): void {
	try {
		parseBroker(broker);
	} catch (error) {
		throw new UsageError(`${where}: broker: ${(error as Error).message}`);
	}
}

/** The secrets of a configuration. */
export function secretsOf({ wifi = [], broker }: Configuration): Secret[] {
	const passwords = wifi.flatMap(({ ssid, password }) =>
		password ? [{ name: `the password of the network "${ssid}"`, value: password }] : [],
	);
	const password = broker === undefined ? undefined : parseBroker(broker).password;
	return [...passwords, ...(password ? [{ name: "the password of the broker", value: password }] : [])];
}

/** Which of `secrets` are in `bytes`: as they are, or as JSON, a URL or Base64 write them. Those of less than 4 bytes are not looked for. */
export function secretsIn(bytes: Uint8Array, secrets: readonly Secret[]): Secret[] {
	const image = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	return secrets.filter(({ value }) => formsOf(value).some((form) => image.includes(form)));
}

function formsOf(value: string): Buffer[] {
	const raw = Buffer.from(value);
	if (raw.length < SHORTEST) return [];
	const texts = new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]);
	return [...[...texts].map((text) => Buffer.from(text)), Buffer.from(value, "utf16le"), ...base64Of(raw)];
}

/** Base64 writes the same bytes in three ways, by where they begin; what their neighbours decide is left out. */
function base64Of(raw: Buffer): Buffer[] {
	return [0, 1, 2].flatMap((shift) => {
		const text = Buffer.concat([Buffer.alloc(shift), raw])
			.toString("base64")
			.replace(/=+$/, "");
		const whole = text.slice(shift && shift + 1, Math.floor(((shift + raw.length) * 8) / 6));
		return whole.length >= SHORTEST * 2 ? [Buffer.from(whole)] : [];
	});
}

/** Looks for secrets in all files of a folder that is about to be flashed. Throws UsageError that names the file and the secret, and does not show it. */
export function refuseSecrets(folder: string, secrets: readonly Secret[]): void {
	if (secrets.length === 0) return;
	for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const file = join(entry.parentPath ?? entry.path, entry.name);
		const [found] = secretsIn(readFileSync(file), secrets);
		if (found)
			throw new UsageError(`${found.name} is in ${shown(file)}, which would be flashed for all to read: ${ADVICE}`);
	}
}

const ADVICE = `leave it to ${SECRETS} and katydid provision`;

/** What may be flashed of a configuration. Throws UsageError when it has a password. */
export function flashable(configuration: Configuration): Configuration {
	if (configuration.broker !== undefined) checkBroker(configuration.broker, "configuration");
	const [found] = secretsOf(configuration);
	if (found) throw new UsageError(`${found.name} is configured, and would be flashed for all to read: ${ADVICE}`);
	return configuration;
}
