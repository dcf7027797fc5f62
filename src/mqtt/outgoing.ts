// SPDX-License-Identifier: MIT
import { FormatError, type Payload, Reader, Writer } from "../wire/index.ts";
import { Acknowledgement, parseAcknowledgement, writeSuccess } from "./acknowledgement.ts";
import { FixedHeader, parseFixedHeader } from "./fixed-header.ts";
import type { PublishOptions } from "./options.ts";
import { PUBLISH, PUBREL } from "./packet-type.ts";
import { isSource, type PayloadSource } from "./payload-source.ts";
import type { Properties } from "./property.ts";
import { Publish, type PublishToSend, parsePublish, publishSizeAtMost, writePublish } from "./publish.ts";
import { V5 } from "./version.ts";

const EMPTY = "";

/** A message that was accepted, until it is done. */
export class Outgoing implements PublishToSend {
	readonly topicName: string;
	payload: Payload | PayloadSource;
	readonly qos: number;
	readonly retain: boolean;
	properties: Properties | undefined;
	duplicate = false;
	/** 0 until it has one. */
	packetIdentifier = 0;
	/** What becomes of it when there is no room. */
	readonly policy: PublishOptions["policy"];
	/** Never sent in a session that the broker still has. */
	waiting = true;
	/** The store's record says that it may have been sent. */
	marked = false;
	/** At QoS 2: the broker has it, PUBREL is what remains. */
	released = false;
	/** Where the store keeps it; 0 when it does not. */
	key = 0;
	readonly onComplete: PublishOptions["onComplete"];
	/** When it is given up; 0 until the time was told. */
	private expiry = 0;

	/** The payload is the message's own. */
	constructor(topicName: string, payload: Payload | PayloadSource, options: PublishOptions | undefined) {
		this.topicName = topicName;
		this.payload = payload;
		this.qos = options?.qos ?? 0;
		this.retain = options?.retain ?? false;
		this.properties = options?.properties;
		this.policy = options?.policy;
		this.onComplete = options?.onComplete;
	}

	/** What it counts against the limit of an outbox. */
	get size(): number {
		return this.topicName.length + (isSource(this.payload) ? 0 : this.payload.length);
	}

	release(): void {
		this.released = true;
		this.payload = EMPTY;
	}

	/** When it is given up; the first call starts its time. The broker is told what remains of it (5.0 §3.3.2.3.3). */
	expires(now: number): number {
		const interval = this.properties?.messageExpiryInterval;
		if (interval === undefined) return Number.POSITIVE_INFINITY;
		if (this.expiry === 0) this.expiry = now + interval * 1000;
		const remains = Math.max(0, Math.ceil((this.expiry - now) / 1000));
		if (remains < interval) this.properties = { ...this.properties, messageExpiryInterval: remains };
		return this.expiry;
	}

	/**
	 * What a store keeps of it: the packet that would be sent in 5.0, with its full topic name [MQTT-3.3.2-7], and with DUP when it may have
	 * been sent (`marked`); when the broker has it (`released`), the PUBREL.
	 */
	record(marked: boolean, released: boolean): Uint8Array {
		const size = released ? 4 : publishSizeAtMost(this.topicName, this.payload, this.properties);
		const writer = new Writer().over(new Uint8Array(size));
		if (released) writeSuccess(writer, PUBREL, this.packetIdentifier);
		else {
			const duplicate = this.duplicate;
			this.duplicate = marked;
			writePublish(writer, this, V5, 0);
			this.duplicate = duplicate;
		}
		return writer.bytes.subarray(0, writer.at);
	}

	/** The message of which a store kept `bytes`. Throws FormatError when they are not a record. */
	static of(key: number, bytes: Uint8Array): Outgoing {
		const header = new FixedHeader();
		const reader = new Reader().over(bytes);
		if (!parseFixedHeader(reader, V5, header)) throw new FormatError("truncated", 0);
		const packet = new Publish();
		if (header.type === PUBLISH) parsePublish(reader, header.flags, V5, packet);
		else if (header.type === PUBREL) {
			const pubrel = new Acknowledgement();
			parseAcknowledgement(reader, PUBREL, V5, pubrel);
			packet.packetIdentifier = pubrel.packetIdentifier;
			packet.qos = 2;
		} else throw new FormatError("unexpected packet", 0);
		const { topicName, payload, retain, properties } = packet;
		const message = new Outgoing(topicName, payload, {
			qos: packet.qos as 1 | 2,
			retain,
			...(properties && { properties }),
		});
		message.packetIdentifier = packet.packetIdentifier;
		message.released = header.type === PUBREL;
		// Whether one at QoS 1 was sent before the power went nobody knows: it is sent again as if it had been.
		message.waiting = packet.qos === 2 && !packet.duplicate && !message.released;
		message.marked = !message.waiting;
		message.key = key;
		return message;
	}
}
