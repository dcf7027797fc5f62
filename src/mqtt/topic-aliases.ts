// SPDX-License-Identifier: MIT
import { FormatError } from "../wire/index.ts";
import type { Publish } from "./publish.ts";

/** Numbers that stand for topic names on one connection (5.0 §3.3.2.3.4), in both directions apart. */
export class TopicAliases {
	/** Ours, by topic name: the first topics that are published to get one. */
	private outgoing: Map<string, number> | undefined = undefined;
	/** How many of ours there may be. */
	most = 0;
	/** The broker's, by number. */
	private incoming: (string | undefined)[] | undefined = undefined;
	private readonly accepted: number;
	private readonly limit: number;

	/** We accept numbers up to `accepted`, and use ours up to `limit` where the broker accepts as many. */
	constructor(accepted: number, limit: number) {
		this.accepted = accepted;
		this.limit = limit;
	}

	/** A connection begins, and all are forgotten [MQTT-3.3.2-7]; the broker accepts `maximum` of ours. */
	restart(maximum: number): void {
		this.most = Math.min(maximum, this.limit);
		this.outgoing = this.incoming = undefined;
	}

	/** Ours for a topic name: negative when the broker knows it already, 0 when there is none. A new one must be sent with its name. */
	of(topicName: string): number {
		this.outgoing ??= new Map();
		const outgoing = this.outgoing;
		const alias = outgoing.get(topicName);
		if (alias !== undefined) return -alias;
		if (outgoing.size >= this.most) return 0;
		outgoing.set(topicName, outgoing.size + 1);
		return outgoing.size;
	}

	/** Gives a message received the name that its alias stands for, if it has one, or notes it. Throws FormatError. */
	resolve(message: Publish): void {
		const alias = message.properties?.topicAlias;
		if (alias === undefined) return;
		if (alias > this.accepted) throw new FormatError("topic alias", 0); // [MQTT-3.3.2-9]
		if (message.topicName !== "") {
			this.incoming ??= [];
			this.incoming[alias] = message.topicName;
			return;
		}
		const topicName = this.incoming?.[alias];
		if (topicName === undefined) throw new FormatError("unknown topic alias", 0);
		message.topicName = topicName;
	}
}
