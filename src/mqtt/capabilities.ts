// SPDX-License-Identifier: MIT
import type { ConnAck } from "./connack.ts";
import type { Connect } from "./connect.ts";
import type { Properties } from "./property.ts";
import { V3_1_1, type Version } from "./version.ts";

const NOTHING: Properties = {};

/** What this connection's broker takes and decides, as its CONNACK says (5.0 §3.2.2.3), or as 3.1.1 has it. */
export interface Capabilities {
	readonly version: Version;
	/** Our own, or the one that the broker assigned. */
	readonly clientId: string;
	/** Seconds, 0 is off: ours, or the broker's in its place [MQTT-3.1.2-21]. */
	readonly keepAlive: number;
	/** Seconds that the broker keeps the session; 0xffffffff is for ever. */
	readonly sessionExpiryInterval: number;
	readonly maximumQoS: number;
	readonly retainAvailable: boolean;
	/** In bytes. */
	readonly maximumPacketSize: number;
	/** QoS 1 and 2 messages that may be unacknowledged. */
	readonly receiveMaximum: number;
	readonly topicAliasMaximum: number;
	readonly wildcardSubscriptionAvailable: boolean;
	readonly subscriptionIdentifierAvailable: boolean;
	readonly sharedSubscriptionAvailable: boolean;
	/** Where response topics begin, if we asked (5.0 §3.2.2.3.15). */
	readonly responseInformation: string | undefined;
	/** All that CONNACK said. */
	readonly properties: Properties;
}

/** What 5.0 has where CONNACK says nothing. */
const DEFAULTS = {
	maximumQoS: 2,
	retainAvailable: true,
	maximumPacketSize: 0xfffffff + 5,
	receiveMaximum: 0xffff,
	topicAliasMaximum: 0,
	wildcardSubscriptionAvailable: true,
	subscriptionIdentifierAvailable: true,
	sharedSubscriptionAvailable: true,
	responseInformation: undefined,
};
const NUMBERS = ["maximumQoS", "maximumPacketSize", "receiveMaximum", "topicAliasMaximum"] as const;
const FLAGS = [
	"retainAvailable",
	"wildcardSubscriptionAvailable",
	"subscriptionIdentifierAvailable",
	"sharedSubscriptionAvailable",
] as const;
/** What 3.1.1 has. */
const DEFAULTS_3_1_1 = { ...DEFAULTS, subscriptionIdentifierAvailable: false, sharedSubscriptionAvailable: false };

/** What an accepted connection can do. */
export function capabilities(connect: Connect, connack: ConnAck): Capabilities {
	const properties: Properties = connack.properties ?? NOTHING;
	const v5 = connect.version !== V3_1_1;
	const forEver = connect.cleanStart ? 0 : 0xffffffff;
	const said: { -readonly [Name in keyof Capabilities]?: Capabilities[Name] } = {};
	for (const name of NUMBERS) if (properties[name] !== undefined) said[name] = properties[name];
	for (const name of FLAGS) if (properties[name] === 0) said[name] = false;
	if (properties.responseInformation !== undefined) said.responseInformation = properties.responseInformation;
	const capabilities = {
		// What is not said is the prototype's, which is in flash and takes no memory.
		__proto__: v5 ? DEFAULTS : DEFAULTS_3_1_1,
		...said,
		version: connect.version,
		clientId: properties.assignedClientIdentifier ?? connect.clientId,
		keepAlive: properties.serverKeepAlive ?? connect.keepAlive,
		sessionExpiryInterval: v5
			? (properties.sessionExpiryInterval ?? connect.properties?.sessionExpiryInterval ?? 0)
			: forEver,
		properties,
	};
	return capabilities as typeof capabilities & Capabilities;
}
