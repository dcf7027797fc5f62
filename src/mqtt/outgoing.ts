// SPDX-License-Identifier: MIT
import { FormatError, type Payload, Reader, Writer } from "../wire/index.ts";
import { Acknowledgement, parseAcknowledgement, writeSuccess } from "./acknowledgement.ts";
import { FixedHeader, parseFixedHeader } from "./fixed-header.ts";
import type { PublishOptions } from "./options.ts";
import { PUBLISH, PUBREL } from "./packet-type.ts";
import type { PayloadSource } from "./payload-source.ts";
import type { Properties } from "./property.ts";
import { Publish, type PublishToSend, parsePublish, publishSizeAtMost, writePublish } from "./publish.ts";
import { V5 } from "./version.ts";

/** A message that was accepted, until it is done. What few messages have takes no memory of the others. */
export interface Outgoing extends PublishToSend {
	/** The message's own. */
	payload: Payload | PayloadSource;
	/** 0 until it has one. */
	packetIdentifier: number;
	/** What it counts against the limit of an outbox. */
	readonly size: number;
	/** Never sent in a session that the broker still has. */
	waiting: boolean;
	properties?: Properties;
	duplicate?: boolean;
	/** What becomes of it when there is no room. */
	policy?: PublishOptions["policy"];
	onComplete?: PublishOptions["onComplete"];
	/** Where the store keeps it. */
	key?: number;
	/** The store's record says that it may have been sent. */
	marked?: boolean;
	/** At QoS 2: the broker has it, PUBREL is what remains. */
	released?: boolean;
	/** When it is given up, once the time was told. */
	expiry?: number;
}

/** A message of which `payload` is its own. It is a literal because XS makes one with half of what `new` takes. */
export function outgoing(topicName: string, payload: Payload | PayloadSource, options: PublishOptions): Outgoing {
	const held = typeof payload === "string" || payload instanceof Uint8Array ? payload.length : 0;
	const message: Outgoing = {
		topicName,
		payload,
		qos: options.qos ?? 0,
		retain: options.retain ?? false,
		packetIdentifier: 0,
		size: topicName.length + held,
		waiting: true,
	};
	if (options.properties !== undefined) message.properties = options.properties;
	if (options.policy !== undefined) message.policy = options.policy;
	if (options.onComplete !== undefined) message.onComplete = options.onComplete;
	return message;
}

/** When a message is given up; the first call starts its time. The broker is told what remains of it (5.0 §3.3.2.3.3). */
export function expiryOf(message: Outgoing, now: number): number {
	const interval = message.properties?.messageExpiryInterval;
	if (interval === undefined) return Number.POSITIVE_INFINITY;
	const expiry = message.expiry ?? now + interval * 1000;
	message.expiry = expiry;
	const remains = Math.max(0, Math.ceil((expiry - now) / 1000));
	if (remains < interval) message.properties = { ...message.properties, messageExpiryInterval: remains };
	return expiry;
}

/**
 * What a store keeps of a message: the packet that would be sent in 5.0, with its full topic name [MQTT-3.3.2-7], and with DUP when it may
 * have been sent (`marked`); when the broker has it (`released`), the PUBREL.
 */
export function recordOf(message: Outgoing, marked: boolean, released: boolean): Uint8Array {
	const size = released ? 4 : publishSizeAtMost(message.topicName, message.payload, message.properties);
	const writer = new Writer().over(new Uint8Array(size));
	if (released) writeSuccess(writer, PUBREL, message.packetIdentifier);
	else writePublish(writer, { ...message, duplicate: marked }, V5, 0);
	return writer.bytes.subarray(0, writer.at);
}

/** The message of which a store kept `bytes` at `key`. Throws FormatError when they are not a record. */
export function messageOf(key: number, bytes: Uint8Array): Outgoing {
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
	const { topicName, payload, retain, properties, packetIdentifier } = packet;
	const released = header.type === PUBREL;
	// Whether one at QoS 1 was sent before the power went nobody knows: it is sent again as if it had been.
	const waiting = packet.qos === 2 && !packet.duplicate && !released;
	const message = outgoing(topicName, payload, { qos: packet.qos as 1 | 2, retain, properties });
	return { ...message, packetIdentifier, released, waiting, marked: !waiting, key };
}
