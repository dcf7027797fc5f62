// SPDX-License-Identifier: MIT

import { Framer } from "../../src/mqtt/framer.ts";
import { Client, type ClientOptions, type MqttError } from "../../src/mqtt/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import type { Properties } from "../../src/mqtt/property.ts";
import { V3_1_1, V5, type Version } from "../../src/mqtt/version.ts";
import { hex } from "./hex.ts";
import { type Packet, packetText, parseBody, writePacket } from "./mqtt-codec.ts";
import { seeded } from "./random.ts";

/** How a pair is unlike the usual: a client with a clean session, a broker that answers, a link without faults. */
export interface PairOptions extends Partial<ClientOptions> {
	/** What both speak: 4, unless given, is 3.1.1. `protocol` is the client's choice, where it is not this. */
	version?: Version;
	/** False: the broker says only what the test makes it say. */
	answers?: boolean;
	/** Bytes travel in pieces of 1 to 7, as this seed decides. */
	chunks?: number;
	/** False: the test connects. */
	connect?: boolean;
}

/** A client and a scripted broker on a fake clock. It drives the client as a driver does: `wake` drains at once, inside callbacks too. */
export class Pair {
	now = 0;
	readonly client: Client;
	/** What the client sent, a line a packet, since `said` was last called. */
	private lines: string[] = [];
	/** The client's events, a line each. */
	readonly events: string[] = [];
	readonly reasons: MqttError[] = [];
	readonly errors: MqttError[] = [];
	/** Every message that came, with its payload as text. */
	readonly messages: { topicName: string; payload: string; qos: number; retain: boolean; duplicate: boolean }[] = [];
	/** Every packet that came to the broker. */
	readonly packets: Packet[] = [];
	/** How many connections the client asked for. */
	attempts = 0;
	answers: boolean;
	/** Whether a connection that the client wants is made at once. */
	reachable = true;
	/** False: the socket takes no bytes. */
	writable = true;
	/** True: bytes vanish, and nobody is told. */
	halfOpen = false;
	/** What CONNACK says. */
	sessionPresent = false;
	returnCode = 0;
	private target: unknown;
	private isOpen = false;
	private busy = false;
	private answersDue: Uint8Array[] = [];
	private feeding = false;
	/** What came and was not given to the client yet. */
	private unread: Uint8Array = new Uint8Array(0);
	/** What CONNACK says in 5.0. */
	properties: Properties = {};
	readonly version: Version;
	private readonly framer: Framer;
	private readonly random: (() => number) | undefined;

	constructor(options: PairOptions = {}) {
		const { answers = true, chunks, connect = true, version = V3_1_1, ...given } = options;
		this.version = version;
		this.framer = new Framer(version, 0x10000);
		this.answers = answers;
		this.random = chunks === undefined ? undefined : seeded(chunks);
		this.client = new Client({
			host: "broker",
			clientId: "test",
			protocol: version === V5 ? "5.0" : "3.1.1",
			random: () => 0.5,
			...given,
			onConnected: (sessionPresent) => {
				this.events.push(sessionPresent ? "connected, session present" : "connected");
				given.onConnected?.(sessionPresent);
			},
			onDisconnected: (reason, retry) => {
				this.events.push(`disconnected: ${reason.code}`);
				this.reasons.push(reason);
				given.onDisconnected?.(reason, retry);
			},
			onMessage: (message) => {
				const { topicName, payload, qos, retain, duplicate } = message;
				this.messages.push({ topicName, payload: new TextDecoder().decode(payload), qos, retain, duplicate });
				return given.onMessage?.(message);
			},
			onWritable: () => {
				this.events.push("writable");
				given.onWritable?.();
			},
			onError: (error) => {
				this.errors.push(error);
				given.onError?.(error);
			},
		});
		this.client.wake = () => this.settle();
		if (connect) this.client.connect(this.now);
	}

	/** What the client sent since this was last called. */
	said(): string[] {
		const lines = this.lines;
		this.lines = [];
		return lines;
	}

	/** Whether there is a connection. */
	get open(): boolean {
		return this.isOpen;
	}

	/** Time passes, and deadlines with it. */
	advance(milliseconds: number): void {
		const until = this.now + milliseconds;
		for (let count = 0; this.client.deadline <= until; count++) {
			if (count === 1000) throw new Error("the client's deadline does not move on");
			this.now = Math.max(this.now, this.client.deadline);
			this.client.expire(this.now);
			this.settle();
		}
		this.now = until;
	}

	/** The broker sends packets, or bytes in hex. */
	sends(...packets: (Packet | string)[]): void {
		for (const packet of packets) this.deliver(typeof packet === "string" ? hex(packet) : this.encoded(packet));
	}

	/** The bytes of a packet. */
	encoded(packet: Packet): Uint8Array {
		return writePacket(packet, this.version, 1024 + (packet.payload?.length ?? 0));
	}

	/** The connection breaks. */
	breaks(error?: Error): void {
		this.target = undefined;
		this.forget();
		this.client.closed(this.now, error);
		this.settle();
	}

	/** Bytes come to the client. */
	deliver(bytes: Uint8Array): void {
		if (this.halfOpen) return;
		this.unread = this.unread.length === 0 ? bytes : Uint8Array.of(...this.unread, ...bytes);
		this.feed();
	}

	/** Gives the client what came, as far as it takes it. */
	private feed(): void {
		this.feeding = true;
		while (this.unread.length > 0 && this.isOpen && !this.client.paused) {
			const length = Math.min(this.unread.length, this.random ? 1 + Math.floor(this.random() * 7) : 0x10000);
			const room = this.client.input.room(length);
			room.set(this.unread.subarray(0, room.length));
			this.unread = this.unread.subarray(room.length);
			this.client.receive(this.now);
			this.settle();
		}
		this.feeding = false;
	}

	/** Drains the client and matches the connection to its target, as a driver does after each call. */
	settle(): void {
		if (this.busy) return;
		this.busy = true;
		this.drain();
		this.busy = false;
		if (this.client.target !== this.target) this.match();
		while (this.answersDue.length > 0) this.deliver(this.answersDue.shift()!);
		if (this.unread.length > 0 && !this.feeding) this.feed();
	}

	private match(): void {
		this.forget();
		this.target = this.client.target;
		if (this.target === undefined) return;
		this.attempts++;
		if (this.reachable) this.opens();
	}

	private forget(): void {
		this.isOpen = false;
		this.framer.reset();
		this.answersDue = [];
		this.unread = new Uint8Array(0);
	}

	/** The connection that the client asked for is there. */
	opens(): void {
		this.isOpen = true;
		this.client.opened(this.now);
		this.settle();
	}

	private drain(): void {
		while (this.isOpen && this.writable && this.client.due) {
			const most = this.random ? 1 + Math.floor(this.random() * 7) : 1024;
			const bytes = this.client.transmit(most, this.now);
			if (bytes === undefined) return;
			if (this.halfOpen) continue;
			this.framer.room(bytes.length).set(bytes);
			for (let type = this.framer.next(); type !== 0; type = this.framer.next()) {
				this.take(parseBody(this.framer, type, this.framer.flags, this.version));
			}
		}
	}

	private take(packet: Packet): void {
		this.packets.push(packet);
		this.lines.push(packetText(packet));
		if (!this.answers) return;
		const answer = this.answerTo(packet);
		if (answer !== undefined) this.answersDue.push(writePacket(answer, this.version));
	}

	private answerTo(packet: Packet): Packet | undefined {
		const { packetIdentifier } = packet;
		switch (packet.type) {
			case Type.CONNECT:
				return { ...connack(this.sessionPresent, this.returnCode), properties: this.properties };
			case Type.PUBLISH:
				if (packet.qos === 0) return undefined;
				return { type: packet.qos === 1 ? Type.PUBACK : Type.PUBREC, packetIdentifier };
			case Type.PUBREC:
				return { type: Type.PUBREL, packetIdentifier };
			case Type.PUBREL:
				return { type: Type.PUBCOMP, packetIdentifier };
			case Type.SUBSCRIBE:
				return { type: Type.SUBACK, packetIdentifier, reasonCodes: packet.subscriptions!.map(({ qos }) => qos) };
			case Type.UNSUBSCRIBE:
				return { type: Type.UNSUBACK, packetIdentifier, reasonCodes: [0] };
			case Type.PINGREQ:
				return { type: Type.PINGRESP };
			default:
				return undefined;
		}
	}
}

export function connack(sessionPresent = false, reasonCode = 0): Packet {
	return { type: Type.CONNACK, sessionPresent, reasonCode };
}

/** A PUBACK, or another acknowledgement. */
export function puback(packetIdentifier: number, type = Type.PUBACK, reasonCode = 0): Packet {
	return { type, packetIdentifier, reasonCode };
}

/** A PUBLISH from the broker; with a packet identifier it is QoS 1. */
export function publish(topicName: string, payload: string, packetIdentifier = 0, more: Partial<Packet> = {}): Packet {
	const qos = packetIdentifier ? 1 : 0;
	return { type: Type.PUBLISH, topicName, payload: new TextEncoder().encode(payload), qos, packetIdentifier, ...more };
}
