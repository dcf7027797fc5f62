// SPDX-License-Identifier: MIT
import { FormatError, type Payload, payloadBytes, type Reader } from "../wire/index.ts";
import { Acknowledgement, parseAcknowledgement, writeAcknowledgement } from "./acknowledgement.ts";
import type { Events } from "./events.ts";
import { parseEnd } from "./fields.ts";
import type { Framer } from "./framer.ts";
import { MqttError } from "./mqtt-error.ts";
import {
	checkPayload,
	checkQoS,
	checkTopicFilter,
	checkTopicName,
	type PublishOptions,
	type Settings,
} from "./options.ts";
import { Outbox } from "./outbox.ts";
import { PacketIdentifiers } from "./packet-identifiers.ts";
import * as Type from "./packet-type.ts";
import { Publish, type PublishToSend, parsePublish, publishSize, publishSizeAtMost, writePublish } from "./publish.ts";
import { parseSubAck } from "./suback.ts";
import { Subscriptions, subscribeSizeAtMost } from "./subscriptions.ts";
import type { TransmitBuffer } from "./transmit-buffer.ts";
import { parseUnsubAck } from "./unsuback.ts";
import type { Version } from "./version.ts";

const ACKNOWLEDGEMENT_SIZE = 4;

/**
 * What outlives a connection (§4.1), and the packets that belong to it: PUBLISH and PUBACK both ways, SUBSCRIBE, UNSUBSCRIBE and
 * their answers. Call `restart` when a connection was accepted, `receive` for each packet, `write` to fill the transmit buffer.
 */
export class Session {
	private readonly subscriptions: Subscriptions;
	private readonly identifiers = new PacketIdentifiers();
	private readonly outbox: Outbox;
	private readonly settings: Settings;
	private readonly events: Events;
	private readonly version: Version;
	/** Identifiers of messages received whose PUBACK is to be written. */
	private readonly acknowledgements: number[] = [];
	/** `write` may have something to do, or there may be room to announce. */
	due = false;
	/** `publish` returned false, and the application was not told yet that there is room again. */
	private starved = false;
	private readonly out: TransmitBuffer;
	/** The topic name that was checked last. */
	private topicName = "";
	/** Records that every packet of their kind goes through. */
	private readonly inbound = new Publish();
	private readonly outbound: { -readonly [Field in keyof PublishToSend]: PublishToSend[Field] } = new Publish();
	private readonly acknowledgement = new Acknowledgement();

	/** Packets are written into `out`. */
	constructor(settings: Settings, events: Events, version: Version, out: TransmitBuffer) {
		this.subscriptions = new Subscriptions(this.identifiers);
		this.outbox = new Outbox(this.identifiers, settings.queue);
		this.settings = settings;
		this.events = events;
		this.version = version;
		this.out = out;
	}

	/** Nothing to be written, nothing unacknowledged. */
	get idle(): boolean {
		return this.outbox.empty && this.subscriptions.idle && this.acknowledgements.length === 0;
	}

	/**
	 * Takes a message; false when there is no room. At QoS 0 it is written at once, and not taken unless `connected`. Throws
	 * TypeError or RangeError, and then nothing has changed.
	 */
	publish(topicName: string, payload: Payload, options: PublishOptions | undefined, connected: boolean): boolean {
		const qos = options?.qos ?? 0;
		if (topicName !== this.topicName) {
			checkTopicName(topicName);
			this.topicName = topicName;
		}
		checkQoS(qos);
		checkPayload(payload);
		const room = this.out.reclaim();
		let content = payload;
		let size = publishSizeAtMost(topicName, payload);
		if (size > room) {
			// Only near a limit it matters how many bytes text takes.
			content = payloadBytes(payload);
			size = this.checkSize(topicName, content);
		}
		if (qos === 0 && connected && size <= room) {
			this.send(topicName, content, options?.retain ?? false);
			return true;
		}
		this.due = true;
		if (qos === 1) {
			const own = typeof content !== "string" && content === payload ? content.slice() : content;
			if (this.outbox.add(topicName, own, options?.retain ?? false, options?.policy === "latest")) return true;
		}
		this.starved = true;
		return false;
	}

	private send(topicName: string, payload: Payload, retain: boolean): void {
		const out = this.out;
		const outbound = this.outbound;
		outbound.topicName = topicName;
		outbound.payload = payload;
		outbound.retain = retain;
		writePublish(out.writer, outbound, this.version);
		out.messages++;
	}

	private checkSize(topicName: string, payload: Uint8Array): number {
		const maximum = this.settings.maximumPacketSize;
		const size = publishSize(topicName, payload);
		if (size > maximum) throw new RangeError(`expected a PUBLISH of at most ${maximum} bytes, got ${size}`);
		return size;
	}

	/** Wants a subscription. Throws TypeError or RangeError. */
	subscribe(topicFilter: string, qos: number): void {
		checkTopicFilter(topicFilter);
		checkQoS(qos);
		const most = subscribeSizeAtMost(topicFilter);
		const maximum = this.settings.maximumPacketSize;
		if (most > maximum) throw new RangeError(`expected a SUBSCRIBE of at most ${maximum} bytes, got ${most}`);
		this.subscriptions.add(topicFilter, qos);
		this.due = true;
	}

	/** Wants a subscription no longer. */
	unsubscribe(topicFilter: string): void {
		this.subscriptions.remove(topicFilter);
		this.due = true;
	}

	/** The application was refused room, and there is some now. */
	get roomy(): boolean {
		return this.starved && this.out.empty && !this.outbox.full;
	}

	/** Tells the application that there is room. */
	announceRoom(): void {
		this.starved = false;
		this.events.writable();
	}

	/** A connection was accepted, in the session that was (`resumed`) or in a new one. */
	restart(resumed: boolean): void {
		this.acknowledgements.length = 0; // those messages come again [MQTT-4.4.0-1]
		this.outbox.restart(resumed);
		this.subscriptions.restart(resumed);
		this.due = true;
	}

	/** One packet of an accepted connection came. Throws FormatError. */
	receive(framer: Framer): void {
		const reader = framer.reader;
		const type = framer.header.type;
		if (type === Type.PUBLISH) {
			this.receivePublish(reader, framer.header.flags, framer.oversized);
			return;
		}
		switch (type) {
			case Type.PUBACK: {
				const packet = this.acknowledgement;
				parseAcknowledgement(reader, type, this.version, packet);
				this.outbox.acknowledged(packet.packetIdentifier);
				this.due = this.due || this.outbox.peek() !== undefined;
				break;
			}
			case Type.SUBACK: {
				const packet = parseSubAck(reader, this.version);
				const refused = this.subscriptions.subscribed(packet.packetIdentifier, packet.reasonCodes);
				if (refused !== undefined) this.refuse(refused, packet.reasonCodes[0]!);
				this.due = true;
				break;
			}
			case Type.UNSUBACK:
				this.subscriptions.unsubscribed(parseUnsubAck(reader, this.version).packetIdentifier);
				this.due = true;
				break;
			case Type.PINGRESP:
				parseEnd(reader);
				break;
			default:
				throw new FormatError("unexpected packet", 0);
		}
	}

	private receivePublish(reader: Reader, flags: number, oversized: boolean): void {
		const message = this.inbound;
		parsePublish(reader, flags, this.version, message);
		if (message.qos === 0) {
			this.deliver(message, oversized);
			return;
		}
		if (message.qos > 1) throw new FormatError("QoS over the one asked for", 0); // nothing is subscribed to above 1
		const acknowledgements = this.acknowledgements;
		if (acknowledgements.length >= this.settings.receiveMaximum) throw new FormatError("receive maximum", 0);
		const packetIdentifier = message.packetIdentifier;
		this.deliver(message, oversized);
		// After the application has it [MQTT-4.3.2-4]; and not while it is, since the callback may end the connection.
		acknowledgements.push(packetIdentifier);
		this.due = true;
	}

	/** 3.1.1 cannot tell a broker how much we take: what is more is dropped, and acknowledged so that it does not come again. */
	private deliver(message: Publish, oversized: boolean): void {
		if (!oversized) this.events.message(message);
		else {
			const most = this.settings.maximumPacketSize;
			this.events.error(new MqttError("DROPPED", `a message to "${message.topicName}" is over ${most} bytes`));
		}
	}

	private refuse(topicFilter: string, reasonCode: number): void {
		const message = `the broker refused the subscription to "${topicFilter}"`;
		this.events.error(new MqttError("SUBSCRIPTION_REFUSED", message, reasonCode));
	}

	/** Writes what is due, as far as it fits: acknowledgements first, in the order of their messages [MQTT-4.6.0-2]. */
	write(): void {
		const out = this.out;
		const outbox = this.outbox;
		const version = this.version;
		this.due = this.starved;
		if (this.acknowledgements.length > 0) this.writeAcknowledgements();
		if (this.subscriptions.due && !this.subscriptions.write(out, version)) this.due = true;
		for (let message = outbox.peek(); message !== undefined; message = outbox.peek()) {
			if (!out.fits(publishSizeAtMost(message.topicName, message.payload))) {
				this.due = true;
				return;
			}
			outbox.advance();
			writePublish(out.writer, message, version);
		}
	}

	private writeAcknowledgements(): void {
		const due = this.acknowledgements;
		const packet = this.acknowledgement;
		const out = this.out;
		packet.type = Type.PUBACK;
		packet.properties = undefined;
		let count = 0;
		for (; count < due.length && out.fitsUrgent(ACKNOWLEDGEMENT_SIZE); count++) {
			packet.packetIdentifier = due[count]!;
			writeAcknowledgement(out.writer, packet, this.version);
		}
		if (count === due.length) due.length = 0;
		else {
			due.splice(0, count);
			this.due = true;
		}
	}
}
