// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { boardsOfKatydid, katydidFolder } from "../places.ts";
import type { Path } from "./description.ts";
import { error, type Finding } from "./finding.ts";

const schemaOf = (name: string, folder: URL) => JSON.parse(readFileSync(new URL(name, folder), "utf8"));
const CONFIGURATION = "katydid.config.schema.json";

let ajv: Ajv | undefined;

function validator(): Ajv {
	if (ajv) return ajv;
	ajv = new Ajv({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true });
	// By the name that the board's schema has for it.
	ajv.addSchema(schemaOf(CONFIGURATION, katydidFolder), `../${CONFIGURATION}`);
	ajv.addSchema(schemaOf("board.schema.json", boardsOfKatydid), "board");
	return ajv;
}

/** What is wrong with the shape of a description: keys, types, ranges. */
export function checkShape(value: unknown): Finding[] {
	return check(validator().getSchema("board")!, value);
}

/** What is wrong with a configuration. */
export function checkConfiguration(value: unknown): Finding[] {
	return check(validator().getSchema(`../${CONFIGURATION}`)!, value);
}

/** What is wrong with what a device is provisioned with: a configuration whose Wi-Fi networks have passwords. */
export function checkProvision(value: unknown): Finding[] {
	const name = "provision";
	const schema = schemaOf(CONFIGURATION, katydidFolder);
	// What is wrong with these is said without showing them.
	schema.properties.wifi.items.properties.password = true;
	schema.properties.broker = { type: "string" };
	if (!validator().getSchema(name)) validator().addSchema(schema, name);
	return [...check(validator().getSchema(name)!, value), ...passwordFindings(value)];
}

/** None shows a password: 8 to 63 bytes, or a key of 64 hexadecimal digits. */
function passwordFindings(value: unknown): Finding[] {
	const { wifi } = (value ?? {}) as { wifi?: { password?: unknown }[] };
	return (Array.isArray(wifi) ? wifi : []).flatMap((network, index) => {
		const password = network?.password;
		if (password === undefined || password === "") return [];
		if (typeof password !== "string")
			return [error(["wifi", index, "password"], `wifi[${index}].password: expected text`)];
		if (/^[0-9a-f]{64}$/i.test(password)) return [];
		const size = Buffer.byteLength(password);
		const message = `wifi[${index}].password: expected 8 to 63 bytes, got ${size}`;
		return size >= 8 && size <= 63 ? [] : [error(["wifi", index, "password"], message)];
	});
}

function check(validate: ValidateFunction, value: unknown): Finding[] {
	if (validate(value)) return [];
	// `if` and `propertyNames` only say that something within them was wrong, which says so itself.
	return validate.errors!.filter(({ keyword }) => keyword !== "if" && keyword !== "propertyNames").map(findingOf);
}

function findingOf(problem: ErrorObject): Finding {
	const path = pathOf(problem.instancePath);
	const name = describe(path);
	const { params, data } = problem;
	switch (problem.keyword) {
		case "additionalProperties": {
			const key = params.additionalProperty as string;
			const known = Object.keys((problem.parentSchema as { properties: object }).properties);
			// Only the device is to know it.
			if (key === "password")
				return {
					...error([...path, key], "a password is not kept in a file: katydid provision gives it to the device"),
					key: true,
				};
			const message = `unknown key "${key}"${inPlace(name)}: expected ${list(known.filter((other) => other !== "is"))}`;
			return { ...error([...path, key], message + meant(key, known)), key: true };
		}
		case "required":
			return error(path, `"${params.missingProperty}" is missing${inPlace(name)}: add it`);
		case "enum": {
			const known = params.allowedValues as string[];
			const what = path.at(-1) === "sensor" ? "sensor" : name;
			return error(path, `unknown ${what} ${show(data)}: expected ${list(known)}${meant(String(data), known)}`);
		}
		case "type":
			return error(path, `${name}: expected ${TYPES[params.type as string]}, got ${show(data)}`);
		case "pattern":
			if (problem.propertyName !== undefined) return keyFinding(path, problem.propertyName, params.pattern);
			return error(path, `${name}: expected ${PATTERNS[params.pattern] ?? params.pattern}, got ${show(data)}`);
		default:
			return error(path, `${name}: ${problem.message}, got ${show(data)}`);
	}
}

function keyFinding(path: Path, key: string, pattern: string): Finding {
	const name = describe(path);
	return { ...error([...path, key], `${name}: expected ${PATTERNS[pattern]} as a key, got "${key}"`), key: true };
}

const TYPES: Readonly<Record<string, string>> = {
	object: "an object",
	array: "a list",
	string: "text",
	integer: "a whole number",
	number: "a number",
	boolean: "true or false",
};

const PATTERNS: Readonly<Record<string, string>> = {
	"^0x[0-7][0-9a-f]$": 'an I2C address such as "0x48"',
	"^[a-z][A-Za-z0-9]*$": "a name such as fan or outdoorAir",
	"^[\\w.:-]{1,64}$": "1 to 64 letters, digits, . : _ or -",
	"^(?!\\$)[^\\s+#/](?:[^+#]*[^\\s+#/])?$": 'a topic such as "home/livingroom/thermostat"',
	"^(mqtts?|wss?)://": "mqtt://, mqtts://, ws:// or wss://, then host[:port]",
	"^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$": "1 to 32 letters, digits and hyphens",
};

/** The path that a JSON Pointer (RFC 6901) is. */
function pathOf(pointer: string): Path {
	const names = pointer.split("/").slice(1);
	return names.map((name) => {
		const text = name.replaceAll("~1", "/").replaceAll("~0", "~");
		return /^\d+$/.test(text) ? Number(text) : text;
	});
}

/** `led.pin`, `sensors[1].address`. */
export function describe(path: Path): string {
	return path.reduce<string>((text, name) => {
		if (typeof name === "number") return `${text}[${name}]`;
		return text ? `${text}.${name}` : name;
	}, "");
}

function inPlace(name: string): string {
	return name ? ` in ${name}` : "";
}

/** The known name that is nearest, when one is near. */
function meant(name: string, known: readonly string[]): string {
	const near = known
		.map((other) => ({ other, away: distance(name.toLowerCase(), other.toLowerCase()) }))
		.sort((one, two) => one.away - two.away)[0];
	return near && near.away <= Math.max(1, name.length / 4) ? `; did you mean "${near.other}"?` : "";
}

/** How many letters to add, remove or replace (Levenshtein). */
function distance(one: string, two: string): number {
	let row = Array.from({ length: two.length + 1 }, (_, index) => index);
	for (let i = 1; i <= one.length; i++) {
		const next = [i];
		for (let j = 1; j <= two.length; j++) {
			const replaced = row[j - 1]! + (one[i - 1] === two[j - 1] ? 0 : 1);
			next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
		}
		row = next;
	}
	return row.at(-1)!;
}

/** `a, b or c`. */
export function list(names: readonly (string | number)[]): string {
	return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

function show(value: unknown): string {
	return JSON.stringify(value) ?? "nothing";
}
