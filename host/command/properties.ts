// SPDX-License-Identifier: MIT
import type { ConnectOptions } from "../mqtt/index.ts";
import { UsageError } from "../usage-error.ts";

/** What a property's value is made of. */
type Type = "number" | "flag" | "text" | "bytes" | "pair";

const MESSAGE: Record<string, Type> = {
	"content-type": "text",
	"correlation-data": "bytes",
	"message-expiry-interval": "number",
	"payload-format-indicator": "number",
	"response-topic": "text",
	"user-property": "pair",
};

/** The properties that each packet may be given, by the names that mosquitto's clients have for them. */
const PACKETS: Record<string, Record<string, Type>> = {
	connect: {
		"maximum-packet-size": "number",
		"receive-maximum": "number",
		"request-response-information": "flag",
		"session-expiry-interval": "number",
		"topic-alias-maximum": "number",
		"user-property": "pair",
	},
	publish: MESSAGE,
	subscribe: { "user-property": "pair" },
	will: { ...MESSAGE, "will-delay-interval": "number" },
};

/** Properties by packet, under the names that they have in this library. */
export interface GivenProperties {
	readonly connect: ConnectOptions;
	readonly publish: Record<string, unknown>;
	readonly subscribe: Record<string, unknown>;
	readonly will: Record<string, unknown>;
}

/** Parses the words after -D, again and again `packet identifier value`, or `packet user-property name value`. Throws UsageError. */
export function parseProperties(words: readonly string[], own: "publish" | "subscribe"): GivenProperties {
	const given: Record<string, Record<string, unknown>> = { connect: {}, publish: {}, subscribe: {}, will: {} };
	for (let i = 0; i < words.length; ) {
		const packet = words[i++]!.toLowerCase();
		const names = packet === "connect" || packet === "will" || packet === own ? PACKETS[packet]! : undefined;
		if (!names) throw new UsageError(`-D: expected connect, ${own} or will, got "${packet}"`);
		const name = words[i++];
		const type = name !== undefined && Object.hasOwn(names, name) ? names[name] : undefined;
		if (!type) throw new UsageError(`-D ${packet}: expected ${Object.keys(names).join(", ")}, got ${shown(name)}`);
		const into = given[packet]!;
		const key = name!.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
		const value = words[i++];
		if (type === "pair") into[key] = [...((into[key] as unknown[]) ?? []), [value, words[i++]]];
		else into[key] = parseValue(type, value ?? "");
		if (i > words.length)
			throw new UsageError(
				`-D ${packet} ${name}: expected ${type === "pair" ? "a name and a value" : "a value"}, got too few words`,
			);
	}
	return given as unknown as GivenProperties;

	function parseValue(type: Type, text: string): unknown {
		if (type === "text") return text;
		if (type === "bytes") return Buffer.from(text);
		if (!/^\d{1,10}$/.test(text)) throw new UsageError(`-D: expected a whole number, got "${text}"`);
		return type === "flag" ? text !== "0" : Number(text);
	}
}

function shown(text: string | undefined): string {
	return text === undefined ? "nothing" : `"${text}"`;
}
