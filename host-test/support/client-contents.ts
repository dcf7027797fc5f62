// SPDX-License-Identifier: MIT
import type { Client } from "../../src/mqtt/index.ts";
import type { Outcome } from "../../src/mqtt/outbox.ts";
import type { Outgoing } from "../../src/mqtt/outgoing.ts";

/** What a client has inside, by its private names. */
interface Inside {
	readonly session: {
		readonly publisher: { readonly outbox: OutboxInside };
		readonly inbox: {
			readonly received: Set<number> | undefined;
			readonly due: unknown[];
			readonly pending: unknown[];
			readonly outstanding: number;
		};
		readonly subscriptions: { readonly unanswered: number };
	};
}

interface OutboxInside {
	readonly messages: readonly Outgoing[];
	readonly outcomes: readonly Outcome[];
	readonly sent: number;
	readonly bytes: number;
	readonly leftovers?: unknown[];
	readonly identifiers: { readonly outstanding: number };
}

/** The outbox of a client. */
export function outboxOf(client: Client): OutboxInside {
	return (client as unknown as Inside).session.publisher.outbox;
}

/** What a client's collections hold, and counts that are not 0; empty when there is nothing. */
export function contentsOf(client: Client): string {
	const { publisher, inbox, subscriptions } = (client as unknown as Inside).session;
	const outbox = publisher.outbox;
	const counts: [name: string, count: number][] = [
		["messages", outbox.messages.length],
		["sent", outbox.sent],
		["bytes", outbox.bytes],
		["leftovers", outbox.leftovers?.length ?? 0],
		["outcomes", outbox.outcomes.length],
		["identifiers", outbox.identifiers.outstanding],
		["received", inbox.received?.size ?? 0],
		["due", inbox.due.length],
		["pending", inbox.pending.length],
		["outstanding", Math.max(0, inbox.outstanding)],
		["unanswered", subscriptions.unanswered],
	];
	return counts
		.filter(([, count]) => count !== 0)
		.map(([name, count]) => `${count} ${name}`)
		.join(", ");
}
