// SPDX-License-Identifier: MIT
import type { Broker } from "./broker.ts";
import { Ejabberd } from "./ejabberd.ts";
import { aedes, mosquitto } from "./others.ts";
import { RabbitMQ } from "./rabbitmq.ts";

export type Version = "5.0" | "3.1.1";

/** A kind of broker, and how it differs from the specification and from the others: seen, not read. */
export interface Kind {
	readonly name: string;
	/** Those that it speaks; the first is what `protocol: "auto"` ends in. */
	readonly versions: readonly Version[];
	readonly username: string;
	/** Not started yet. */
	create(): Promise<Broker>;
	/** The code in CONNACK for a wrong password. */
	readonly refusal: Readonly<Partial<Record<Version, number>>>;
	/** What it grants to who subscribes at QoS 2. */
	readonly maximumQoS: 1 | 2;
	/** Answers a PUBLISH at QoS 2 with PUBACK, which no version of MQTT knows. */
	readonly acknowledgesQoS2?: true;
	/** A subscription with wildcards gets retained messages, too. */
	readonly retainedByWildcard: boolean;
	/** Sessions are there after a restart. */
	readonly durableSessions: boolean;
	/** What its CONNACK says in 5.0, where that is not the default. */
	readonly capabilities?: {
		readonly topicAliasMaximum: number;
		readonly sharedSubscriptionAvailable: boolean;
		/** Seconds, whatever a client asks for. */
		readonly longestSession: number;
		readonly obeysMaximumPacketSize: boolean;
		/** Who is thrown out by another with the same identifier is told 0x8E. */
		readonly tellsWhy: boolean;
	};
}

export const KINDS: readonly Kind[] = [
	{
		name: "RabbitMQ 3.10",
		versions: ["3.1.1"],
		username: RabbitMQ.username,
		create: () => RabbitMQ.create(),
		refusal: { "3.1.1": 4 },
		maximumQoS: 1,
		acknowledgesQoS2: true,
		retainedByWildcard: false,
		durableSessions: true,
	},
	{
		name: "ejabberd 23.01",
		versions: ["5.0", "3.1.1"],
		username: Ejabberd.username,
		create: () => Ejabberd.create(),
		refusal: { "3.1.1": 5, "5.0": 0x87 },
		maximumQoS: 2,
		retainedByWildcard: true,
		durableSessions: false,
		capabilities: {
			topicAliasMaximum: 100,
			sharedSubscriptionAvailable: false,
			longestSession: 300,
			obeysMaximumPacketSize: false,
			tellsWhy: true,
		},
	},
	{
		name: "mosquitto 2",
		versions: ["5.0", "3.1.1"],
		username: "katydid",
		create: () => mosquitto("katydid"),
		refusal: { "3.1.1": 5, "5.0": 0x87 },
		maximumQoS: 2,
		retainedByWildcard: true,
		durableSessions: true,
		capabilities: {
			topicAliasMaximum: 10,
			sharedSubscriptionAvailable: true,
			longestSession: 0xffffffff,
			obeysMaximumPacketSize: true,
			// 2.0.11 does not.
			tellsWhy: false,
		},
	},
	{
		name: "aedes",
		versions: ["3.1.1"],
		username: "katydid",
		create: () => aedes("katydid"),
		refusal: { "3.1.1": 4 },
		maximumQoS: 2,
		retainedByWildcard: true,
		durableSessions: true,
	},
];

/** What a broker of the kind says in its CONNACK; the kind must say what that is. */
export function capabilitiesOf({ capabilities }: Kind) {
	const { topicAliasMaximum, sharedSubscriptionAvailable } = capabilities!;
	return { topicAliasMaximum, sharedSubscriptionAvailable };
}
