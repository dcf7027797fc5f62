// SPDX-License-Identifier: MIT
import { type Payload, payloadBytes } from "../wire/index.ts";
import { type Capabilities, capabilities } from "./capabilities.ts";
import { checkProperties } from "./check-properties.ts";
import { checkPayload, checkQoS, checkSource, checkTopicName } from "./checks.ts";
import type { Inbox } from "./inbox.ts";
import type { PublishOptions } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { type Outgoing, outgoing } from "./outgoing.ts";
import type { PacketIdentifiers } from "./packet-identifiers.ts";
import { isSource, type PayloadSource, Pump } from "./payload-source.ts";
import {
	DUP,
	type PublishToSend,
	publishSize,
	publishSizeAtMost,
	FIRST_BYTE as QOS_0,
	RETAIN,
	TOPIC_ALIAS,
	writePublish,
} from "./publish.ts";
import { SUCCESS } from "./reason-code.ts";
import type { Settings } from "./settings.ts";
import type { TopicAliases } from "./topic-aliases.ts";
import type { TransmitBuffer } from "./transmit-buffer.ts";
import { V5, type Version } from "./version.ts";

const NO_OPTIONS: PublishOptions = {};

/** What the application publishes: checked, written at once if it can be, else kept in the outbox until it can. */
export class Publisher {
	readonly outbox: Outbox;
	/** `publish` returned false, and the application was not told yet that there is room again. */
	starved = false;
	/** What is being sent piece by piece. */
	readonly pump: Pump;
	private readonly settings: Settings;
	readonly out: TransmitBuffer;
	private readonly aliases: TopicAliases;
	/** What the broker of this connection, or of the last one, can do. */
	private broker: Capabilities;
	private version: Version;
	/** The topic name that was published to last; undefined before the first one of a connection. */
	private topicName: string | undefined = undefined;
	/** What stands for it in a PUBLISH of ASCII: the text of its length and name, and of the properties. */
	private name = "";
	private between = "";

	constructor(settings: Settings, out: TransmitBuffer, identifiers: PacketIdentifiers, aliases: TopicAliases) {
		this.outbox = new Outbox(identifiers, settings.queue, settings.store);
		this.settings = settings;
		this.out = out;
		this.pump = new Pump(out);
		this.aliases = aliases;
		this.version = settings.connect.version;
		this.broker = capabilities(settings.connect, { sessionPresent: false, reasonCode: SUCCESS });
	}

	/**
	 * Takes a message; false when there is no room. At QoS 0 it is written at once, and not taken unless `connected` or to be queued. Throws
	 * TypeError, RangeError or what the store throws, and then nothing has changed.
	 */
	publish(
		topicName: string,
		payload: Payload | PayloadSource,
		options: PublishOptions | undefined,
		connected: boolean,
	): boolean {
		if (options === undefined && topicName === this.topicName && connected && typeof payload === "string") {
			const out = this.out;
			if (out.room > this.name.length + payload.length + 8 && this.writeShort(QOS_0, payload, 0)) {
				out.messages++;
				return true;
			}
		}
		return this.consider(topicName, payload, options, connected);
	}

	/** Takes a message that is not simply written. */
	private consider(
		topicName: string,
		payload: Payload | PayloadSource,
		options: PublishOptions = NO_OPTIONS,
		connected: boolean,
	): boolean {
		if (topicName !== this.topicName) checkTopicName(topicName);
		if (isSource(payload)) return this.publishSource(topicName, payload, options, connected);
		checkPayload(payload);
		const qos = options.qos ?? 0;
		const retain = options.retain ?? false;
		const properties = options.properties;
		const out = this.out;
		const broker = this.broker;
		if (qos !== 0) checkQoS(qos);
		if (qos > broker.maximumQoS || (retain && !broker.retainAvailable)) {
			throw new RangeError(`expected what the broker supports: ${this.refusal(qos, retain)}`);
		}
		if (properties !== undefined) checkProperties(properties);
		let most = publishSizeAtMost(topicName, payload, properties);
		if (most > out.room) {
			// Only near a limit it matters how many bytes text takes.
			payload = payloadBytes(payload);
			most = this.checkSize({ topicName, payload, qos, retain, properties, duplicate: false, packetIdentifier: 0 });
		}
		const fits = connected && most <= out.room;
		if (qos !== 0 || !fits) return this.queue(topicName, payload, options, fits);
		this.send({ topicName, payload, qos, retain, properties, duplicate: false, packetIdentifier: 0 });
		out.messages++;
		if (options.onComplete !== undefined) {
			this.outbox.outcomes.push({ message: outgoing("", "", options), error: undefined });
			out.due = true;
		}
		return true;
	}

	/** Takes a message whose payload is read while it is sent; at QoS 0 only while `connected`, unless it is to be queued. */
	private publishSource(
		topicName: string,
		source: PayloadSource,
		options: PublishOptions,
		connected: boolean,
	): boolean {
		checkSource(source);
		const message = outgoing(topicName, source, options);
		checkQoS(message.qos);
		if (message.properties !== undefined) checkProperties(message.properties);
		const why = this.refusal(message.qos, message.retain) ?? this.excess(message);
		if (why !== undefined) throw new RangeError(`expected what the broker supports: ${why}`);
		this.out.due = true;
		const taken = (connected || message.qos !== 0 || options.queue === true) && this.outbox.add(message, false);
		this.starved ||= !taken;
		return taken;
	}

	/** Takes a message into the outbox; with `fits` it goes out now if it is the next. */
	private queue(topicName: string, payload: Payload, options: PublishOptions, fits: boolean): boolean {
		if (options.qos || options.queue) {
			// The payload is the caller's, so the outbox has a copy.
			const message = outgoing(topicName, typeof payload === "string" ? payload : payload.slice(), options);
			if (this.outbox.add(message, fits)) {
				if (message.waiting) this.out.due = true;
				else this.send(message);
				return true;
			}
		}
		this.starved = this.out.due = true;
		return false;
	}

	private send(message: PublishToSend): void {
		const { topicName, payload, qos, packetIdentifier } = message;
		if (topicName === this.topicName && typeof payload === "string" && message.properties === undefined) {
			const first = QOS_0 | (message.duplicate ? DUP : 0) | (qos << 1) | (message.retain ? RETAIN : 0);
			if (this.writeShort(first, payload, packetIdentifier)) return;
		}
		const { aliases } = this;
		writePublish(this.out, message, this.version, aliases.most > 0 ? aliases.of(topicName) : 0);
		// From now on its alias, if it has one, can stand for it.
		const alias = aliases.most > 0 ? -aliases.of(topicName) : 0;
		this.topicName = topicName;
		this.name = alias > 0 ? "\0\0" : String.fromCharCode(0, topicName.length) + topicName;
		if (this.version !== V5) this.between = "";
		else this.between = alias > 0 ? String.fromCharCode(3, TOPIC_ALIAS, 0, alias) : "\0";
	}

	/**
	 * Writes a PUBLISH to the topic of the last one, when it is shorter than 128 bytes of ASCII: then each of its bytes is a character, those
	 * of its Fixed Header too, and it is written in one call. False, and nothing is written, when it is not.
	 */
	private writeShort(first: number, payload: string, packetIdentifier: number): boolean {
		const out = this.out;
		const at = out.at;
		const text = this.name + (packetIdentifier === 0 ? "" : "\0\0") + this.between + payload;
		if (text.length > 127 || !out.ascii(String.fromCharCode(first, text.length) + text)) return false;
		if (packetIdentifier !== 0) {
			const bytes = out.bytes;
			const after = at + 2 + this.name.length;
			bytes[after] = packetIdentifier >> 8;
			bytes[after + 1] = packetIdentifier;
		}
		return true;
	}

	/** Why the broker would refuse a message; undefined when it would not. */
	private refusal(qos: number, retain: boolean): string | undefined {
		const { maximumQoS, retainAvailable } = this.broker;
		if (qos > maximumQoS) return `its Maximum QoS is ${maximumQoS}, got ${qos}`; // [MQTT-3.2.2-11]
		return retain && !retainAvailable ? "it has no retained messages" : undefined; // [MQTT-3.2.2-14]
	}

	private checkSize(message: PublishToSend): number {
		const maximum = Math.min(this.settings.maximumPacketSize, this.broker.maximumPacketSize);
		const size = publishSize(message, this.version);
		if (size > maximum) throw new RangeError(`expected a PUBLISH of at most ${maximum} bytes, got ${size}`);
		return size;
	}

	/** The application was refused room, and there is some now. */
	get roomy(): boolean {
		return this.starved && this.out.empty && !this.outbox.full;
	}

	/** A connection was accepted, in the session that was (`resumed`) or in a new one. */
	restart(resumed: boolean, broker: Capabilities): void {
		this.broker = broker;
		this.version = broker.version;
		this.out.restart(broker.maximumPacketSize);
		this.topicName = undefined;
		this.outbox.window = Math.min(this.settings.queue.inFlight, broker.receiveMaximum); // [MQTT-3.3.4-7]
		this.outbox.restart(resumed);
	}

	/** Writes the messages that wait, in their order; false when there was no room for one. PUBRELs go through `inbox`, behind other acknowledgements. */
	write(inbox: Inbox): boolean {
		const { out, outbox, pump } = this;
		while (pump.running) if (!pump.run() || pump.running) return false;
		for (let message = outbox.peek(); message !== undefined; message = outbox.peek()) {
			if (message.released) {
				outbox.advance(message);
				inbox.release(message.packetIdentifier, true);
				continue;
			}
			const why = this.refusal(message.qos, message.retain) ?? this.excess(message);
			if (why !== undefined) outbox.refuse(why);
			else if (isSource(message.payload)) {
				if (!out.empty) return false;
				outbox.advance(message);
				this.send(message);
				pump.start(message.payload);
				pump.run();
				if (pump.running) return false;
			} else if (out.empty || publishSizeAtMost(message.topicName, message.payload, message.properties) <= out.room) {
				outbox.advance(message);
				this.send(message);
			} else return false;
		}
		return true;
	}

	/** Why a message is too large for this broker [MQTT-3.2.2-15]; undefined when it is not. */
	private excess(message: Outgoing): string | undefined {
		const most = this.broker.maximumPacketSize;
		if (most >= this.settings.maximumPacketSize && !isSource(message.payload)) return undefined;
		const size = publishSize(message, this.version);
		return size <= most ? undefined : `the broker takes ${most} bytes, got ${size}`;
	}
}
