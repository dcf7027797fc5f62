// SPDX-License-Identifier: MIT
import { FormatError } from "../wire/index.ts";
import { parseReasonCode } from "./acknowledgement.ts";
import type { Capabilities } from "./capabilities.ts";
import type { Events } from "./events.ts";
import { parseEnd, parsePacketIdentifier } from "./fields.ts";
import type { Framer } from "./framer.ts";
import { Inbox } from "./inbox.ts";
import { LargeMessage } from "./large-message.ts";
import { MqttError } from "./mqtt-error.ts";
import type { Answered, Receiver, SubscribeOptions } from "./options.ts";
import { NO_ANSWER } from "./outbox.ts";
import { PacketIdentifiers } from "./packet-identifiers.ts";
import * as Type from "./packet-type.ts";
import { Publish, parsePublish } from "./publish.ts";
import { Publisher } from "./publisher.ts";
import { IMPLEMENTATION_SPECIFIC_ERROR, SUCCESS } from "./reason-code.ts";
import type { Settings } from "./settings.ts";
import { parseSubAck } from "./suback.ts";
import { type Answer, Subscriptions } from "./subscriptions.ts";
import { TopicAliases } from "./topic-aliases.ts";
import type { TransmitBuffer } from "./transmit-buffer.ts";
import { parseUnsubAck } from "./unsuback.ts";
import { V5 } from "./version.ts";

/** The key of the store that says that the broker was asked to keep a session. */
const SESSION_KEY = 0;

/**
 * What outlives a connection (§4.1), and the packets that belong to it: PUBLISH and its acknowledgements both ways, SUBSCRIBE, UNSUBSCRIBE and
 * their answers. Call `restart` when a connection was accepted, `receive` for each packet, `write` to fill the transmit buffer.
 */
export class Session {
	/** The broker was asked to keep a session, and this client has its state. */
	held = false;
	/** The store says so. */
	private marked = false;
	/** The application is being given a message. */
	delivering = false;
	/** When messages that wait will have waited too long. */
	deadline = Number.POSITIVE_INFINITY;
	/** Who is told that something is due out of turn. */
	private readonly client: { changed(): void };
	private readonly subscriptions: Subscriptions;
	readonly publisher: Publisher;
	private readonly inbox: Inbox;
	private readonly aliases: TopicAliases;
	private readonly settings: Settings;
	private readonly events: Events;
	private readonly out: TransmitBuffer;
	/** Who gets messages. */
	private receiver: Receiver;
	/** The record that every message goes through. */
	private readonly message = new Publish();
	/** A message larger than the buffer, as it comes. */
	large: LargeMessage | undefined = undefined;

	/** Packets are written into `out`. Throws FormatError when the store has what no client put there. */
	constructor(settings: Settings, events: Events, out: TransmitBuffer, client: { changed(): void }) {
		const { store, connect } = settings;
		const identifiers = new PacketIdentifiers(this);
		this.aliases = new TopicAliases(settings.topicAliasMaximum, settings.topicAliases);
		this.receiver = events.receiver;
		this.subscriptions = new Subscriptions(identifiers, settings.maximumPacketSize, this.receiver);
		this.publisher = new Publisher(settings, out, identifiers, this.aliases);
		this.inbox = new Inbox(out, connect.version, settings.receiveMaximum, store);
		this.settings = settings;
		this.events = events;
		this.client = client;
		this.out = out;
		for (const [key, bytes] of store?.entries() ?? []) {
			if (key === SESSION_KEY) this.held = this.marked = true;
			else if (key <= 0xffff) this.inbox.restore(key);
			else this.publisher.outbox.restore(key, bytes);
		}
	}

	/** Whether a packet with this identifier is not done. */
	has(packetIdentifier: number): boolean {
		return this.publisher.outbox.has(packetIdentifier) || this.subscriptions.has(packetIdentifier);
	}

	/** Nothing to be written, nothing unacknowledged. */
	get idle(): boolean {
		return this.publisher.outbox.empty && this.subscriptions.idle && this.inbox.idle;
	}

	/** How many messages were accepted and dropped. */
	get dropped(): number {
		return this.publisher.outbox.dropped;
	}

	/** Wants a subscription. Throws TypeError or RangeError. */
	subscribe(topicFilter: string, qos: number, options?: SubscribeOptions): void {
		this.subscriptions.add(topicFilter, qos, options);
		if (options?.onMessage !== undefined) this.receiver = this.subscriptions;
		this.out.due = true;
	}

	/** Wants a subscription no longer. */
	unsubscribe(topicFilter: string, onComplete?: Answered): boolean {
		this.out.due = true;
		return this.subscriptions.remove(topicFilter, onComplete);
	}

	/** The application is to be told what became of messages or subscriptions. */
	get untold(): boolean {
		return this.publisher.outbox.outcomes.length > 0 || this.subscriptions.answers.length > 0;
	}

	/** The application is to be told something: what became of messages or subscriptions, or, while `connected`, that there is room again. */
	announceDue(connected: boolean): boolean {
		return this.untold || (connected && this.publisher.roomy);
	}

	/** Tells the application what it is to be told. */
	announce(connected: boolean): void {
		const { publisher, subscriptions, events } = this;
		const { outcomes } = publisher.outbox;
		const { answers } = subscriptions;
		publisher.outbox.outcomes = [];
		subscriptions.answers = [];
		for (let i = 0; i < outcomes.length; i++) events.outcome(outcomes[i]!);
		for (let i = 0; i < answers.length; i++) events.answer(answers[i]!);
		if (!connected || !publisher.roomy) return;
		publisher.starved = false;
		events.writable();
	}

	/** Whether the broker is asked to keep the session from now on. Throws what the store throws. */
	hold(held: boolean): void {
		this.held = held;
		if (this.marked === held) return;
		if (held) this.settings.store?.put(SESSION_KEY, Uint8Array.of(1));
		else this.settings.store?.delete(SESSION_KEY);
		this.marked = held;
	}

	/** A connection was accepted, in the session that was (`resumed`) or in a new one. */
	restart(resumed: boolean, broker: Capabilities): void {
		this.aliases.restart(broker.topicAliasMaximum);
		this.inbox.restart(resumed, broker.version);
		this.publisher.restart(resumed, broker);
		const refused = this.subscriptions.restart(resumed, broker);
		for (let i = 0; i < refused.length; i++) this.events.answer(refused[i]!);
		this.out.due = true;
	}

	/** A PUBLISH came. Throws FormatError, and what the application's callback throws while `delivering`; then call `delivered`. */
	receivePublish(framer: Framer): void {
		const message = this.message;
		parsePublish(framer, framer.flags, framer.version, message);
		if (message.properties !== undefined) this.aliases.resolve(message);
		if (message.qos === 2 && !this.inbox.take(message.packetIdentifier)) return;
		this.delivering = true;
		const result = this.receiver.onMessage(message);
		this.delivering = false;
		if (message.qos === 0) return;
		if (result !== undefined && message.qos === 1 && this.settings.manualAcknowledgement) this.wait(result);
		else this.inbox.delivered(message);
	}

	/** The application has the message. */
	delivered(): void {
		this.delivering = false;
		if (this.message.qos !== 0) this.inbox.delivered(this.message);
	}

	/** The connection ended: what the application is being given is not acknowledged. */
	forsake(): void {
		this.message.qos = 0;
		this.publisher.pump?.stop();
	}

	/** The application's promise says when it has the message. */
	private wait(result: PromiseLike<void>): void {
		const pending = this.inbox.hold(this.message.packetIdentifier);
		const settle = (reasonCode: number) => {
			this.inbox.settle(pending, reasonCode);
			this.out.due = true;
			this.client.changed();
		};
		result.then(
			() => settle(SUCCESS),
			(thrown: unknown) => {
				this.events.threw("onMessage", thrown);
				settle(IMPLEMENTATION_SPECIFIC_ERROR);
			},
		);
	}

	/**
	 * The beginning of a message larger than the buffer came. 3.1.1 cannot tell a broker how much we take: what is more is dropped, and
	 * acknowledged so that it does not come again. Throws FormatError.
	 */
	receiveLarge(framer: Framer): void {
		this.large ??= new LargeMessage(this.message, this.events);
		const { message, inbox, settings, large } = this;
		parsePublish(framer, framer.flags, framer.version, message);
		if (message.properties !== undefined) this.aliases.resolve(message);
		const { qos, packetIdentifier, topicName, payload } = message;
		const size = payload.length + framer.missing;
		const most = settings.maximumStreamedSize;
		const fits = this.events.takesParts && size <= most;
		if (framer.version === V5 && !fits) throw new FormatError("packet too large", 0); // [MQTT-3.1.2-24]
		const known = qos === 2 && inbox.knows(packetIdentifier);
		large.begin(size, fits && !known);
		if (fits && !known) {
			large.part(payload);
			return;
		}
		if (!known) {
			this.events.error(new MqttError("DROPPED", `a message to "${topicName}" is over ${most} bytes`));
			if (qos === 2) inbox.take(packetIdentifier);
		}
		this.delivered();
	}

	/** More of it came. */
	receiveMore(framer: Framer): void {
		framer.more();
		const { qos, packetIdentifier } = this.message;
		if (!this.large!.part(framer.bytes.subarray(framer.at, framer.end))) return;
		if (qos !== 2 || this.inbox.take(packetIdentifier)) this.delivered();
	}

	/** A PUBACK, PUBREC, PUBREL or PUBCOMP came. Throws FormatError. */
	receiveAcknowledgement(type: number, framer: Framer): void {
		const at = framer.at;
		let packetIdentifier = (framer.bytes[at]! << 8) | framer.bytes[at + 1]!;
		let reasonCode = SUCCESS;
		// Nearly all are two bytes, and say Success.
		if (framer.end !== at + 2 || packetIdentifier === 0) {
			packetIdentifier = parsePacketIdentifier(framer);
			reasonCode = parseReasonCode(framer, type, framer.version);
		}
		if (type === Type.PUBREL) {
			this.inbox.released(packetIdentifier);
			return;
		}
		const outbox = this.publisher.outbox;
		const answer = outbox.acknowledged(type, packetIdentifier, reasonCode);
		if (answer !== NO_ANSWER) this.inbox.release(packetIdentifier, answer);
		if (outbox.messages.length > outbox.sent || outbox.outcomes.length > 0 || this.publisher.starved) {
			this.out.due = true;
		}
	}

	/** A packet of an accepted connection came that is no PUBLISH, nor its acknowledgement. Throws FormatError. */
	receive(type: number, framer: Framer): void {
		this.out.due = true;
		switch (type) {
			case Type.SUBACK:
				this.answer(this.subscriptions.subscribed(parseSubAck(framer, framer.version)));
				break;
			case Type.UNSUBACK:
				this.answer(this.subscriptions.unsubscribed(parseUnsubAck(framer, framer.version)));
				break;
			case Type.PINGRESP:
				parseEnd(framer);
				break;
			default:
				throw new FormatError("unexpected packet", 0);
		}
	}

	private answer(answer: Answer | undefined): void {
		if (answer !== undefined) this.events.answer(answer);
	}

	/** Drops what waited too long; `deadline` says when the next will have. */
	expire(now: number): void {
		const outbox = this.publisher.outbox;
		this.deadline = outbox.expire(now);
		if (outbox.outcomes.length > 0) this.out.due = true;
	}

	/** Writes what is due, as far as it fits: acknowledgements first. */
	write(): void {
		const { inbox, subscriptions, publisher, out } = this;
		if (!inbox.idle) inbox.flush();
		const told = !subscriptions.due || subscriptions.write(out);
		const written = publisher.write(inbox);
		out.due = !told || !written || !inbox.written || publisher.starved || this.untold;
	}
}
