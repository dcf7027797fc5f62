// SPDX-License-Identifier: MIT

/** Where a broker is, and who we are to it. */
export interface BrokerAddress {
	/** A name or an IPv4 literal. */
	host: string;
	port: number;
	username?: string;
	password?: string;
}

/** Parses `mqtt://[user:password@]host[:port]`, in which user and password are percent-encoded. Throws TypeError. */
export function parseBroker(url: string): BrokerAddress {
	const parts = /^mqtt:\/\/(?:([^:@/]+)(?::([^:@/]*))?@)?([\w.-]+)(?::(\d{1,5}))?\/?$/.exec(url);
	const port = Number(parts?.[4] ?? 1883);
	if (!parts || port < 1 || port > 65535)
		throw new TypeError(`expected mqtt://[user:password@]host[:port] with a name or an IPv4 address, got "${url}"`);
	const [, username, password, host] = parts;
	return {
		host: host!,
		port,
		...(username !== undefined && { username: decode(username) }),
		...(password !== undefined && { password: decode(password) }),
	};
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw new TypeError(`expected percent-encoded text in mqtt://user:password@host, got "${text}"`);
	}
}
