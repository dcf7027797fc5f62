// SPDX-License-Identifier: MIT
// Deduplication of what a client receives (RFC 7252 §4.5), in bounded memory.
import type { Endpoint } from "./handler.ts";

/** How many messages are remembered. */
const MESSAGES = 16;

/** The latest CON and NON that were accepted, in a ring. */
export class Received {
	private readonly messageIds: number[] = new Array(MESSAGES).fill(-1);
	private readonly addresses: string[] = new Array(MESSAGES).fill("");
	private readonly ports: number[] = new Array(MESSAGES).fill(0);
	private readonly expiries: number[] = new Array(MESSAGES).fill(0);
	private readonly lifetime: number;
	private next = 0;

	/** A message may be repeated for `lifetime` milliseconds. */
	constructor(lifetime: number) {
		this.lifetime = lifetime;
	}

	/** Whether a message was accepted before. */
	has(messageId: number, { address, port }: Readonly<Endpoint>, now: number): boolean {
		for (let i = 0; i < MESSAGES; i++)
			if (
				this.messageIds[i] === messageId &&
				this.expiries[i]! > now &&
				this.ports[i] === port &&
				this.addresses[i] === address
			)
				return true;
		return false;
	}

	/** A message was accepted: remembers it in the place of the oldest. */
	remember(messageId: number, { address, port }: Readonly<Endpoint>, now: number): void {
		const at = this.next;
		this.messageIds[at] = messageId;
		this.addresses[at] = address;
		this.ports[at] = port;
		this.expiries[at] = now + this.lifetime;
		this.next = (at + 1) % MESSAGES;
	}
}
