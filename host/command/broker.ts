// SPDX-License-Identifier: MIT
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ConnectOptions } from "../mqtt/index.ts";
import { UsageError } from "../usage-error.ts";
import { type BrokerFlags, fileOf } from "./flags.ts";
import { parseProperties } from "./properties.ts";

/** Where the broker is, and what it is told. */
export interface Broker {
	readonly url: string;
	readonly options: ConnectOptions;
	/** The topic at the end of --url. */
	readonly topic: string | undefined;
	/** Properties of the command's own packet, PUBLISH or SUBSCRIBE. */
	readonly properties: Record<string, unknown>;
}

/** What the flags ask for; `packet` is the one that the command is about. Throws UsageError. */
export function brokerOf(flags: BrokerFlags, packet: "publish" | "subscribe"): Broker {
	const { url, topic } = urlOf(flags);
	const properties = parseProperties(flags.property ?? [], packet);
	const { id, idPrefix, keepalive = 60, maxInflight = 20, username, pw } = flags;
	if (id !== undefined && idPrefix !== undefined) throw new UsageError("expected --id or --id-prefix, got both");
	const clientId = id ?? (idPrefix === undefined ? "" : `${idPrefix}${process.pid}`);
	const cleanStart = !flags.disableCleanSession;
	if (!cleanStart && clientId === "") throw new UsageError("-c needs --id: the broker keeps a session under its name");
	const version = flags.protocolVersion ?? (flags.property === undefined ? "auto" : 5);
	return {
		url,
		topic,
		properties: properties[packet],
		options: {
			...properties.connect,
			clientId,
			cleanStart,
			keepAlive: keepalive,
			maximumInFlight: maxInflight,
			protocolVersion: version,
			...(username !== undefined && { username }),
			...(pw !== undefined && { password: pw }),
			...(flags.sessionExpiryInterval !== undefined && { sessionExpiryInterval: flags.sessionExpiryInterval }),
			...(!cleanStart && { storePath: flags.store ?? stateFile(url, clientId) }),
			...willOf(flags, properties.will),
			...tlsOf(flags),
		},
	};
}

function urlOf(flags: BrokerFlags): { url: string; topic: string | undefined } {
	if (flags.url === undefined) {
		const { host = "localhost", port } = flags;
		const tls = port === 8883 || Object.keys(tlsOf(flags)).length > 0 || flags.tlsUseOsCerts;
		return { url: `${tls ? "mqtts" : "mqtt"}://${host}${port === undefined ? "" : `:${port}`}`, topic: undefined };
	}
	if (flags.host !== undefined || flags.port !== undefined)
		throw new UsageError("expected --url or --host and --port, got both");
	// The path of a WebSocket is its own.
	const [, url, topic] = /^(mqtts?:\/\/[^/]*)\/(.+)$/i.exec(flags.url) ?? [];
	return { url: url ?? flags.url, topic };
}

function tlsOf({ cafile, cert, key, servername, tlsAlpn }: BrokerFlags): ConnectOptions {
	return {
		...(cafile !== undefined && { ca: fileOf("--cafile", cafile) }),
		...(cert !== undefined && { cert: fileOf("--cert", cert) }),
		...(key !== undefined && { key: fileOf("--key", key) }),
		...(servername !== undefined && { servername }),
		...(tlsAlpn !== undefined && { alpn: [tlsAlpn] }),
	};
}

function willOf(flags: BrokerFlags, properties: object): ConnectOptions {
	const { willTopic: topicName, willPayload: payload = "", willQos: qos = 0, willRetain: retain = false } = flags;
	if (topicName !== undefined) return { will: { topicName, payload, qos, retain, properties } };
	if (flags.willPayload !== undefined || flags.willQos !== undefined || retain || Object.keys(properties).length > 0)
		throw new UsageError("expected --will-topic with the other flags of a Will, got none");
	return {};
}

/** Where a session's state is kept from one run to the next: the session of this Client Identifier with this broker. */
function stateFile(url: string, clientId: string): string {
	const folder = join(process.env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "katydid");
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const broker = url.replace(/^\w+:\/\/(.*@)?/, "");
	return join(folder, `${encodeURIComponent(`${clientId}@${broker}`)}.session`);
}
