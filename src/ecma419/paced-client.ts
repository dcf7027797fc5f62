// SPDX-License-Identifier: MIT
import { Client } from "../mqtt/index.ts";
import { PINGREQ } from "./operation.ts";

const PING = Uint8Array.of(PINGREQ << 4, 0);

/** The client, read as fast as the application reads, with a PINGREQ whenever it wants one. */
export class PacedClient extends Client {
	/** The application has to take what came before more is read from the socket. */
	private unread = false;
	/** Who waits for a PINGREQ to be sent, and who for a sign of life after it. */
	private asking: (() => void)[] = [];
	private waiting: (() => void)[] = [];
	/** A PUBLISH has begun whose payload is not all there. */
	midway = false;

	/** Takes nothing more from the socket until `resume`. */
	pause(): void {
		this.unread = this.paused = true;
	}

	override resume(): void {
		this.unread = false;
		super.resume();
	}

	/** A source that had nothing to read has something now. */
	more(): void {
		this.changed();
	}

	/** Sends a PINGREQ behind what was written before, and calls `answered` when anything comes after it: that is as good as PINGRESP. */
	ping(answered: () => void): void {
		this.asking.push(answered);
		this.changed();
	}

	override opened(now: number): void {
		this.asking = [];
		this.waiting = [];
		super.opened(now);
	}

	override receive(now: number): void {
		super.receive(now);
		for (const answered of this.waiting.splice(0)) answered();
		if (this.unread) this.paused = true;
	}

	override transmit(most: number, now: number): Uint8Array | undefined {
		const bytes = super.transmit(most, now);
		if (this.asking.length === 0) return bytes;
		// Between two packets, that is when nothing is left of any.
		const due = bytes === undefined && !this.midway && most >= PING.length;
		if (due) this.waiting.push(this.asking.shift()!);
		this.due = true;
		return due ? PING : bytes;
	}
}
