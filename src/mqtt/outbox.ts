// SPDX-License-Identifier: MIT
import { FormatError } from "../wire/index.ts";
import { MqttError } from "./mqtt-error.ts";
import { expiryOf, messageOf, type Outgoing, recordOf } from "./outgoing.ts";
import type { PacketIdentifiers } from "./packet-identifiers.ts";
import { PUBACK, PUBCOMP, PUBREC } from "./packet-type.ts";
import { isSource } from "./payload-source.ts";
import { PACKET_IDENTIFIER_NOT_FOUND, reasonCodeName, SUCCESS } from "./reason-code.ts";
import type { Settings } from "./settings.ts";
import type { Store } from "./store.ts";
import { V5 } from "./version.ts";

/** A message is done, or with `error` not. */
export interface Outcome {
	readonly message: Outgoing;
	readonly error: MqttError | undefined;
	/** What the broker said, if it was not 0. */
	readonly reasonCode?: number;
}

/** What `acknowledged` says of a packet that no PUBREL answers. */
export const NO_ANSWER = -1;

/** Keys of the store from here on are messages', in their order; those below are Packet Identifiers of messages received. */
const FIRST_KEY = 0x10000;

/**
 * The messages that were accepted and are not done, in their order: first those in flight on this connection, then those that wait. A
 * new connection starts from the first again, so order holds whatever happens [MQTT-4.6.0-1]. With a store, a message is in it from
 * before it is sent until it is acknowledged.
 */
export class Outbox {
	/** How many messages were dropped. */
	dropped = 0;
	/** What became of messages, and the application was not told yet. */
	outcomes: Outcome[] = [];
	/** How many may be in flight on this connection. */
	window: number;
	readonly messages: Outgoing[] = [];
	/** How many of them, from the first, were sent on this connection. */
	sent = 0;
	private bytes = 0;
	private key = FIRST_KEY;
	private readonly identifiers: PacketIdentifiers;
	private readonly limits: Settings;
	private readonly store: Store | undefined;

	constructor(identifiers: PacketIdentifiers, settings: Settings) {
		this.identifiers = identifiers;
		this.limits = settings;
		this.window = settings.maximumInFlight;
		this.store = settings.store;
	}

	get empty(): boolean {
		return this.messages.length === 0;
	}

	get full(): boolean {
		return this.messages.length >= this.limits.maximumQueuedMessages || this.bytes >= this.limits.maximumQueuedBytes;
	}

	/** Whether a message that is not done has this identifier. */
	has(packetIdentifier: number): boolean {
		return this.messages.some((message) => message.packetIdentifier === packetIdentifier);
	}

	/**
	 * Takes a message, whose payload is now the outbox's own; false when there is no room, and its policy makes none. Throws RangeError
	 * when it would always be over the limit, and what the store throws; then nothing has changed, but for what gave way. `connected`: it is
	 * sent at once if it can be, which is for QoS 1 and 2 alone.
	 */
	add(message: Outgoing, connected: boolean): boolean {
		const messages = this.messages;
		const limits = this.limits;
		if (
			(message.policy !== undefined ||
				messages.length >= limits.maximumQueuedMessages ||
				this.bytes + message.size > limits.maximumQueuedBytes) &&
			!this.fits(message)
		) {
			return message.policy === "newest";
		}
		const next = connected && messages.length === this.sent && this.sent < this.window;
		if (this.store !== undefined && message.qos !== 0 && !isSource(message.payload)) {
			this.keep(message, this.store, next);
		}
		this.bytes += message.size;
		messages.push(message);
		if (next) {
			if (message.packetIdentifier === 0) message.packetIdentifier = this.identifiers.take();
			message.waiting = false;
			this.sent++;
		}
		return true;
	}

	/** Whether there is room for a message, after others have given way if its policy says so. Throws RangeError when there never will be. */
	private fits(message: Outgoing): boolean {
		const { messages, limits } = this;
		const { size, policy, topicName } = message;
		if (size > limits.maximumQueuedBytes) {
			throw new RangeError(`expected a message of at most ${limits.maximumQueuedBytes} bytes to queue, got ${size}`);
		}
		if (policy === "latest") this.forget(topicName, messages.length);
		while (messages.length >= limits.maximumQueuedMessages || this.bytes + size > limits.maximumQueuedBytes) {
			if (!this.makeRoom(message)) return false;
		}
		return true;
	}

	/** The message gets its identifier and goes into the store. */
	private keep(message: Outgoing, store: Store, marked: boolean): void {
		const key = this.empty ? FIRST_KEY : this.key;
		message.packetIdentifier = this.identifiers.take();
		try {
			store.put(key, recordOf(message, marked, false));
		} catch (error) {
			this.identifiers.release();
			throw error;
		}
		message.key = key;
		message.marked = marked;
		this.key = key + 1;
	}

	/** Takes up what the store has kept since the last run. */
	restore(key: number, bytes: Uint8Array): void {
		if (key < FIRST_KEY) return;
		const message = messageOf(key, bytes);
		this.identifiers.retake(message.packetIdentifier);
		this.messages.push(message);
		this.bytes += message.size;
		this.key = key + 1;
	}

	/** Drops a message for `message`, as its policy says; false when none gives way. */
	private makeRoom(message: Outgoing): boolean {
		if (message.policy === "newest") this.count(message, "there was no room for it");
		if (message.policy !== "oldest") return false;
		const oldest = this.messages.findIndex(
			({ policy, waiting }, i) => i >= this.sent && waiting && policy === "oldest",
		);
		if (oldest < 0) return false;
		this.drop(oldest, "later messages took its room");
		return true;
	}

	/** A message will not be sent. */
	private drop(index: number, why: string): void {
		this.count(this.remove(index), why);
	}

	/** Counts a message that will not be sent, and has the application told. */
	private count(message: Outgoing, why: string): void {
		this.dropped++;
		const error = new MqttError("DROPPED", `a message to "${message.topicName}" was dropped: ${why}`);
		this.outcomes.push({ message, error });
	}

	/** The message to be sent next; undefined when there is none, or too many are in flight. */
	peek(): Outgoing | undefined {
		const message = this.messages[this.sent];
		// A PUBREL does not wait for the Receive Maximum [MQTT-3.3.4-8].
		return message === undefined || this.sent < this.window || message.released ? message : undefined;
	}

	/** The message that `peek` shows goes out now: it gets its identifier, or keeps the one it had [MQTT-4.3.2-1]. One at QoS 0 is done. */
	advance(message: Outgoing): void {
		if (message.qos === 0) this.complete(this.sent);
		else {
			if (message.packetIdentifier === 0) message.packetIdentifier = this.identifiers.take();
			if (message.key !== undefined && !message.marked && message.qos === 2) this.mark(message, message.key);
			message.waiting = false;
			this.sent++;
		}
	}

	/** The store is told that the broker may have it from now on: at QoS 2 that decides what may be sent in a new session. */
	private mark(message: Outgoing, key: number): void {
		this.store!.put(key, recordOf(message, true, false));
		message.marked = true;
	}

	/** The message that `peek` shows will not be sent. */
	refuse(why: string): void {
		this.drop(this.sent, why);
	}

	/** Drops those that have waited for longer than their Message Expiry Interval; returns when the next one will have. */
	expire(now: number): number {
		let next = Number.POSITIVE_INFINITY;
		for (let i = this.messages.length - 1; i >= this.sent; i--) {
			const message = this.messages[i]!;
			if (!message.waiting) continue;
			const expiry = expiryOf(message, now);
			if (expiry <= now) this.drop(i, "its Message Expiry Interval passed");
			else if (expiry < next) next = expiry;
		}
		return next;
	}

	/**
	 * A PUBACK, PUBREC or PUBCOMP came; returns the Reason Code of the PUBREL that answers it, or NO_ANSWER. One for a message that is not in
	 * flight changes nothing. Throws FormatError when it is another answer than the message's QoS demands.
	 */
	acknowledged(type: number, packetIdentifier: number, reasonCode: number): number {
		let i = 0;
		while (i < this.sent && this.messages[i]!.packetIdentifier !== packetIdentifier) i++;
		if (i === this.sent) {
			if (type !== PUBREC || reasonCode >= 0x80) return NO_ANSWER;
			return this.has(packetIdentifier) ? SUCCESS : PACKET_IDENTIFIER_NOT_FOUND;
		}
		const message = this.messages[i]!;
		if ((message.qos === 1) !== (type === PUBACK)) throw new FormatError("unexpected packet", 0);
		if (type === PUBREC && reasonCode < 0x80) {
			this.release(message);
			return SUCCESS;
		}
		this.remove(i);
		this.sent--;
		if (reasonCode !== SUCCESS) this.said(message, type, reasonCode);
		else if (message.onComplete !== undefined) this.outcomes.push({ message, error: undefined });
		return NO_ANSWER;
	}

	/** The broker has the message: from now on only its identifier is to be released [MQTT-4.3.3-4]. */
	private release(message: Outgoing): void {
		if (message.released) return;
		if (message.key !== undefined) this.store!.put(message.key, recordOf(message, true, true));
		this.bytes -= message.size;
		message.released = true;
		message.payload = "";
	}

	/** A message is done, and the broker says more of it. */
	private said(message: Outgoing, type: number, reasonCode: number): void {
		const error = reasonCode < 0x80 || type === PUBCOMP ? undefined : refused(message, type, reasonCode);
		this.outcomes.push({ message, error, reasonCode });
	}

	/** A message is done. */
	private complete(index: number): void {
		const message = this.remove(index);
		if (message.onComplete !== undefined) this.outcomes.push({ message, error: undefined });
	}

	/**
	 * A connection begins. In a resumed session what was in flight is sent again as it was, with DUP [MQTT-4.4.0-1]
	 * [MQTT-3.3.1-1]. Otherwise the broker has forgotten: a message it has said to have is done, one at QoS 1 is sent as a new one, one at QoS 2 of
	 * which nobody can say whether it arrived is dropped, and of those that are the latest of their topic only the last is sent.
	 */
	restart(resumed: boolean): void {
		this.sent = 0;
		for (let i = this.messages.length - 1; i >= 0; i--) {
			const message = this.messages[i]!;
			message.duplicate = resumed && !message.waiting;
			if (resumed || message.waiting) continue;
			if (message.released) this.complete(i);
			else if (message.qos === 2) this.drop(i, "the broker forgot the session, and may have delivered it");
			message.waiting = true;
		}
		if (resumed) return;
		for (let i = this.messages.length - 1; i > 0; i--) {
			const { policy, topicName } = this.messages[i]!;
			if (policy === "latest") i -= this.forget(topicName, i);
		}
	}

	/** Drops those of a topic that stand for its latest, were not sent and come before `end`; returns how many. */
	private forget(topicName: string, end: number): number {
		let count = 0;
		for (let i = end - 1; i >= this.sent; i--) {
			const message = this.messages[i]!;
			if (message.policy !== "latest" || message.topicName !== topicName || !message.waiting) continue;
			const replaced = this.remove(i);
			const error = new MqttError("REPLACED", `a later message to "${topicName}" took its place`);
			if (replaced.onComplete !== undefined) this.outcomes.push({ message: replaced, error });
			count++;
		}
		return count;
	}

	/** Throws what the store throws, and then nothing has changed. */
	private remove(index: number): Outgoing {
		const message = this.messages[index]!;
		if (message.key !== undefined) this.store!.delete(message.key);
		if (index === 0) this.messages.shift();
		else this.messages.splice(index, 1);
		if (!message.released) this.bytes -= message.size;
		if (message.packetIdentifier !== 0) this.identifiers.release();
		return message;
	}
}

function refused({ topicName }: Outgoing, type: number, reasonCode: number): MqttError {
	const name = reasonCodeName(reasonCode, type, V5);
	return new MqttError("PUBLISH_REFUSED", `the broker refused a message to "${topicName}": ${name}`, reasonCode);
}
