// SPDX-License-Identifier: MIT

/** A message on its way to the client. */
export interface Sending {
	readonly payload: string;
	readonly qos: number;
	/** 0 until it is sent first. */
	packetIdentifier: number;
	state: "queued" | "published" | "released";
	/** Its PUBREL was sent on an earlier connection, too. */
	again?: boolean;
}

/** What a broker keeps of a client's session (§4.1). */
export class BrokerSession {
	subscribed = false;
	/** QoS 2 messages from the client between PUBLISH and PUBREL, by identifier. */
	readonly received = new Map<number, string>();
	/** Identifiers of QoS 2 messages whose PUBREL came, and which may come again as long as PUBCOMP is not known to be there. */
	readonly done = new Set<number>();
	/** The identifier of each message that came from the client. */
	readonly seen = new Map<string, number>();
	/** Messages to the client that are not done, in order. */
	readonly outgoing: Sending[] = [];
	/** How many of them were sent on this connection. */
	private sent = 0;
	/** How many more the client takes before it acknowledges one (5.0 §4.9). */
	private quota = 0;
	private receiveMaximum = 0;

	/** A connection begins; the client takes `receiveMaximum` messages at a time. */
	begin(receiveMaximum: number): void {
		this.sent = 0;
		this.quota = this.receiveMaximum = receiveMaximum;
	}

	/** Gives what is to be sent now to `send`. */
	pump(send: (message: Sending, duplicate: boolean) => void): void {
		for (; this.sent < this.outgoing.length; this.sent++) {
			const message = this.outgoing[this.sent]!;
			if (message.state === "released") message.again = true;
			else if (this.quota === 0) return;
			else this.quota--;
			const duplicate = message.state === "published";
			if (message.state === "queued") {
				message.packetIdentifier = this.free();
				message.state = "published";
			}
			send(message, duplicate);
		}
	}

	/** The client has acknowledged it to the end. */
	complete(message: Sending): void {
		this.outgoing.splice(this.outgoing.indexOf(message), 1);
		this.sent--;
		this.quota = Math.min(this.quota + 1, this.receiveMaximum);
	}

	/** The smallest identifier that is free: so each is used again as soon as can be. */
	private free(): number {
		let packetIdentifier = 1;
		while (this.outgoing.some((message) => message.packetIdentifier === packetIdentifier)) packetIdentifier++;
		return packetIdentifier;
	}
}
