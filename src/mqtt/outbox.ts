// SPDX-License-Identifier: MIT
import type { Payload } from "../wire/index.ts";
import type { PacketIdentifiers } from "./packet-identifiers.ts";
import type { PublishToSend } from "./publish.ts";

interface Message extends PublishToSend {
	duplicate: boolean;
	/** Stands for any of its topic that waits. */
	readonly latest: boolean;
	/** 0 until it is sent. */
	packetIdentifier: number;
}

/** What an outbox holds at most. */
export interface OutboxLimits {
	readonly messages: number;
	/** Bytes of payloads, characters of those that are text and of topic names, together. */
	readonly bytes: number;
	/** Messages sent and not acknowledged. */
	readonly inFlight: number;
}

/**
 * The QoS 1 messages that were accepted and not yet acknowledged, in their order: first those in flight on this connection, then
 * those that wait. A new connection starts from the first again, so order holds whatever happens [MQTT-4.6.0-1].
 */
export class Outbox {
	private readonly messages: Message[] = [];
	/** How many of them, from the first, were sent on this connection. */
	private sent = 0;
	private bytes = 0;
	private readonly identifiers: PacketIdentifiers;
	private readonly limits: OutboxLimits;

	constructor(identifiers: PacketIdentifiers, limits: OutboxLimits) {
		this.identifiers = identifiers;
		this.limits = limits;
	}

	get empty(): boolean {
		return this.messages.length === 0;
	}

	get full(): boolean {
		return this.messages.length >= this.limits.messages || this.bytes >= this.limits.bytes;
	}

	/**
	 * Takes a message, whose payload is now the outbox's own; false when it is over a limit now. With `latest` it takes the place of one of
	 * its topic that was not sent yet. Throws RangeError when it would always be over the limit.
	 */
	add(topicName: string, payload: Payload, retain: boolean, latest: boolean): boolean {
		const most = this.limits.bytes;
		const size = topicName.length + payload.length;
		if (size > most) throw new RangeError(`expected a message of at most ${most} bytes to queue, got ${size}`);
		if (latest) this.forget(topicName);
		const bytes = this.bytes + size;
		if (this.messages.length >= this.limits.messages || bytes > most) return false;
		this.messages.push({
			topicName,
			payload,
			qos: 1,
			retain,
			duplicate: false,
			latest,
			packetIdentifier: 0,
			properties: undefined,
		});
		this.bytes = bytes;
		return true;
	}

	/** The message to be sent next; undefined when there is none, or too many are in flight. */
	peek(): PublishToSend | undefined {
		return this.sent < this.limits.inFlight ? this.messages[this.sent] : undefined;
	}

	/** The message that `peek` shows goes out now: it gets its identifier, or keeps the one it had [MQTT-4.3.2-1]. */
	advance(): void {
		const message = this.messages[this.sent++]!;
		if (message.packetIdentifier === 0) message.packetIdentifier = this.identifiers.take();
	}

	/** A PUBACK came; one for a message that is not in flight changes nothing. */
	acknowledged(packetIdentifier: number): void {
		const messages = this.messages;
		for (let i = 0; i < this.sent; i++) {
			const message = messages[i]!;
			if (message.packetIdentifier !== packetIdentifier) continue;
			this.remove(i);
			this.sent--;
			this.identifiers.release(packetIdentifier);
			return;
		}
	}

	/**
	 * A connection begins. In a resumed session what was in flight is sent again as it was, with DUP [MQTT-4.4.0-1]
	 * [MQTT-3.3.1-1]; otherwise as new messages, since a message accepted is not dropped because the broker forgot a session, and of those
	 * that are the latest of their topic only the last.
	 */
	restart(resumed: boolean): void {
		this.sent = 0;
		for (let i = 0; i < this.messages.length; i++) {
			const message = this.messages[i]!;
			message.duplicate = resumed && message.packetIdentifier !== 0;
			if (resumed || message.packetIdentifier === 0) continue;
			this.identifiers.release(message.packetIdentifier);
			message.packetIdentifier = 0;
		}
		if (resumed) return;
		for (let i = this.messages.length - 1; i > 0; i--)
			if (this.messages[i]!.latest) i -= this.forget(this.messages[i]!.topicName, i);
	}

	/** Drops those of a topic that stand for its latest, were not sent and come before `end`; returns how many. */
	private forget(topicName: string, end = this.messages.length): number {
		let count = 0;
		for (let i = end - 1; i >= this.sent; i--) {
			const message = this.messages[i]!;
			if (!message.latest || message.topicName !== topicName) continue;
			this.remove(i);
			count++;
		}
		return count;
	}

	private remove(index: number): void {
		const { topicName, payload } = this.messages[index]!;
		this.bytes -= topicName.length + payload.length;
		if (index === 0) this.messages.shift();
		else this.messages.splice(index, 1);
	}
}
