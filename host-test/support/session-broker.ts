// SPDX-License-Identifier: MIT
import { Framer } from "../../src/mqtt/framer.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { V5, type Version } from "../../src/mqtt/version.ts";
import { type Packet, packetText, parseBody, writePacket } from "./mqtt-codec.ts";
import { BrokerSession } from "./session-of-broker.ts";

const SUCCESS = 0;
const PACKET_IDENTIFIER_NOT_FOUND = 0x92;
const RECEIVE_MAXIMUM = 5;

/** Bytes on their way to the client, and what is so when the last of them is there. */
interface Piece {
	bytes: Uint8Array;
	readonly arrived: (() => void) | undefined;
}

/**
 * A broker for one client, with a persistent session, that believes nothing: each breach of the protocol throws. Give it bytes with `receive`,
 * move what it says with `take`. Every message is one of a kind: its payload names it.
 */
export class SessionBroker {
	/** The payloads of messages that came, each as often as other clients would get it. */
	readonly arrived: string[] = [];
	session: BrokerSession | undefined;
	/** The session is one that was begun in place of a lost one, and the client does not know yet. */
	fragile = false;
	/** A client may end a connection with a Reason Code over 0x80: its store failed. */
	tolerant = false;
	private readonly version: Version;
	private readonly framer: Framer;
	private output: Piece[] = [];
	private connected = false;
	private resumed = false;
	/** The session ends with the connection, as 3.1.1's Clean Session says. */
	private transient = false;
	private fresh = true;
	/** Of this connection: topics by alias; PUBLISHes that came; those whose last answer is not there yet, by identifier; PUBRECs that are there, in order. */
	private aliases = new Map<number, string>();
	private came = new Set<string>();
	private open = new Map<number, string>();
	private recorded: number[] = [];
	/** PUBLISHes to the client that want a PUBACK or PUBREC, in order. */
	private unanswered: number[] = [];

	constructor(version: Version) {
		this.version = version;
		this.framer = new Framer(version, 0x10000);
	}

	/** Nothing is on its way to the client, and all that it is owed is acknowledged. */
	get idle(): boolean {
		return this.output.length === 0 && (this.session === undefined || this.session.outgoing.length === 0);
	}

	/** The connection ended. */
	close(): void {
		this.framer.reset();
		this.output = [];
		this.connected = false;
		this.fresh = true;
		if (this.fragile || this.transient) this.forget();
		this.transient = false;
	}

	/** The broker loses its session; the client is told with the next CONNACK. */
	forget(): void {
		this.session = undefined;
	}

	receive(bytes: Uint8Array): void {
		this.framer.room(bytes.length).set(bytes);
		for (let type = this.framer.next(); type !== 0; type = this.framer.next()) {
			const packet = parseBody(this.framer, type, this.framer.flags, this.version);
			if (this.fresh !== (type === Type.CONNECT)) this.breach(packet, "CONNECT comes first, and once");
			this.fresh = false;
			if (type !== Type.CONNECT && !this.connected) this.breach(packet, "the broker has not accepted it yet");
			this.dispatch(packet);
		}
		this.pump();
	}

	/** `most` bytes or fewer of what the broker says; undefined when it says nothing. */
	take(most: number): Uint8Array | undefined {
		const piece = this.output[0];
		if (piece === undefined) return undefined;
		const bytes = piece.bytes.subarray(0, most);
		piece.bytes = piece.bytes.subarray(bytes.length);
		if (piece.bytes.length === 0) {
			this.output.shift();
			piece.arrived?.();
		}
		return bytes;
	}

	/** The message to the client that has this identifier. */
	payloadOf(packetIdentifier: number): string {
		const messages = this.session?.outgoing ?? [];
		return messages.find((message) => message.packetIdentifier === packetIdentifier)?.payload ?? "";
	}

	/** Another client publishes; whether this one has subscribed to it. */
	publish(payload: string, qos: number): boolean {
		if (this.session?.subscribed !== true) return false;
		if (qos > 0) this.session.outgoing.push({ payload, qos, packetIdentifier: 0, state: "queued" });
		else if (this.connected) this.say({ type: Type.PUBLISH, ...content(payload), qos });
		this.pump();
		return true;
	}

	private say(packet: Packet, arrived?: () => void): void {
		this.output.push({ bytes: writePacket(packet, this.version), arrived });
	}

	private breach(packet: Packet, why: string): never {
		throw new Error(`the client broke the protocol with <${packetText(packet)}>: ${why}`);
	}

	private dispatch(packet: Packet): void {
		const session = this.session!;
		const packetIdentifier = packet.packetIdentifier!;
		switch (packet.type) {
			case Type.CONNECT:
				this.connects(packet);
				break;
			case Type.PUBLISH:
				this.published(packet, session);
				break;
			case Type.PUBREL:
				this.released(packet, session);
				break;
			case Type.SUBSCRIBE:
				if (this.open.has(packetIdentifier)) this.breach(packet, "its identifier is in use");
				session.subscribed = true;
				this.open.set(packetIdentifier, "SUBSCRIBE");
				this.answer(Type.SUBACK, packetIdentifier, { reasonCodes: [packet.subscriptions![0]!.qos] });
				break;
			case Type.PINGREQ:
				this.say({ type: Type.PINGRESP });
				break;
			case Type.DISCONNECT:
				if (packet.reasonCode! >= 0x80 && !this.tolerant) this.breach(packet, `it says ${packet.reasonCode}`);
				this.connected = false;
				break;
			default:
				this.acknowledged(packet, session);
		}
	}

	private connects(packet: Packet): void {
		const { version, cleanStart, properties } = packet;
		if (version !== this.version) this.breach(packet, `expected version ${this.version}, got ${version}`);
		if (cleanStart) this.session = undefined;
		this.transient = cleanStart === true && this.version !== V5;
		this.resumed = this.session !== undefined;
		this.session ??= new BrokerSession();
		this.session.begin(properties?.receiveMaximum ?? 0xffff);
		this.aliases.clear();
		this.came.clear();
		this.open.clear();
		this.recorded = [];
		this.unanswered = [];
		this.connected = true;
		const says = this.version === V5 ? { topicAliasMaximum: 3, receiveMaximum: RECEIVE_MAXIMUM } : {};
		this.say({ type: Type.CONNACK, sessionPresent: this.resumed, reasonCode: SUCCESS, properties: says });
	}

	/** Sends what is due to the client: first what was sent before, as it was. */
	private pump(): void {
		if (!this.connected) return;
		this.session!.pump((message, duplicate) => {
			const { payload, qos, packetIdentifier, state } = message;
			if (state === "released") this.say({ type: Type.PUBREL, packetIdentifier });
			else {
				this.say({ type: Type.PUBLISH, ...content(payload), qos, packetIdentifier, duplicate });
				this.unanswered.push(packetIdentifier);
			}
		});
	}

	private published(packet: Packet, session: BrokerSession): void {
		const { qos, packetIdentifier, duplicate, properties } = packet as Required<Packet>;
		const payload = new TextDecoder().decode(packet.payload);
		this.checkTopic(packet, payload);
		if (qos === 0) {
			this.arrived.push(payload);
			return;
		}
		if (this.came.has(payload)) this.breach(packet, "it came on this connection already [MQTT-4.4.0-1]");
		this.came.add(payload);
		const other = this.open.get(packetIdentifier) ?? session.received.get(packetIdentifier) ?? payload;
		if (other !== payload) this.breach(packet, `its identifier is that of ${other} [MQTT-2.2.1-3]`);
		const before = session.seen.get(payload);
		if (duplicate && !this.resumed) this.breach(packet, "DUP in a new session");
		if (before !== undefined && !duplicate) this.breach(packet, "no DUP, and it came before [MQTT-3.3.1-1]");
		if ((before ?? packetIdentifier) !== packetIdentifier)
			this.breach(packet, `its identifier was ${before} [MQTT-4.4.0-1]`);
		if (session.done.has(packetIdentifier) && before !== undefined && qos === 2)
			this.breach(packet, "its PUBREL came before [MQTT-4.3.3-6]");
		this.open.set(packetIdentifier, payload);
		if (this.version === V5 && this.open.size > RECEIVE_MAXIMUM) this.breach(packet, "over the Receive Maximum");
		session.seen.set(payload, packetIdentifier);
		session.done.delete(packetIdentifier);
		if (properties?.subscriptionIdentifier) this.breach(packet, "a Subscription Identifier [MQTT-3.3.4-6]");
		if (qos === 1 || !session.received.has(packetIdentifier)) this.arrived.push(payload);
		if (qos === 1) this.answer(Type.PUBACK, packetIdentifier);
		else {
			session.received.set(packetIdentifier, payload);
			this.say({ type: Type.PUBREC, packetIdentifier }, () => this.recorded.push(packetIdentifier));
		}
	}

	private checkTopic(packet: Packet, payload: string): void {
		const alias = packet.properties?.topicAlias;
		if (alias !== undefined && packet.topicName !== "") this.aliases.set(alias, packet.topicName!);
		const topicName = packet.topicName || this.aliases.get(alias!);
		if (topicName !== topicOf(payload)) this.breach(packet, `expected ${topicOf(payload)}, got ${topicName}`);
	}

	private released(packet: Packet, session: BrokerSession): void {
		const packetIdentifier = packet.packetIdentifier!;
		const known = session.received.delete(packetIdentifier);
		if (!known && !session.done.has(packetIdentifier)) this.breach(packet, "nothing is to be released");
		const place = this.recorded.indexOf(packetIdentifier);
		if (place > 0) this.breach(packet, `PUBREC ${this.recorded[0]} came before [MQTT-4.6.0-4]`);
		if (place === 0) this.recorded.shift();
		session.done.add(packetIdentifier);
		const reasonCode = known || this.version !== V5 ? SUCCESS : PACKET_IDENTIFIER_NOT_FOUND;
		this.answer(Type.PUBCOMP, packetIdentifier, { reasonCode });
	}

	/** The last answer to a packet: once it is there, its identifier is free. */
	private answer(type: number, packetIdentifier: number, more: Partial<Packet> = {}): void {
		this.say({ type, packetIdentifier, ...more }, () => this.open.delete(packetIdentifier));
	}

	/** The client acknowledges what was published to it. */
	private acknowledged(packet: Packet, session: BrokerSession): void {
		const { type, packetIdentifier, reasonCode } = packet as Required<Packet>;
		const message = session.outgoing.find((candidate) => candidate.packetIdentifier === packetIdentifier);
		const expected = message && {
			queued: 0,
			published: message.qos === 1 ? Type.PUBACK : Type.PUBREC,
			released: Type.PUBCOMP,
		};
		if (message === undefined || type !== expected![message.state]) this.breach(packet, "nothing wants this answer");
		if (
			reasonCode !== SUCCESS &&
			!(type === Type.PUBCOMP && reasonCode === PACKET_IDENTIFIER_NOT_FOUND && message.again)
		)
			this.breach(packet, `it says ${reasonCode}`);
		if (type !== Type.PUBCOMP) {
			if (this.unanswered[0] !== packetIdentifier)
				this.breach(packet, `PUBLISH ${this.unanswered[0]} came before [MQTT-4.6.0-2]`);
			this.unanswered.shift();
		}
		if (type === Type.PUBREC) {
			message.state = "released";
			this.say({ type: Type.PUBREL, packetIdentifier });
		} else session.complete(message);
	}
}

/** Where a message belongs: its topic is of its own, so that who hears of it knows which one it is. */
export function topicOf(payload: string): string {
	return `t/${payload}`;
}

function content(payload: string) {
	return { topicName: topicOf(payload), payload: new TextEncoder().encode(payload) };
}
