// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { UsageError } from "../usage-error.ts";

/** Parses a whole number from `least` to `most`, for commander. */
export function whole(least: number, most: number): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (/^\d{1,10}$/.test(text) && value >= least && value <= most) return value;
		throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}.`);
	};
}

/** Collects the values of a flag that may be given again, for commander. */
export function collect(text: string, before: string[] = []): string[] {
	return [...before, text];
}

/** The flags of `pub` and `sub` that say where the broker is and who we are, as commander names them. */
export interface BrokerFlags {
	url?: string;
	host?: string;
	port?: number;
	id?: string;
	idPrefix?: string;
	username?: string;
	pw?: string;
	protocolVersion?: 5 | 4 | "auto";
	keepalive?: number;
	/** False: clean session is disabled. */
	disableCleanSession?: boolean;
	sessionExpiryInterval?: number;
	store?: string;
	maxInflight?: number;
	willTopic?: string;
	willPayload?: string;
	willQos?: 0 | 1 | 2;
	willRetain?: boolean;
	cafile?: string;
	cert?: string;
	key?: string;
	servername?: string;
	tlsAlpn?: string;
	tlsUseOsCerts?: boolean;
	property?: string[];
	debug?: boolean;
	quiet?: boolean;
}

/** Adds the flags that `pub` and `sub` share, which are mosquitto's. */
export function addBrokerFlags(command: Command): Command {
	return (
		command
			// -h is the host, and -V the version of the protocol.
			.helpOption("--help", "display help for command")
			.option(
				"-L, --url <url>",
				"mqtt://, mqtts://, ws:// or wss://, then [user:password@]host[:port]; mqtt(s):// then takes /topic, too",
			)
			.option("-h, --host <host>", "the broker's host (default: localhost)")
			.option("-p, --port <n>", "its port (default: 1883, or 8883 with TLS)", whole(1, 65535))
			.option("-i, --id <id>", "the Client Identifier (default: the broker chooses one)")
			.option("-I, --id-prefix <text>", "a Client Identifier of this text and the process's number")
			.option("-u, --username <name>", "the user name")
			.option("-P, --pw <password>", "the password")
			.option(
				"-V, --protocol-version <version>",
				"mqttv5 or 5, mqttv311 or 311 (default: 5, or 311 with a broker that does not know it)",
				version,
			)
			.option("-k, --keepalive <seconds>", "Keep Alive (default: 60)", whole(0, 65535))
			.option("-c, --disable-clean-session", "go on with the session of this --id, and keep it")
			.option(
				"-x, --session-expiry-interval <seconds>",
				"how long the broker keeps the session (default: for ever with -c, else 0)",
				expiry,
			)
			.option("--store <file>", "where our half of the session is kept with -c (default: in ~/.local/state/katydid)")
			.option(
				"-M, --max-inflight <n>",
				"messages at QoS 1 and 2 that may be unacknowledged (default: 20)",
				whole(1, 32767),
			)
			.option(
				"-D, --property <command identifier value...>",
				"a property of 5.0, such as: publish user-property name value",
				collect,
			)
			.option("--will-topic <topic>", "the topic of the Will, which the broker publishes when we vanish")
			.option("--will-payload <text>", "its payload (default: empty)")
			.option("--will-qos <qos>", "its QoS (default: 0)", whole(0, 2))
			.option("--will-retain", "it is retained")
			.option("--cafile <file>", "TLS: the authorities to trust, in PEM")
			.option("--tls-use-os-certs", "TLS: trust the authorities that Node trusts")
			.option("--cert <file>", "TLS: our certificate, in PEM")
			.option("--key <file>", "TLS: its private key, in PEM")
			.option("--servername <name>", "TLS: the name that the broker's certificate must have (default: the host)")
			.option("--tls-alpn <protocol>", "TLS: the application protocol to ask for")
			.option("-d, --debug", "say on stderr what happens to the connection")
			.option("--quiet", "say nothing of what goes wrong")
			.allowExcessArguments(false)
	);
}

const VERSIONS: Record<string, 5 | 4> = { mqttv5: 5, "5": 5, mqttv311: 4, "311": 4 };

function version(text: string): 5 | 4 {
	if (!Object.hasOwn(VERSIONS, text)) throw new InvalidArgumentError("expected mqttv5, 5, mqttv311 or 311.");
	return VERSIONS[text]!;
}

function expiry(text: string): number {
	return text === "-1" || text === "∞" ? 0xffffffff : whole(0, 0xffffffff)(text);
}

/** Throws UsageError, in the name of `flag`, when `check` throws. */
export function usable(flag: string, check: () => void): void {
	try {
		check();
	} catch (error) {
		throw new UsageError(`${flag}: ${(error as Error).message}`);
	}
}

/** The bytes of the file that a flag names. Throws UsageError. */
export function fileOf(flag: string, path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (error) {
		throw new UsageError(`${flag}: ${(error as Error).message}`);
	}
}
