// SPDX-License-Identifier: MIT
import { type Payload, payloadBytes } from "../wire/index.ts";
import { type Capabilities, capabilities } from "./capabilities.ts";
import { checkProperties } from "./check-properties.ts";
import { checkPayload, checkQoS, checkSource, checkTopicName } from "./checks.ts";
import type { Inbox } from "./inbox.ts";
import type { PublishOptions } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { Outgoing } from "./outgoing.ts";
import type { PacketIdentifiers } from "./packet-identifiers.ts";
import { isSource, type PayloadSource, Pump } from "./payload-source.ts";
import { propertiesSizeAtMost } from "./properties.ts";
import { Publish, type PublishToSend, publishSize, publishSizeAtMost, writePublish } from "./publish.ts";
import { SUCCESS } from "./reason-code.ts";
import type { Settings } from "./settings.ts";
import type { TopicAliases } from "./topic-aliases.ts";
import type { TransmitBuffer } from "./transmit-buffer.ts";
import type { Version } from "./version.ts";

/** What the application publishes: checked, written at once if it can be, else kept in the outbox until it can. */
export class Publisher {
	readonly outbox: Outbox;
	/** `write` has something to do, or there is something to announce. */
	due = false;
	/** `publish` returned false, and the application was not told yet that there is room again. */
	starved = false;
	/** What is being sent piece by piece. */
	readonly pump: Pump;
	private readonly settings: Settings;
	private readonly out: TransmitBuffer;
	private readonly aliases: TopicAliases;
	/** What the broker of this connection, or of the last one, can do. */
	private broker: Capabilities;
	private version: Version;
	/** The topic name that was checked last. */
	private topicName = "";
	/** The message that goes out at QoS 0. */
	private readonly passing: { -readonly [Field in keyof PublishToSend]: PublishToSend[Field] } = new Publish();

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
		if (topicName !== this.topicName) {
			checkTopicName(topicName);
			this.topicName = topicName;
		}
		let most = 13 + 3 * topicName.length;
		if (typeof payload === "string") {
			if (!payload.isWellFormed()) throw new TypeError("expected a well-formed payload, got a lone surrogate");
			most += 3 * payload.length;
		} else if (isSource(payload)) return this.publishSource(topicName, payload, options, connected);
		else {
			checkPayload(payload);
			most += payload.length;
		}
		const out = this.out;
		const room = out.room;
		if (options !== undefined || !connected || most > room)
			return this.consider(topicName, payload, options, connected, most);
		const passing = this.passing;
		passing.topicName = topicName;
		passing.payload = payload;
		passing.retain = false;
		passing.properties = undefined;
		this.send(passing);
		out.messages++;
		return true;
	}

	/** Takes a message that is not simply written: it has options, no connection, or not enough room by a first estimate. */
	private consider(
		topicName: string,
		payload: Payload,
		options: PublishOptions | undefined,
		connected: boolean,
		most: number,
	): boolean {
		const qos = options?.qos ?? 0;
		const retain = options?.retain ?? false;
		const properties = options?.properties;
		const out = this.out;
		const broker = this.broker;
		if (qos !== 0) checkQoS(qos);
		if (qos > broker.maximumQoS || (retain && !broker.retainAvailable)) {
			throw new RangeError(`expected what the broker supports: ${this.refusal(qos, retain)}`);
		}
		if (properties !== undefined) {
			checkProperties(properties);
			most += propertiesSizeAtMost(properties);
		}
		if (most > out.room) {
			// Only near a limit it matters how many bytes text takes.
			payload = payloadBytes(payload);
			most = this.checkSize(new Outgoing(topicName, payload, options));
		}
		const fits = connected && most <= out.room;
		if (qos !== 0 || !fits) return this.queue(topicName, payload, options, fits);
		const passing = this.passing;
		passing.topicName = topicName;
		passing.payload = payload;
		passing.retain = retain;
		passing.properties = properties;
		this.send(passing);
		out.messages++;
		if (options?.onComplete !== undefined) {
			this.outbox.outcomes.push({ message: new Outgoing("", "", options), error: undefined });
			this.due = true;
		}
		return true;
	}

	/** Takes a message whose payload is read while it is sent; at QoS 0 only while `connected`, unless it is to be queued. */
	private publishSource(
		topicName: string,
		source: PayloadSource,
		options: PublishOptions | undefined,
		connected: boolean,
	): boolean {
		checkSource(source);
		const message = new Outgoing(topicName, source, options);
		checkQoS(message.qos);
		if (message.properties !== undefined) checkProperties(message.properties);
		const why = this.refusal(message.qos, message.retain) ?? this.excess(message);
		if (why !== undefined) throw new RangeError(`expected what the broker supports: ${why}`);
		this.due = true;
		const taken = (connected || message.qos !== 0 || options?.queue === true) && this.outbox.add(message, false);
		this.starved ||= !taken;
		return taken;
	}

	/** Takes a message into the outbox; with `fits` it goes out now if it is the next. */
	private queue(topicName: string, payload: Payload, options: PublishOptions | undefined, fits: boolean): boolean {
		if (options !== undefined && (options.qos || options.queue)) {
			// The payload is the caller's, so the outbox has a copy.
			const message = new Outgoing(topicName, typeof payload === "string" ? payload : payload.slice(), options);
			if (this.outbox.add(message, fits)) {
				if (message.waiting) this.due = true;
				else this.send(message);
				return true;
			}
		}
		this.starved = this.due = true;
		return false;
	}

	private send(message: PublishToSend): void {
		const alias = this.aliases.most > 0 ? this.aliases.of(message.topicName) : 0;
		writePublish(this.out, message, this.version, alias);
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
