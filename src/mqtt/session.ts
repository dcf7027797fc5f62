// SPDX-License-Identifier: MIT
import { FormatError, type Payload, payloadBytes, type Reader } from "../wire/index.ts";
import { Acknowledgement, parseAcknowledgement, writeAcknowledgement } from "./acknowledgement.ts";
import type { Events } from "./events.ts";
import { parseEnd } from "./fields.ts";
import { MqttError } from "./mqtt-error.ts";
import { checkQoS, checkTopicFilter, checkTopicName, type PublishOptions, type Settings } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { PacketIdentifiers } from "./packet-identifiers.ts";
import * as Type from "./packet-type.ts";
import { Publish, parsePublish, publishSize, publishSizeAtMost, writePublish } from "./publish.ts";
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
	/** `publish` returned false, and the application was not told yet that there is room again. */
	private starved = false;
	/** Records that every packet of their kind goes through. */
	private readonly inbound = new Publish();
	private readonly outbound = new Publish();
	private readonly acknowledgement = new Acknowledgement();

	constructor(settings: Settings, events: Events, version: Version) {
		this.subscriptions = new Subscriptions(this.identifiers);
		this.outbox = new Outbox(this.identifiers, settings.queue);
		this.settings = settings;
		this.events = events;
		this.version = version;
	}

	/** Nothing to be written, nothing unacknowledged. */
	get idle(): boolean {
		return this.outbox.empty && this.subscriptions.idle && this.acknowledgements.length === 0;
	}

	/**
	 * Takes a message; false when there is no room. At QoS 0 it is written into `out` at once, and without `out` it is not taken.
	 * Throws TypeError or RangeError, and then nothing has changed.
	 */
	publish(topicName: string, payload: Payload, options: PublishOptions | undefined, out?: TransmitBuffer): boolean {
		const accepted = this.accept(topicName, payload, options, out);
		if (!accepted) this.starved = true;
		return accepted;
	}

	private accept(topicName: string, payload: Payload, options?: PublishOptions, out?: TransmitBuffer): boolean {
		const qos = options?.qos ?? 0;
		const retain = options?.retain ?? false;
		checkTopicName(topicName);
		checkQoS(qos);
		const bytes = payloadBytes(payload);
		this.checkSize(topicName, bytes);
		if (qos === 1) return this.outbox.add(topicName, bytes === payload ? bytes.slice() : bytes, retain);
		if (out === undefined || !out.fits(publishSizeAtMost(topicName, bytes))) return false;
		const packet = this.outbound;
		packet.topicName = topicName;
		packet.payload = bytes;
		packet.retain = retain;
		writePublish(out.writer, packet, this.version);
		out.messages++;
		return true;
	}

	private checkSize(topicName: string, payload: Uint8Array): void {
		if (!(payload instanceof Uint8Array))
			throw new TypeError(`expected a payload of text or bytes, got ${typeof payload}`);
		const maximum = this.settings.maximumPacketSize;
		if (publishSizeAtMost(topicName, payload) <= maximum) return;
		const size = publishSize(topicName, payload);
		if (size > maximum) throw new RangeError(`expected a PUBLISH of at most ${maximum} bytes, got ${size}`);
	}

	/** Wants a subscription. Throws TypeError or RangeError. */
	subscribe(topicFilter: string, qos: number): void {
		checkTopicFilter(topicFilter);
		checkQoS(qos);
		const most = subscribeSizeAtMost(topicFilter);
		const maximum = this.settings.maximumPacketSize;
		if (most > maximum) throw new RangeError(`expected a SUBSCRIBE of at most ${maximum} bytes, got ${most}`);
		this.subscriptions.add(topicFilter, qos);
	}

	/** Wants a subscription no longer. */
	unsubscribe(topicFilter: string): void {
		this.subscriptions.remove(topicFilter);
	}

	/** Tells the application that there is room, if it was refused some and there is now. */
	announceRoom(out: TransmitBuffer): void {
		if (!this.starved || !out.empty || this.outbox.full) return;
		this.starved = false;
		this.events.writable();
	}

	/** A connection was accepted, in the session that was (`resumed`) or in a new one. */
	restart(resumed: boolean): void {
		this.acknowledgements.length = 0; // those messages come again [MQTT-4.4.0-1]
		this.outbox.restart(resumed);
		this.subscriptions.restart(resumed);
	}

	/** One packet of an accepted connection came. Throws FormatError. */
	receive(type: number, flags: number, reader: Reader): void {
		switch (type) {
			case Type.PUBLISH:
				this.receivePublish(flags, reader);
				break;
			case Type.PUBACK: {
				const packet = this.acknowledgement;
				parseAcknowledgement(reader, type, this.version, packet);
				this.outbox.acknowledged(packet.packetIdentifier);
				break;
			}
			case Type.SUBACK: {
				const packet = parseSubAck(reader, this.version);
				const refused = this.subscriptions.subscribed(packet.packetIdentifier, packet.reasonCodes);
				if (refused !== undefined) this.refuse(refused, packet.reasonCodes[0]!);
				break;
			}
			case Type.UNSUBACK:
				this.subscriptions.unsubscribed(parseUnsubAck(reader, this.version).packetIdentifier);
				break;
			case Type.PINGRESP:
				parseEnd(reader);
				break;
			default:
				throw new FormatError("unexpected packet", 0);
		}
	}

	private receivePublish(flags: number, reader: Reader): void {
		const message = this.inbound;
		parsePublish(reader, flags, this.version, message);
		if (message.qos > 1) throw new FormatError("QoS over the one asked for", 0); // nothing is subscribed to above 1
		const { qos, packetIdentifier } = message;
		if (qos === 1 && this.acknowledgements.length >= this.settings.receiveMaximum) {
			throw new FormatError("receive maximum", 0);
		}
		this.events.message(message);
		// After the application has it [MQTT-4.3.2-4]; and not while it is, since the callback may end the connection.
		if (qos === 1) this.acknowledgements.push(packetIdentifier);
	}

	private refuse(topicFilter: string, reasonCode: number): void {
		const message = `the broker refused the subscription to "${topicFilter}"`;
		this.events.error(new MqttError("SUBSCRIPTION_REFUSED", message, reasonCode));
	}

	/** Writes what is due, as far as it fits: acknowledgements first, in the order of their messages [MQTT-4.6.0-2]. */
	write(out: TransmitBuffer): void {
		if (this.acknowledgements.length > 0) this.writeAcknowledgements(out);
		this.subscriptions.write(out, this.version);
		for (;;) {
			const message = this.outbox.peek();
			if (message === undefined || !out.fits(publishSizeAtMost(message.topicName, message.payload))) return;
			this.outbox.advance();
			writePublish(out.writer, message, this.version);
		}
	}

	private writeAcknowledgements(out: TransmitBuffer): void {
		const due = this.acknowledgements;
		const packet = this.acknowledgement;
		packet.type = Type.PUBACK;
		packet.properties = undefined;
		let count = 0;
		for (; count < due.length && out.fitsUrgent(ACKNOWLEDGEMENT_SIZE); count++) {
			packet.packetIdentifier = due[count]!;
			writeAcknowledgement(out.writer, packet, this.version);
		}
		if (count === due.length) due.length = 0;
		else due.splice(0, count);
	}
}
