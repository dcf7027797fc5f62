// SPDX-License-Identifier: MIT
import { FormatError } from "../wire/index.ts";
import type { PacketIdentifiers } from "./packet-identifiers.ts";
import { SUBSCRIBE, UNSUBSCRIBE } from "./packet-type.ts";
import { writeSubscribe } from "./subscribe.ts";
import type { TransmitBuffer } from "./transmit-buffer.ts";
import { writeUnsubscribe } from "./unsubscribe.ts";
import type { Version } from "./version.ts";

interface Entry {
	readonly topicFilter: string;
	qos: number;
	/** False: the broker is to forget it, and then we do. */
	wanted: boolean;
	/** The broker was told what is wanted. */
	told: boolean;
	/** The packet that has no answer yet: its type and identifier, 0 when there is none. */
	packetType: number;
	packetIdentifier: number;
}

/** What the application wants to be subscribed to. It says so once; this tells each broker that does not know yet. */
export class Subscriptions {
	/** How many packets have no answer yet. */
	unanswered = 0;
	/** The broker is to be told something. */
	due = false;
	private readonly entries: Entry[] = [];
	private readonly identifiers: PacketIdentifiers;

	constructor(identifiers: PacketIdentifiers) {
		this.identifiers = identifiers;
	}

	/** Nothing is to be sent, nothing unanswered. */
	get idle(): boolean {
		return !this.due && this.unanswered === 0;
	}

	add(topicFilter: string, qos: number): void {
		let entry = this.entries.find((candidate) => candidate.topicFilter === topicFilter);
		if (entry === undefined) {
			entry = { topicFilter, qos, wanted: true, told: false, packetType: 0, packetIdentifier: 0 };
			this.entries.push(entry);
		}
		entry.qos = qos;
		this.change(entry, true);
	}

	remove(topicFilter: string): void {
		const entry = this.entries.find((candidate) => candidate.topicFilter === topicFilter);
		if (entry !== undefined) this.change(entry, false);
	}

	private change(entry: Entry, wanted: boolean): void {
		entry.wanted = wanted;
		entry.told = false;
		this.due = true;
	}

	/** Writes what the broker is to be told, as far as it fits; false when there was no room for some of it. */
	write(out: TransmitBuffer, version: Version): boolean {
		for (let i = 0; i < this.entries.length; i++) {
			const entry = this.entries[i]!;
			// A filter waits for the answer to its last packet, so that answers cannot be mixed up.
			if (entry.told || entry.packetIdentifier !== 0) continue;
			if (!out.fits(subscribeSizeAtMost(entry.topicFilter))) return false;
			this.tell(entry, out, version);
		}
		this.due = false;
		return true;
	}

	private tell(entry: Entry, out: TransmitBuffer, version: Version): void {
		const { topicFilter, qos } = entry;
		const packetIdentifier = this.identifiers.take();
		if (entry.wanted) {
			const subscription = { topicFilter, qos, noLocal: false, retainAsPublished: false, retainHandling: 0 };
			writeSubscribe(out.writer, { packetIdentifier, subscriptions: [subscription] }, version);
		} else writeUnsubscribe(out.writer, { packetIdentifier, topicFilters: [topicFilter] }, version);
		entry.told = true;
		entry.packetType = entry.wanted ? SUBSCRIBE : UNSUBSCRIBE;
		entry.packetIdentifier = packetIdentifier;
		this.unanswered++;
	}

	/** A SUBACK came; returns the topic filter that it refuses. Throws FormatError when it does not answer our question. */
	subscribed(packetIdentifier: number, reasonCodes: readonly number[]): string | undefined {
		const entry = this.answered(SUBSCRIBE, packetIdentifier);
		if (entry === undefined) return undefined;
		if (reasonCodes.length !== 1) throw new FormatError("reason code count", 2); // [MQTT-3.9.3-1]
		const reasonCode = reasonCodes[0]!;
		if (reasonCode >= 0x80) return entry.topicFilter;
		if (entry.told && reasonCode > entry.qos) throw new FormatError("QoS over the one asked for", 2); // (3) [MQTT-3.8.4-6]
		return undefined;
	}

	/** An UNSUBACK came. */
	unsubscribed(packetIdentifier: number): void {
		const entry = this.answered(UNSUBSCRIBE, packetIdentifier);
		if (entry !== undefined && !entry.wanted) this.entries.splice(this.entries.indexOf(entry), 1);
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
		this.identifiers.release(entry.packetIdentifier);
		entry.packetIdentifier = 0;
		this.unanswered--;
	}

	/** A connection begins: what had no answer is asked again, and in a new session everything is. */
	restart(resumed: boolean): void {
		for (let i = this.entries.length - 1; i >= 0; i--) {
			const entry = this.entries[i]!;
			const unanswered = entry.packetIdentifier !== 0;
			if (unanswered) this.release(entry);
			if (!resumed && !entry.wanted) this.entries.splice(i, 1);
			else if (!resumed || unanswered) entry.told = false;
		}
		this.due = true;
	}
}

/** The size of a SUBSCRIBE or UNSUBSCRIBE with this topic filter, in bytes, and not more: UTF-8 takes three a character. */
export function subscribeSizeAtMost(topicFilter: string): number {
	return 16 + 3 * topicFilter.length;
}
