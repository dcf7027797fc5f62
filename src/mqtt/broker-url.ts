// SPDX-License-Identifier: MIT
import type { Target } from "./options.ts";

/** Where a broker is, what lies between TCP and MQTT, and who we are to it. */
export interface BrokerAddress extends Target {
	/** A name or an IPv4 literal. */
	readonly host: string;
	readonly username?: string;
	readonly password?: string;
}

/** The schemes, and their ports where a URL gives none. */
const SCHEMES: readonly (readonly [scheme: string, port: number, tls: boolean, webSocket: boolean])[] = [
	["mqtt", 1883, false, false],
	["mqtts", 8883, true, false],
	["ws", 80, false, true],
	["wss", 443, true, true],
];
/** Where brokers are used to be asked for a WebSocket. */
const PATH = "/mqtt";
const EXPECTED = "mqtt://, mqtts://, ws:// or wss://, then [user:password@]host[:port]";

/**
 * Parses `mqtt://`, `mqtts://`, `ws://` or `wss://`, then `[user:password@]host[:port]`, and for a WebSocket a path with its query (`/mqtt` when
 * there is none). User and password are percent-encoded; a TLS target has `tls`, without settings. Throws TypeError, and shows no password.
 */
export function parseBroker(url: string): BrokerAddress {
	if (typeof url !== "string") throw new TypeError(`expected a URL as text, got ${typeof url}`);
	const shown = url.replace(/\/\/([^/?#]*)@/, "//…@");
	const parts = /^(\w+):\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?([^:@/?#]*|\[[^\]]*\])(?::(\d+))?([/?].*)?$/i.exec(url);
	const scheme = parts && SCHEMES.find(([name]) => name === parts[1]!.toLowerCase());
	if (!scheme) throw new TypeError(`expected ${EXPECTED}, got "${shown}"`);
	const [, standard, tls, webSocket] = scheme;
	const [, , username, password, host, digits, path] = parts;
	if (host!.startsWith("[")) throw new TypeError(`expected a name or an IPv4 address, got the IPv6 address ${host}`);
	if (!/^[\w.-]+$/.test(host!)) throw new TypeError(`expected a name or an IPv4 address, got "${host}" in "${shown}"`);
	const port = Number(digits ?? standard);
	if (port < 1 || port > 65535) throw new TypeError(`expected a port from 1 to 65535, got ${digits} in "${shown}"`);
	if (path?.includes("#")) throw new TypeError(`expected a URL without a fragment, got "${shown}"`);
	if (!webSocket && path !== undefined && path !== "/") {
		throw new TypeError(`expected no path after the host of ${parts[1]}://, got "${path}"`);
	}
	return {
		host: host!,
		port,
		...(tls && { tls: {} }),
		...(webSocket && { webSocket: { path: pathOf(path) } }),
		...(username && { username: decode("user", username) }),
		...(password !== undefined && { password: decode("password", password) }),
	};
}

/** The URL of a broker, without user and password. */
export function brokerUrl({ host, port, tls, webSocket }: Target): string {
	const scheme = webSocket ? (tls ? "wss" : "ws") : tls ? "mqtts" : "mqtt";
	return `${scheme}://${host}:${port}${webSocket?.path ?? ""}`;
}

function pathOf(path: string | undefined): string {
	if (path === undefined) return PATH;
	return path.startsWith("?") ? PATH + path : path;
}

function decode(what: string, text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw new TypeError(`expected a percent-encoded ${what} before the host, such as %25 for %, got another %`);
	}
}
