// SPDX-License-Identifier: MIT
import type { Configuration } from "../../src/configuration.ts";
import { checkConfiguration } from "../board/schema.ts";
import { UsageError } from "../usage-error.ts";

/** What `KEY=VALUE` flags configure: `topic=home/attic`, `intervals.temperature=5000`, `wifi=barn`. Throws UsageError. */
export function flagConfiguration(flags: readonly string[] = []): Configuration {
	const configuration: Record<string, unknown> = {};
	for (const flag of flags) {
		const [, key, value] = /^([^=]+)=(.*)$/s.exec(flag) ?? [];
		if (key === undefined) throw new UsageError(`--with: expected KEY=VALUE, got "${flag}"`);
		put(configuration, key.split("."), value!);
	}
	const [first] = checkConfiguration(configuration);
	if (first) throw new UsageError(`--with: ${first.message}`);
	return configuration;
}

function put(configuration: Record<string, unknown>, [key, name, ...more]: string[], text: string): void {
	if (more.length > 0)
		throw new UsageError(`--with: expected KEY=VALUE, got "${[key, name, ...more].join(".")}=${text}"`);
	if (name !== undefined) {
		configuration[key!] = { ...(configuration[key!] as object), [name]: typed(text) };
	} else if (key === "wifi") {
		configuration.wifi = [...((configuration.wifi as object[]) ?? []), { ssid: text }];
	} else if (key === "timeServers") {
		configuration.timeServers = text.split(",");
	} else {
		configuration[key!] = NUMBERS.includes(key!) || key === "health" ? typed(text) : text;
	}
}

const NUMBERS = ["keepAlive", "coapPort"];

function typed(text: string): unknown {
	if (text === "true" || text === "false") return text === "true";
	return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
