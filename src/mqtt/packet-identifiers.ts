// SPDX-License-Identifier: MIT

/** Hands out Packet Identifiers: never 0, never one in use, one space for all packets [MQTT-2.2.1-3] [MQTT-2.2.1-4]. */
export class PacketIdentifiers {
	private last = 0;
	private taken: number[] = [];

	/** Takes the next one that is free. */
	take(): number {
		do this.last = (this.last % 0xffff) + 1;
		while (this.taken.includes(this.last));
		this.taken.push(this.last);
		return this.last;
	}

	release(packetIdentifier: number): void {
		const index = this.taken.indexOf(packetIdentifier);
		if (index >= 0) this.taken.splice(index, 1);
	}
}
