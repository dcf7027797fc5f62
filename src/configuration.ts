// SPDX-License-Identifier: MIT

/** What of a thing may be configured: by its board, its application, katydid.config.json and the command line, of which the last one wins. */
export interface Configuration {
	/** The thing's name among those of its network; the MQTT Client Identifier. */
	readonly id?: string;
	/** A name for people. */
	readonly title?: string;
	/** Where its MQTT topics begin. */
	readonly topic?: string;
	/** The MQTT broker's URL. Without one the thing answers CoAP alone; a simulation has a broker of its own. */
	readonly broker?: string;
	/** Which MQTT: "auto" is 5.0, and 3.1.1 with a broker that does not know it. */
	readonly protocol?: "auto" | "5.0" | "3.1.1";
	/** MQTT's Keep Alive, in seconds; 0 turns it off. */
	readonly keepAlive?: number;
	/** The UDP port of CoAP. */
	readonly coapPort?: number;
	/** How often a property is sampled, in milliseconds, by its name. */
	readonly intervals?: Readonly<Record<string, number>>;
	/** What a device is called by DHCP and in `.local`; what its id allows unless given. */
	readonly hostName?: string;
	/** The Wi-Fi networks that a device joins, in the order in which it tries them. Passwords are not flashed: `katydid provision`. */
	readonly wifi?: readonly { readonly ssid: string; readonly password?: string }[];
	/** Who tells a device what time it is (SNTP). */
	readonly timeServers?: readonly string[];
	/** Whether a device has its uptime, free memory and the like among its properties. */
	readonly health?: boolean;
}

/** What holds where nobody says otherwise. */
const DEFAULTS = { coapPort: 5683, keepAlive: 30, protocol: "auto", timeServers: ["pool.ntp.org"] } as const;

/** A configuration with nothing left to say but what has no default. */
export type Configured = Configuration & Required<Pick<Configuration, keyof typeof DEFAULTS>>;

/** One configuration of several, of which a later one wins; what they say of `intervals` is put together. */
export function configured(...layers: readonly (Configuration | undefined)[]): Configured {
	const intervals = Object.assign({}, ...layers.map((layer) => layer?.intervals));
	return { ...Object.assign({}, DEFAULTS, ...layers), intervals };
}

/**
 * What was flashed, as the SDK's `mc/config` has it: in `katydid` what `katydid build` puts there; or a broker, a CoAP port and a Wi-Fi network
 * without a password, as `name=value` that `mcconfig` was given.
 */
export function flashedConfiguration(config: Readonly<Record<string, unknown>>): Configuration {
	const { katydid, broker, coapPort, wifi } = config;
	return {
		...(katydid as Configuration | undefined),
		...(typeof broker === "string" && { broker }),
		...(typeof coapPort === "string" && { coapPort: Number(coapPort) }),
		...(typeof wifi === "string" && { wifi: [{ ssid: wifi }] }),
	};
}

/** The host name that an id allows: its letters, digits and hyphens, 32 at most. */
export function hostNameOf({ hostName }: Configuration, id: string): string {
	if (hostName !== undefined) return hostName;
	// Nothing is to begin or end with a hyphen, the cut included.
	const trimmed = (text: string) => text.replace(/^-+|-+$/g, "");
	return trimmed(trimmed(id.replace(/[^A-Za-z0-9]+/g, "-")).slice(0, 32)) || "katydid";
}
