// SPDX-License-Identifier: MIT

/** Hands out Packet Identifiers: never 0, never one in use, one space for all packets [MQTT-2.2.1-3] [MQTT-2.2.1-4]. */
export class PacketIdentifiers {
	private last = 0;
	private outstanding = 0;
	/** How many were taken since none was in use: while they are fewer than there are, none can come twice. */
	private taken = 0;
	private readonly inUse: { has(packetIdentifier: number): boolean };

	/** `inUse` has those that were taken and not released. */
	constructor(inUse: { has(packetIdentifier: number): boolean }) {
		this.inUse = inUse;
	}

	/** Takes the next one that is free. */
	take(): number {
		if (this.outstanding++ === 0) this.taken = 0;
		this.last = (this.last % 0xffff) + 1;
		if (++this.taken > 0xffff) while (this.inUse.has(this.last)) this.last = (this.last % 0xffff) + 1;
		return this.last;
	}

	/** Counts one that was taken before a restart. */
	retake(packetIdentifier: number): void {
		this.outstanding++;
		this.taken = 0x10000;
		this.last = packetIdentifier;
	}

	release(): void {
		this.outstanding--;
	}
}
