// SPDX-License-Identifier: MIT
// CoAP's options by name, for people: RFC 7252 §12.2 and its successors.
import type { OptionValue } from "../../src/coap/client.ts";
import { formatName } from "../coap/formats.ts";
import { UsageError } from "../usage-error.ts";

type Kind = "bytes" | "number" | "text" | "format" | "block";

const OPTIONS: readonly [number: number, name: string, kind: Kind][] = [
	[1, "If-Match", "bytes"],
	[3, "Uri-Host", "text"],
	[4, "ETag", "bytes"],
	[5, "If-None-Match", "bytes"],
	[6, "Observe", "number"],
	[7, "Uri-Port", "number"],
	[8, "Location-Path", "text"],
	[9, "OSCORE", "bytes"],
	[11, "Uri-Path", "text"],
	[12, "Content-Format", "format"],
	[14, "Max-Age", "number"],
	[15, "Uri-Query", "text"],
	[16, "Hop-Limit", "number"],
	[17, "Accept", "format"],
	[20, "Location-Query", "text"],
	[23, "Block2", "block"],
	[27, "Block1", "block"],
	[28, "Size2", "number"],
	[35, "Proxy-Uri", "text"],
	[39, "Proxy-Scheme", "text"],
	[60, "Size1", "number"],
	[252, "Echo", "bytes"],
	[258, "No-Response", "number"],
	[292, "Request-Tag", "bytes"],
];

/** An option that a flag gives: a name or a number, and after `=` text, a number or 0x and hex. Throws UsageError. */
export function parseOption(text: string): OptionValue {
	const [, name, given] = /^([^=]+)(?:=(.*))?$/s.exec(text) ?? [];
	const known = OPTIONS.find(
		([number, option]) => name === String(number) || name?.toLowerCase() === option.toLowerCase(),
	);
	const number = known?.[0] ?? (/^\d{1,5}$/.test(name ?? "") ? Number(name) : Number.NaN);
	if (!(number > 0 && number <= 0xffff))
		throw new UsageError(`-o: expected an option's name or number, then =VALUE, got "${text}"`);
	return { number, value: bytesOf(text, known?.[2] ?? "bytes", given ?? "") };
}

function bytesOf(text: string, kind: Kind, value: string): Uint8Array {
	if (/^0x([\da-f]{2})*$/i.test(value)) return Buffer.from(value.slice(2), "hex");
	if (kind === "text" || kind === "bytes") return Buffer.from(value);
	const number = Number(value);
	if (!/^\d+$/.test(value) || number > 0xffffffff)
		throw new UsageError(`-o: expected a whole number, or 0x and hex, as the option's value, got "${text}"`);
	const hex = number === 0 ? "" : number.toString(16);
	return Buffer.from(hex.padStart(Math.ceil(hex.length / 2) * 2, "0"), "hex");
}

/** An option's name; its number when it has none here. */
export function optionName(number: number): string {
	return OPTIONS.find(([known]) => known === number)?.[1] ?? `Option ${number}`;
}

/** What an option says: text or a number; 0x and hex for what is neither. */
export function optionValue({ number, value }: OptionValue): string | number {
	const kind = OPTIONS.find(([known]) => known === number)?.[2];
	const bytes = Buffer.from(value);
	if (kind === "text") return bytes.toString();
	if (kind === "bytes" || kind === undefined || bytes.length > 4) return `0x${bytes.toString("hex")}`;
	return bytes.length === 0 ? 0 : bytes.readUIntBE(0, bytes.length);
}

/** An option for people: `Content-Format: application/json (50)`, `Block2: 2, more, 64 bytes`. */
export function optionText(option: OptionValue): string {
	const value = optionValue(option);
	const kind = OPTIONS.find(([known]) => known === option.number)?.[2];
	const name = kind === "format" && typeof value === "number" ? formatName(value) : undefined;
	const text = kind === "block" && typeof value === "number" ? blockText(value) : (name ?? String(value));
	return `${optionName(option.number)}: ${text}${name === undefined ? "" : ` (${value})`}`;
}

function blockText(value: number): string {
	return `${value >>> 4}, ${value & 8 ? "more" : "last"}, ${16 << (value & 7)} bytes`;
}
