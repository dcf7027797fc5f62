// SPDX-License-Identifier: MIT
import type { Payload } from "../wire/index.ts";
import { type Capabilities, capabilities } from "./capabilities.ts";
import { checkProperties } from "./check-properties.ts";
import { checkPayload, checkQoS, checkSource, checkTopicName } from "./checks.ts";
import type { Inbox } from "./inbox.ts";
import type { PublishOptions } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { type Outgoing, outgoing } from "./outgoing.ts";
import type { PacketIdentifiers } from "./packet-identifiers.ts";
import { isSource, type PayloadSource, Pump } from "./payload-source.ts";
import { FIRST_BYTE, firstByte, publishSize, publishSizeAtMost, TOPIC_ALIAS, writePublish } from "./publish.ts";
import { SUCCESS } from "./reason-code.ts";
import type { Settings } from "./settings.ts";
import type { TopicAliases } from "./topic-aliases.ts";
import type { TransmitBuffer } from "./transmit-buffer.ts";
import { V5, type Version } from "./version.ts";

const NO_OPTIONS: PublishOptions = {};
/** A Remaining Length below is one byte. */
const SHORT = 128;

/** What the application publishes: checked, written at once if it can be, else kept in the outbox until it can. */
export class Publisher {
	readonly outbox: Outbox;
	/** `publish` returned false, and the application was not told yet that there is room again. */
	starved = false;
	/** What is being sent piece by piece. */
	pump: Pump | undefined = undefined;
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
		this.outbox = new Outbox(identifiers, settings);
		this.settings = settings;
		this.out = out;
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
		const out = this.out;
		if (topicName !== this.topicName) checkTopicName(topicName);
		else if (options === undefined && connected && typeof payload === "string") {
			const text = this.name + this.between + payload;
			const length = text.length;
			if (
				length < SHORT &&
				out.at + length < out.limit - 1 &&
				out.ascii(String.fromCharCode(FIRST_BYTE, length) + text)
			) {
				out.messages++;
				return true;
			}
		}
		if (typeof payload === "string") {
			if (!payload.isWellFormed()) throw new TypeError("expected a well-formed payload, got a lone surrogate");
		} else if (isSource(payload)) return this.publishSource(topicName, payload, options, connected);
		else checkPayload(payload);
		const message = outgoing(topicName, payload, options ?? NO_OPTIONS);
		const qos = message.qos;
		if (qos !== 0) {
			if (qos !== 1) checkQoS(qos);
			if (qos > this.broker.maximumQoS) throw this.unsupported(message);
		}
		if (message.retain && !this.broker.retainAvailable) throw this.unsupported(message);
		// Only near a limit it matters how many bytes text takes.
		let small = out.at + 3 * message.size < out.limit - 13;
		if (message.properties !== undefined) {
			checkProperties(message.properties);
			small = false;
		}
		const fits = (small || this.checkSize(message) <= out.room) && connected;
		if (qos === 0) {
			if (fits) return this.pass(message);
			if (!options?.queue) return this.reject();
		}
		// The payload is the caller's, so the outbox has a copy.
		if (typeof payload !== "string") message.payload = payload.slice();
		if (!this.outbox.add(message, fits)) return this.reject();
		if (message.waiting) out.due = true;
		else this.send(message);
		return true;
	}

	/** Writes a message at QoS 0, and has done with it. */
	private pass(message: Outgoing): boolean {
		const { out } = this;
		this.send(message);
		out.messages++;
		if (message.onComplete !== undefined) {
			this.outbox.outcomes.push({ message, error: undefined });
			out.due = true;
		}
		return true;
	}

	/** Takes no more, and is to tell the application when there is room again. */
	private reject(): boolean {
		this.starved = this.out.due = true;
		return false;
	}

	/** Takes a message whose payload is read while it is sent; at QoS 0 only while `connected`, unless it is to be queued. */
	private publishSource(
		topicName: string,
		source: PayloadSource,
		options: PublishOptions | undefined,
		connected: boolean,
	): boolean {
		checkSource(source);
		const message = outgoing(topicName, source, options ?? NO_OPTIONS);
		checkQoS(message.qos);
		if (message.properties !== undefined) checkProperties(message.properties);
		if (this.refusal(message) !== undefined) throw this.unsupported(message);
		const queued = connected || message.qos !== 0 || options?.queue === true;
		if (!queued || !this.outbox.add(message, false)) return this.reject();
		this.out.due = true;
		return true;
	}

	/**
	 * Writes a PUBLISH. One to the topic of the last one that is shorter than 128 bytes of ASCII is written in one call: then each of its
	 * bytes is a character, those of its Fixed Header too.
	 */
	private send(message: Outgoing): void {
		const out = this.out;
		const topicName = message.topicName;
		if (topicName === this.topicName && typeof message.payload === "string" && message.properties === undefined) {
			const packetIdentifier = message.packetIdentifier;
			const name = this.name;
			const at = out.at + 2 + name.length;
			const text = name + (packetIdentifier === 0 ? "" : "\0\0") + this.between + message.payload;
			if (text.length < SHORT && out.ascii(String.fromCharCode(firstByte(message), text.length) + text)) {
				if (packetIdentifier === 0) return;
				const bytes = out.bytes;
				bytes[at] = packetIdentifier >> 8;
				bytes[at + 1] = packetIdentifier;
				return;
			}
		}
		const aliases = this.aliases;
		writePublish(out, message, this.version, aliases.most > 0 ? aliases.of(topicName) : 0);
		// From now on its alias, if it has one, can stand for it.
		const alias = aliases.most > 0 ? -aliases.of(topicName) : 0;
		this.topicName = topicName;
		this.name = alias > 0 ? "\0\0" : String.fromCharCode(0, topicName.length) + topicName;
		if (this.version !== V5) this.between = "";
		else this.between = alias > 0 ? String.fromCharCode(3, TOPIC_ALIAS, 0, alias) : "\0";
	}

	/** Why the broker would refuse a message; undefined when it would not. */
	private refusal(message: Outgoing): string | undefined {
		const { maximumQoS, retainAvailable, maximumPacketSize } = this.broker;
		if (message.qos > maximumQoS) return `its Maximum QoS is ${maximumQoS}, got ${message.qos}`; // [MQTT-3.2.2-11]
		if (message.retain && !retainAvailable) return "it has no retained messages"; // [MQTT-3.2.2-14]
		if (maximumPacketSize >= this.settings.maximumPacketSize && !isSource(message.payload)) return undefined;
		const size = publishSize(message, this.version);
		return size <= maximumPacketSize ? undefined : `the broker takes ${maximumPacketSize} bytes, got ${size}`; // [MQTT-3.2.2-15]
	}

	private unsupported(message: Outgoing): RangeError {
		return new RangeError(`expected what the broker supports: ${this.refusal(message)}`);
	}

	/** The size of a PUBLISH, or more, but not more than there can be room for. Throws RangeError when it is larger. */
	private checkSize(message: Outgoing): number {
		const most = publishSizeAtMost(message.topicName, message.payload, message.properties);
		if (most <= this.out.room) return most;
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
		this.outbox.window = Math.min(this.settings.maximumInFlight, broker.receiveMaximum); // [MQTT-3.3.4-7]
		this.outbox.restart(resumed);
	}

	/** Writes the messages that wait, in their order; false when there was no room for one. PUBRELs go through `inbox`, behind other acknowledgements. */
	write(inbox: Inbox): boolean {
		const { out, outbox } = this;
		while (this.pump?.running) if (!this.pump.run() || this.pump.running) return false;
		for (let message = outbox.peek(); message !== undefined; message = outbox.peek()) {
			if (message.released) {
				outbox.advance(message);
				inbox.release(message.packetIdentifier, SUCCESS);
				continue;
			}
			const why = this.refusal(message);
			if (why !== undefined) outbox.refuse(why);
			else if (isSource(message.payload)) {
				if (!out.empty) return false;
				outbox.advance(message);
				this.send(message);
				this.pump ??= new Pump(out);
				this.pump.start(message.payload);
				this.pump.run();
				if (this.pump.running) return false;
			} else if (out.empty || publishSizeAtMost(message.topicName, message.payload, message.properties) <= out.room) {
				outbox.advance(message);
				this.send(message);
			} else return false;
		}
		return true;
	}
}
