// SPDX-License-Identifier: MIT

const SILENT = -1;

/**
 * Two watches over a connection. What was *sent* last decides when a PINGREQ is owed [MQTT-3.1.2-20]; traffic received does
 * not put it off. What was *received* last decides whether the peer lives: after a silence a PINGREQ asks, and any byte answers.
 * Noting traffic is one assignment; `deadline` may therefore be early, and `expire` puts it right.
 */
export class KeepAlive {
	deadline = Number.POSITIVE_INFINITY;
	/** A PINGREQ is to be written; then call `pinged`. */
	pingDue = false;
	private interval = Number.POSITIVE_INFINITY;
	private timeout = 0;
	/** When bytes went last. */
	lastSent = 0;
	/** When bytes came last; SILENT after the peer was asked, until some come. */
	lastReceived = 0;
	/** When the peer is given up; Infinity while nothing was asked. */
	private answerBy = Number.POSITIVE_INFINITY;

	/** Begins at CONNACK: `keepAlive` in seconds, 0 is off; `timeout` from PINGREQ to giving up, in milliseconds. */
	start(keepAlive: number, timeout: number, now: number): void {
		// The interval *between* packets must not exceed Keep Alive, so the timer is a tenth early.
		this.interval = keepAlive === 0 ? Number.POSITIVE_INFINITY : keepAlive * 900;
		this.timeout = timeout;
		this.lastSent = now;
		this.lastReceived = now;
		this.pingDue = false;
		this.answerBy = Number.POSITIVE_INFINITY;
		this.deadline = now + this.interval;
	}

	stop(): void {
		this.interval = Number.POSITIVE_INFINITY;
		this.pingDue = false;
		this.deadline = Number.POSITIVE_INFINITY;
	}

	pinged(now: number): void {
		this.pingDue = false;
		this.lastSent = now;
		this.arm();
	}

	/** Whether the peer is to be given up. */
	expire(now: number): boolean {
		this.listen();
		if (now >= this.answerBy) return true;
		if (!this.pingDue && now >= this.due()) {
			this.pingDue = true;
			// Counted from when it is due: a PINGREQ that cannot even be written is no better than one without answer.
			if (this.answerBy === Number.POSITIVE_INFINITY) this.answerBy = now + this.timeout;
			this.lastReceived = SILENT;
		}
		this.arm();
		return false;
	}

	private due(): number {
		const asked = this.answerBy !== Number.POSITIVE_INFINITY;
		return (asked ? this.lastSent : Math.min(this.lastSent, this.lastReceived)) + this.interval;
	}

	/** Any byte is an answer. */
	private listen(): void {
		if (this.lastReceived !== SILENT) this.answerBy = Number.POSITIVE_INFINITY;
	}

	private arm(): void {
		this.listen();
		this.deadline = this.pingDue ? this.answerBy : Math.min(this.due(), this.answerBy);
	}
}
