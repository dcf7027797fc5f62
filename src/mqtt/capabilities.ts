// SPDX-License-Identifier: MIT
import type { ConnAck } from "./connack.ts";
import type { Connect } from "./connect.ts";
import type { Properties } from "./property.ts";
import { V3_1_1, type Version } from "./version.ts";

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

/** What an accepted connection can do. */
export function capabilities(connect: Connect, connack: ConnAck): Capabilities {
	const said: Properties = connack.properties ?? {};
	const v5 = connect.version !== V3_1_1;
	const forEver = connect.cleanStart ? 0 : 0xffffffff;
	return {
		version: connect.version,
		clientId: said.assignedClientIdentifier ?? connect.clientId,
		keepAlive: said.serverKeepAlive ?? connect.keepAlive,
		sessionExpiryInterval: v5
			? (said.sessionExpiryInterval ?? connect.properties?.sessionExpiryInterval ?? 0)
			: forEver,
		maximumQoS: said.maximumQoS ?? 2,
		retainAvailable: said.retainAvailable !== 0,
		maximumPacketSize: said.maximumPacketSize ?? 0xfffffff + 5,
		receiveMaximum: said.receiveMaximum ?? 0xffff,
		topicAliasMaximum: said.topicAliasMaximum ?? 0,
		wildcardSubscriptionAvailable: said.wildcardSubscriptionAvailable !== 0,
		subscriptionIdentifierAvailable: v5 && said.subscriptionIdentifierAvailable !== 0,
		sharedSubscriptionAvailable: v5 && said.sharedSubscriptionAvailable !== 0,
		responseInformation: said.responseInformation,
		properties: said,
	};
}
