// SPDX-License-Identifier: MIT

/** Hands out Packet Identifiers: never 0, never one in use, one space for all packets [MQTT-2.2.1-3] [MQTT-2.2.1-4]. */
export class PacketIdentifiers {
	private last = 0;
	private taken: number[] = [];

	/** Takes the next one that is free. */
	take(): number {
		const taken = this.taken;
		let last = this.last;
		do last = (last % 0xffff) + 1;
		while (taken.length > 0 && taken.includes(last));
		this.last = last;
		taken.push(last);
		return last;
	}

	release(packetIdentifier: number): void {
		const index = this.taken.indexOf(packetIdentifier);
		if (index === 0) this.taken.shift();
		else if (index > 0) this.taken.splice(index, 1);
	}
}
