// SPDX-License-Identifier: MIT
import { FormatError } from "../wire/index.ts";
import type { Capabilities } from "./capabilities.ts";
import { checkPairs } from "./check-properties.ts";
import { checkQoS, checkTopicFilter } from "./checks.ts";
import { MqttError } from "./mqtt-error.ts";
import type { Answered, Message, Receiver, SubscribeOptions } from "./options.ts";
import type { PacketIdentifiers } from "./packet-identifiers.ts";
import { SUBACK, SUBSCRIBE, UNSUBACK, UNSUBSCRIBE } from "./packet-type.ts";
import { reasonCodeName, SUCCESS } from "./reason-code.ts";
import type { SubAck } from "./suback.ts";
import { writeSubscribe } from "./subscribe.ts";
import { isShared, topicMatches } from "./topic.ts";
import type { TransmitBuffer } from "./transmit-buffer.ts";
import type { UnsubAck } from "./unsuback.ts";
import { writeUnsubscribe } from "./unsubscribe.ts";
import { subscribeSizeAtMost, unsupported } from "./unsupported.ts";
import { V5 } from "./version.ts";

interface Entry {
	readonly topicFilter: string;
	qos: number;
	options: SubscribeOptions | undefined;
	/** Its Subscription Identifier, which 5.0 puts on each of its messages. */
	readonly identifier: number;
	/** False: the broker is to forget it, and then we do. */
	wanted: boolean;
	/** The broker was told what is wanted. */
	told: boolean;
	/** The broker has said that it knows it, by this identifier. */
	granted: boolean;
	/** The packet that has no answer yet: its type and identifier, 0 when there is none. */
	packetType: number;
	packetIdentifier: number;
	/** This broker does not do it, so it is not asked. */
	unsupported: boolean;
	/** Who is to be told of an answer; the first `asked` of them by that to the last packet. */
	readonly waiting: Waiting[];
	asked: number;
}

/** Who is to be told: what was asked for, and the callback. */
interface Waiting {
	readonly wanted: boolean;
	readonly call: Answered;
}

/** What a broker said, and to whom it matters. */
export interface Answer {
	readonly calls: readonly Answered[];
	readonly error: MqttError | undefined;
	readonly reasonCode: number;
}

/** What the application wants to be subscribed to. It says so once; this tells each broker that does not know yet. */
export class Subscriptions {
	/** How many packets have no answer yet. */
	unanswered = 0;
	/** The broker is to be told something. */
	due = false;
	/** Answers that no broker gave, and the application was not told yet. */
	answers: Answer[] = [];
	private readonly entries: Entry[] = [];
	private readonly identifiers: PacketIdentifiers;
	private readonly maximumPacketSize: number;
	private readonly receiver: Receiver;
	private identifier = 0;
	private broker: Capabilities | undefined;

	/** Messages that are for no callback of a subscription are for `receiver`. */
	constructor(identifiers: PacketIdentifiers, maximumPacketSize: number, receiver: Receiver) {
		this.identifiers = identifiers;
		this.receiver = receiver;
		this.maximumPacketSize = maximumPacketSize;
	}

	/** Nothing is to be sent, nothing unanswered. */
	get idle(): boolean {
		return !this.due && this.unanswered === 0;
	}

	/** Whether a packet with this identifier has no answer yet. */
	has(packetIdentifier: number): boolean {
		return this.entries.some((entry) => entry.packetIdentifier === packetIdentifier);
	}

	/** Throws TypeError or RangeError, and then nothing has changed. */
	add(topicFilter: string, qos: number, options: SubscribeOptions | undefined): void {
		checkTopicFilter(topicFilter);
		checkQoS(qos);
		if (options?.userProperty !== undefined) checkPairs("userProperty", options.userProperty);
		if (options?.noLocal && isShared(topicFilter)) {
			throw new RangeError("expected no noLocal with a shared subscription"); // [MQTT-3.8.3-4]
		}
		const most = subscribeSizeAtMost(topicFilter, options);
		const maximum = this.maximumPacketSize;
		if (most > maximum) throw new RangeError(`expected a SUBSCRIBE of at most ${maximum} bytes, got ${most}`);
		const why = this.broker && unsupported(topicFilter, options, this.broker);
		if (why !== undefined) throw new RangeError(why.message);
		let entry = this.find(topicFilter);
		if (entry === undefined) {
			entry = {
				topicFilter,
				qos,
				options,
				identifier: ++this.identifier,
				wanted: true,
				told: false,
				granted: false,
				packetType: 0,
				packetIdentifier: 0,
				unsupported: false,
				waiting: [],
				asked: 0,
			};
			this.entries.push(entry);
		}
		entry.qos = qos;
		entry.options = options;
		this.change(entry, true, options?.onComplete);
	}

	/** False when there is no such subscription. */
	remove(topicFilter: string, onComplete: Answered | undefined): boolean {
		const entry = this.find(topicFilter);
		if (entry !== undefined) this.change(entry, false, onComplete);
		return entry !== undefined;
	}

	private find(topicFilter: string): Entry | undefined {
		return this.entries.find((candidate) => candidate.topicFilter === topicFilter);
	}

	private change(entry: Entry, wanted: boolean, call: Answered | undefined): void {
		if (call !== undefined) entry.waiting.push({ wanted, call });
		entry.wanted = wanted;
		entry.told = false;
		this.due = true;
	}

	/**
	 * Gives a message to the callback of each subscription that it came for. Returns what the last one returned; what one throws is the
	 * caller's.
	 */
	onMessage(message: Message): void | PromiseLike<void> {
		const came = message.properties?.subscriptionIdentifier;
		let result = undefined as void | PromiseLike<void>;
		let routed = false;
		for (let i = 0; i < this.entries.length; i++) {
			const entry = this.entries[i]!;
			const onMessage = entry.options?.onMessage;
			if (onMessage === undefined || !entry.wanted || !meant(entry, message, came)) continue;
			result = onMessage.call(entry.options, message) ?? result;
			routed = true;
		}
		return routed ? result : this.receiver.onMessage(message);
	}

	/** Writes what the broker is to be told, as far as it fits; false when there was no room for some of it. */
	write(out: TransmitBuffer): boolean {
		for (let i = 0; i < this.entries.length; i++) {
			const entry = this.entries[i]!;
			// A filter waits for the answer to its last packet, so that answers cannot be mixed up.
			if (entry.told || entry.packetIdentifier !== 0) continue;
			if (entry.unsupported && !entry.wanted) {
				// The broker was never asked for it, so there is nothing to end.
				this.entries.splice(i--, 1);
				entry.asked = entry.waiting.length;
				this.answers.push(answer(entry, false, undefined, SUCCESS));
				continue;
			}
			if (out.room < 0 || (!out.empty && subscribeSizeAtMost(entry.topicFilter, entry.options) > out.room))
				return false;
			this.tell(entry, out);
		}
		this.due = false;
		return true;
	}

	private tell(entry: Entry, out: TransmitBuffer): void {
		const { topicFilter, qos } = entry;
		const { version, subscriptionIdentifierAvailable } = this.broker!;
		const packetIdentifier = this.identifiers.take();
		if (entry.wanted) {
			const options = (version === V5 && entry.options) || {};
			const { noLocal = false, retainAsPublished = false, retainHandling = 0, userProperty } = options;
			const numbered = subscriptionIdentifierAvailable && options.onMessage !== undefined;
			const properties = {
				...(numbered && { subscriptionIdentifier: [entry.identifier] }),
				...(userProperty && { userProperty }),
			};
			const subscriptions = [{ topicFilter, qos, noLocal, retainAsPublished, retainHandling }];
			writeSubscribe(out, { packetIdentifier, subscriptions, properties }, version);
		} else writeUnsubscribe(out, { packetIdentifier, topicFilters: [topicFilter] }, version);
		entry.told = true;
		entry.granted = false;
		entry.packetType = entry.wanted ? SUBSCRIBE : UNSUBSCRIBE;
		entry.packetIdentifier = packetIdentifier;
		entry.asked = entry.waiting.length;
		this.unanswered++;
	}

	/** A SUBACK came; undefined when nothing waited for it. Throws FormatError when it does not answer our question. */
	subscribed({ packetIdentifier, reasonCodes, properties }: SubAck): Answer | undefined {
		const entry = this.answered(SUBSCRIBE, packetIdentifier);
		if (entry === undefined) return undefined;
		if (reasonCodes.length !== 1) throw new FormatError("reason code count", 2); // [MQTT-3.9.3-1]
		const reasonCode = reasonCodes[0]!;
		if (reasonCode >= 0x80) return this.refused("subscription", SUBACK, entry, reasonCode, properties?.reasonString);
		if (entry.told && reasonCode > entry.qos) throw new FormatError("QoS over the one asked for", 2); // (3) [MQTT-3.8.4-6]
		entry.granted = true;
		return answer(entry, true, undefined, reasonCode);
	}

	/** An UNSUBACK came; undefined when nothing waited for it. */
	unsubscribed({ packetIdentifier, reasonCodes, properties }: UnsubAck): Answer | undefined {
		const entry = this.answered(UNSUBSCRIBE, packetIdentifier);
		if (entry === undefined) return undefined;
		if (!entry.wanted) this.entries.splice(this.entries.indexOf(entry), 1);
		const reasonCode = reasonCodes[0] ?? 0;
		if (reasonCode < 0x80) return answer(entry, false, undefined, reasonCode);
		return this.refused("end of a subscription", UNSUBACK, entry, reasonCode, properties?.reasonString);
	}

	private refused(what: string, type: number, entry: Entry, reasonCode: number, reason?: string): Answer {
		const name = reasonCodeName(reasonCode, type, this.broker!.version);
		const message = `the broker refused the ${what} to "${entry.topicFilter}": ${reason ?? name}`;
		return answer(entry, type === SUBACK, new MqttError("SUBSCRIPTION_REFUSED", message, reasonCode), reasonCode);
	}

	/** The entry that waited for this answer; undefined when none did, which changes nothing. */
	private answered(packetType: number, packetIdentifier: number): Entry | undefined {
		const entry = this.entries.find(
			(candidate) => candidate.packetIdentifier === packetIdentifier && candidate.packetType === packetType,
		);
		if (entry === undefined) return undefined;
		this.release(entry);
		if (!entry.told) this.due = true;
		return entry;
	}

	private release(entry: Entry): void {
		this.identifiers.release();
		entry.packetIdentifier = 0;
		this.unanswered--;
	}

	/** A connection begins: what had no answer is asked again, and in a new session everything is. Returns what this broker does not do. */
	restart(resumed: boolean, broker: Capabilities): Answer[] {
		this.broker = broker;
		const refused: Answer[] = [];
		for (let i = this.entries.length - 1; i >= 0; i--) {
			const entry = this.entries[i]!;
			const unanswered = entry.packetIdentifier !== 0;
			if (unanswered) this.release(entry);
			// Who waits for UNSUBACK gets it.
			if (!resumed && !entry.wanted && entry.waiting.length === 0) this.entries.splice(i, 1);
			else if (!resumed || unanswered || entry.unsupported) entry.told = entry.granted = false;
			const why = entry.told ? undefined : unsupported(entry.topicFilter, entry.options, broker);
			entry.unsupported = why !== undefined;
			if (why === undefined) continue;
			entry.told = true;
			entry.asked = entry.waiting.length;
			refused.push(answer(entry, entry.wanted, why, why.reasonCode!));
		}
		this.due = true;
		return refused;
	}
}

/** An answer to what was `wanted` of an entry, for those who asked before it was sent; the others hear that they were overtaken. */
function answer(entry: Entry, wanted: boolean, error: MqttError | undefined, reasonCode: number): Answer {
	const { topicFilter, waiting, asked } = entry;
	entry.asked = 0;
	const calls = waiting.splice(0, asked).map((one): Answered => {
		if (one.wanted === wanted) return one.call;
		const what = wanted ? "subscribed to" : "unsubscribed from";
		const overtaken = new MqttError("REPLACED", `"${topicFilter}" was ${what} meanwhile`);
		return () => one.call(overtaken, reasonCode);
	});
	return { calls, error, reasonCode };
}

/** Whether a message came for a subscription: by its identifier, once the broker knows it, else by its topic. */
function meant(entry: Entry, message: Message, came: readonly number[] | undefined): boolean {
	return came !== undefined && entry.granted
		? came.includes(entry.identifier)
		: topicMatches(entry.topicFilter, message.topicName);
}
