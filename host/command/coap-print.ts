// SPDX-License-Identifier: MIT
import picocolors from "picocolors";
import { codeWithName } from "../coap/code.ts";
import type { CoapLink } from "../coap/discovery.ts";
import type { CoapResponse } from "../coap/response.ts";
import { optionName, optionText, optionValue } from "./coap-options.ts";
import { linkText, payloadJson, payloadText } from "./coap-payload.ts";

// A pipe gets none, also where CI asks for colours.
const color = picocolors.createColors(picocolors.isColorSupported && process.stdout.isTTY === true);

/** How responses are shown: whole, as one JSON object a line, or their payloads alone, as they came or a line each. */
export type Style = "whole" | "json" | "payload" | "lines";

/** Prints a response on stdout. */
export function printResponse(response: CoapResponse, style: Style): void {
	const { payload } = response;
	if (style === "payload" || style === "lines") {
		process.stdout.write(payload);
		// A file gets no byte that was not there.
		const line = style === "lines" || (process.stdout.isTTY && payload.length > 0);
		if (line && payload.at(-1) !== 0x0a) process.stdout.write("\n");
	} else print(style === "json" ? JSON.stringify(jsonOf(response)) : whole(response));
}

/** Prints links on stdout. */
export function printLinks(links: readonly CoapLink[], style: Style): void {
	for (const { url, attributes } of links)
		print(
			style === "json" ? JSON.stringify({ url, ...attributes }) : linkText(url, style === "whole" ? attributes : {}),
		);
}

function whole(response: CoapResponse): string {
	const { code, ok, options, payload } = response;
	const paint = ok ? color.green : color.red;
	const lines = [paint(codeWithName(code)), ...options.map((option) => color.dim(optionText(option)))];
	if (payload.length > 0) lines.push(payloadText(response));
	return lines.join("\n");
}

function jsonOf(response: CoapResponse): Record<string, unknown> {
	const { code, options, address, port } = response;
	const named = options.map((option) => ({
		number: option.number,
		name: optionName(option.number),
		value: optionValue(option),
	}));
	return {
		code,
		name: codeWithName(code).slice(5),
		from: `${address}:${port}`,
		options: named,
		...payloadJson(response),
	};
}

function print(text: string): void {
	process.stdout.write(`${text}\n`);
}
