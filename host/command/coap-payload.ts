// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";
import { decode, diagnose } from "cbor2";
import { parseLinks } from "../../src/coap/client.ts";
import { formatNumber } from "../coap/formats.ts";
import type { CoapResponse } from "../coap/response.ts";
import { UsageError } from "../usage-error.ts";

const LINK_FORMAT = formatNumber("link-format");
const CBOR = ["cbor", "senml+cbor", "sensml+cbor", "problem-details+cbor", "cwt"].map(formatNumber);
const JSON_FORMATS = ["json", "senml+json", "sensml+json", "td+json", "merge-patch+json", "json-patch+json"].map(
	formatNumber,
);

/** What an argument stands for: `@file`, `@-` or `-` for stdin, or itself. Throws UsageError when a file cannot be read. */
export function payloadOf(argument: string | undefined): string | Uint8Array | undefined {
	if (argument === undefined) return undefined;
	const file = argument === "-" ? "-" : argument.startsWith("@") ? argument.slice(1) : undefined;
	if (file === undefined) return argument;
	try {
		return readFileSync(file === "-" ? 0 : file);
	} catch (error) {
		throw new UsageError(`${argument}: ${(error as Error).message}`);
	}
}

/** A payload for people: CBOR in diagnostic notation, a link a line, text as it is, other bytes in hex. */
export function payloadText({ format, payload }: CoapResponse): string {
	try {
		if (format !== undefined && CBOR.includes(format)) return diagnose(payload);
		if (format === LINK_FORMAT) return linksText(payload.toString());
	} catch {
		// It is not what it says: then it is shown as what it is.
	}
	return textOf(payload)?.replace(/\n$/, "") ?? hexLines(payload);
}

/** A payload as JSON says it best: a value in `json`, `cbor` (in diagnostic notation) or `links`, and always `payload` or `payloadHex`. */
export function payloadJson({ format, payload }: CoapResponse): Record<string, unknown> {
	const text = textOf(payload);
	const plain = text === undefined ? { payloadHex: payload.toString("hex") } : { payload: text };
	try {
		if (format === undefined) return plain;
		if (CBOR.includes(format)) return { ...plain, cbor: diagnose(payload), value: plainValue(decode(payload)) };
		if (JSON_FORMATS.includes(format)) return { ...plain, value: JSON.parse(payload.toString()) };
		if (format === LINK_FORMAT) return { ...plain, links: parseLinks(payload.toString()) };
	} catch {
		// It is not what it says.
	}
	return plain;
}

/** A link for people: where it leads, then its attributes. */
export function linkText(target: string, attributes: Readonly<Record<string, string>>): string {
	const words = Object.entries(attributes).map(([name, value]) => {
		if (value === "") return name;
		return `${name}=${/^[\w.:/-]+$/.test(value) ? value : JSON.stringify(value)}`;
	});
	return [target, ...words].join("  ");
}

function linksText(text: string): string {
	return parseLinks(text)
		.map(({ target, attributes }) => linkText(target, attributes))
		.join("\n");
}

/** What JSON has no word for becomes text. */
function plainValue(value: unknown): unknown {
	if (typeof value === "bigint") return value.toString();
	if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString("hex")}`;
	if (value instanceof Map)
		return Object.fromEntries([...value].map(([key, item]) => [String(plainValue(key)), plainValue(item)]));
	if (Array.isArray(value)) return value.map(plainValue);
	if (value !== null && typeof value === "object" && !(value instanceof Date))
		return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainValue(item)]));
	return value;
}

/** Bytes as text; undefined when they are none, or would move a terminal's cursor about. */
function textOf(bytes: Buffer): string | undefined {
	const text = bytes.toString();
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	return text.includes("\ufffd") || /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text) ? undefined : text;
}

function hexLines(bytes: Buffer): string {
	const lines: string[] = [];
	for (let at = 0; at < bytes.length; at += 16) {
		const row = bytes.subarray(at, at + 16);
		const hex = row.toString("hex").replaceAll(/..(?!$)/g, "$& ");
		const text = row.toString("latin1").replaceAll(/[^ -~]/g, ".");
		lines.push(`${at.toString(16).padStart(4, "0")}  ${hex.padEnd(47)}  ${text}`);
	}
	return lines.join("\n");
}
