// SPDX-License-Identifier: MIT
// Retransmission of a CON (RFC 7252 §4.2).
import type { Parameters } from "./parameters.ts";

/**
 * One CON on its way: `start` when it is sent, `expire` at its deadline, `sent` when it was sent again, `stop` once it is acknowledged,
 * rejected or given up.
 */
export class Transmission {
	/** The Message ID that an ACK or a RST will carry; -1 when nothing is under way. */
	messageId = -1;
	/** When the ACK is overdue; Infinity when none is waited for. */
	deadline = Infinity;
	/** Whether the time for another transmission has come. */
	due = false;
	/** What is under way, to be sent again as it was. */
	datagram: Uint8Array | undefined;
	private timeout = 0;
	private retransmissions = 0;

	/**
	 * `datagram`, a CON with `messageId`, is being sent, and kept as it is. While an earlier one is under way this one takes its place, and inherits its timeout and its count of retransmissions (RFC 7641 §4.5.2).
	 */
	start(messageId: number, datagram: Uint8Array, now: number, parameters: Parameters, random: () => number): void {
		if (this.messageId < 0) {
			this.retransmissions = 0;
			this.timeout = parameters.ACK_TIMEOUT * (1 + random() * (parameters.ACK_RANDOM_FACTOR - 1));
		}
		this.messageId = messageId;
		this.datagram = datagram;
		this.sent(now);
	}

	/** Transmitted at `now`: waits for the ACK. */
	sent(now: number): void {
		this.due = false;
		this.deadline = now + this.timeout;
	}

	/** The deadline passed: asks for another transmission; returns false when there were MAX_RETRANSMIT already. */
	expire(parameters: Parameters): boolean {
		this.deadline = Infinity;
		if (this.retransmissions >= parameters.MAX_RETRANSMIT) return false;
		this.retransmissions++;
		this.timeout *= 2;
		this.due = true;
		return true;
	}

	stop(): void {
		this.datagram = undefined;
		this.messageId = -1;
		this.deadline = Infinity;
		this.due = false;
	}
}
