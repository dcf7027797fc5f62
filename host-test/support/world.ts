// SPDX-License-Identifier: MIT
import * as Type from "../../src/mqtt/packet-type.ts";
import { V5 } from "../../src/mqtt/version.ts";
import { type Running, type RunOptions, run, type ThingEvent } from "../../src/run.ts";
import { type Definitions, Thing } from "../../src/thing/index.ts";
import { payloadBytes } from "../../src/wire/index.ts";
import { datagram, textOf } from "./coap-text.ts";
import { FakePlatform, type FakeTCP, type FakeUDP } from "./fake-platform.ts";
import { type Packet, packetText, parsePacket, writePacket } from "./mqtt-codec.ts";

/** A thing that runs, with a broker and CoAP clients that are the test's, on a fake clock. Its topic is `t`. */
export class World {
	readonly platform = new FakePlatform();
	readonly events: ThingEvent[] = [];
	readonly thing: Thing;
	readonly running: Running;
	/** False: the broker takes and keeps what it gets, and answers nothing. */
	answers = true;
	/** What the application does with an event. */
	onEvent: (event: ThingEvent) => void;
	private socket: FakeTCP | undefined;
	private heard = 0;
	private notified = 0;
	private answering: FakeUDP | undefined;

	/** `more` is given the platform, for a network on it. */
	constructor(
		properties: Definitions,
		onEvent: (event: ThingEvent) => void = () => {},
		more: (platform: FakePlatform) => Partial<RunOptions> = () => ({}),
	) {
		this.onEvent = onEvent;
		this.thing = new Thing({ id: "thing", topic: "t", properties });
		this.running = run(this.thing, this.platform, {
			mqtt: { host: "192.0.2.1", port: 1883 },
			coap: { port: 5683 },
			...more(this.platform),
			onEvent: (event) => {
				this.events.push(event);
				this.onEvent(event);
			},
		});
		this.platform.pass(0);
	}

	/** Accepts the connection that the thing wants, and answers until it is silent; returns what it sent. */
	connects(): string[] {
		this.socket = this.platform.tcp.at(-1)!;
		this.heard = 0;
		this.socket.writable(4096);
		return this.said();
	}

	/** What the thing sent to the broker since it was last asked, a line a packet, while the broker answers. */
	said(): string[] {
		const socket = this.socket!;
		const lines: string[] = [];
		while (this.heard < socket.written.length) {
			for (const packet of split(socket.written[this.heard++]!)) {
				lines.push(packetText(packet));
				const answer = this.answers && answerTo(packet);
				if (answer) this.gives(answer);
			}
			socket.writable(4096);
		}
		return lines;
	}

	/** The broker sends a packet. */
	gives(packet: Packet): void {
		this.socket!.receives(writePacket(packet, V5));
	}

	/** The broker sends a message. */
	publishes(topicName: string, payload: string | Uint8Array, more: Partial<Packet> = {}): void {
		this.gives({
			type: Type.PUBLISH,
			topicName,
			payload: payloadBytes(payload),
			qos: 0,
			packetIdentifier: 0,
			...more,
		});
	}

	/** The connection to the broker breaks. */
	breaks(): void {
		this.socket!.fails();
	}

	/** A CoAP client at `port` sends a message; returns what the thing sends to anyone. */
	asks(message: string, port = 1000): string[] {
		this.platform.udp.at(-1)!.receives("192.0.2.9", port, datagram(message));
		return this.told();
	}

	/** What the thing sent to CoAP clients since it was last asked. */
	told(): string[] {
		const socket = this.platform.udp.at(-1);
		if (socket !== this.answering) this.notified = 0;
		this.answering = socket;
		const { sent } = socket!;
		const lines = sent.slice(this.notified).map(({ bytes }) => textOf(bytes));
		this.notified = sent.length;
		return lines;
	}
}

function split(bytes: Uint8Array): Packet[] {
	const packets: Packet[] = [];
	// The test's packets are short: their length is one byte.
	for (let at = 0; at < bytes.length; at += 2 + bytes[at + 1]!)
		packets.push(parsePacket(bytes.slice(at, at + 2 + bytes[at + 1]!), V5));
	return packets;
}

function answerTo({ type, packetIdentifier, subscriptions, qos }: Packet): Packet | undefined {
	if (type === Type.CONNECT) return { type: Type.CONNACK, sessionPresent: false, reasonCode: 0 };
	if (type === Type.PUBLISH && qos === 1) return { type: Type.PUBACK, packetIdentifier };
	if (type === Type.SUBSCRIBE)
		return { type: Type.SUBACK, packetIdentifier, reasonCodes: subscriptions!.map(({ qos }) => qos) };
	return undefined;
}
