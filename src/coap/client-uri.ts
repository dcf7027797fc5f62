// SPDX-License-Identifier: MIT
// From a coap URI to the options of a request (RFC 7252 §6.1, §6.4).

const DEFAULT_PORT = 5683;

/** What a URI says; path and query are percent-decoded, and cut at `/` and `&`. */
export interface Target {
	/** "coap+tcp" is that of RFC 8323 §8.1. */
	readonly scheme: "coap" | "coap+tcp";
	/** A name or an IPv4 literal. */
	readonly host: string;
	readonly port: number;
	readonly path: readonly string[];
	readonly query: readonly string[];
	/** What Uri-Host is to say; undefined when the host is an address. */
	readonly uriHost: string | undefined;
}

/** Reads `coap://host[:port][/path][?query]`, or that with `coap+tcp`. Throws TypeError when it is another URI, or none. */
export function parseUri(uri: string): Target {
	const parts = /^(coap(?:\+tcp)?):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?$/i.exec(uri);
	const authority = /^([^:@[\]]+)(?::(\d{0,5}))?$/.exec(parts?.[2] ?? "");
	if (parts === null || authority === null)
		throw new TypeError(`expected coap://host[:port][/path][?query], got "${uri}"`);
	const port = authority[2] ? Number(authority[2]) : DEFAULT_PORT;
	if (port < 1 || port > 0xffff)
		throw new TypeError(`expected a port from 1 to 65535 in "${uri}", got ${authority[2]}`);
	const path = parts[3]!;
	const query = parts[4];
	const host = decoded(uri, authority[1]!).toLowerCase();
	return {
		scheme: parts[1]!.toLowerCase() as Target["scheme"],
		host,
		port,
		path: path === "" || path === "/" ? [] : listOf(uri, path.slice(1), "/"),
		query: query === undefined ? [] : listOf(uri, query.slice(1), "&"),
		uriHost: /^\d+(\.\d+){3}$/.test(host) ? undefined : host,
	};
}

function listOf(uri: string, text: string, separator: string): readonly string[] {
	return text.split(separator).map((part) => decoded(uri, part));
}

function decoded(uri: string, text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw new TypeError(`expected UTF-8 in percent-encoding in "${uri}", got ${text}`);
	}
}
