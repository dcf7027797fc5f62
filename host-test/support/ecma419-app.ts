// SPDX-License-Identifier: MIT
import {
	type ControlMessage,
	type FragmentOptions,
	MQTTClient,
	type MQTTClientOptions,
} from "../../src/ecma419/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import { V3_1_1 } from "../../src/mqtt/version.ts";
import { FakePlatform, type FakeTCP } from "./fake-platform.ts";
import { type Packet, packetText, parsePacket, writePacket } from "./mqtt-codec.ts";

/** The bytes of `text`. */
export function buffer(text: string): ArrayBuffer {
	return new TextEncoder().encode(text).buffer;
}

/** An application of ECMA-419's MQTT client on a fake platform; the test is the broker. */
export class App {
	readonly platform = new FakePlatform();
	readonly client: MQTTClient;
	/** What its callbacks were told, a line each. */
	readonly log: string[] = [];
	/** What was read in `onReadable`. */
	readonly errors: Error[] = [];
	private sent: number[] = [];

	/** Reads all that comes, unless the test has its own callbacks, which are called after it is noted. */
	constructor(given: Partial<MQTTClientOptions> = {}) {
		this.platform.names = { "broker.local": "192.0.2.1" };
		const { log, errors } = this;
		this.client = new MQTTClient(
			{
				host: "broker.local",
				id: "app",
				socket: { io: this.platform.TCP },
				...given,
				onReadable(count: number, options: FragmentOptions) {
					if (given.onReadable !== undefined) given.onReadable.call(this, count, options);
					else log.push(`${options.topic ?? "…"}: ${text(this.read(count))}${options.more ? " …" : ""}`);
				},
				onWritable(count: number) {
					log.push(`writable ${count}`);
					given.onWritable?.call(this, count);
				},
				onControl(message: ControlMessage) {
					log.push(controlText(message));
					(given.onControl as ((this: MQTTClient, message: ControlMessage) => void) | undefined)?.call(this, message);
				},
				onError(error: Error) {
					log.push(`error ${(error as { code?: string }).code}`);
					errors.push(error);
					given.onError?.call(this, error);
				},
			},
			this.platform,
		);
	}

	/** The socket of the last connection. */
	get socket(): FakeTCP {
		return this.platform.tcp.at(-1)!;
	}

	/** The connection is made and takes `room` bytes, the broker accepts; what was sent and told until then is forgotten. */
	connect(room = 1000): this {
		this.platform.pass(0);
		this.socket.writable(room);
		this.broker({ type: Type.CONNACK, sessionPresent: false, reasonCode: 0 });
		this.said();
		return this;
	}

	/** Packets come together. */
	broker(...packets: Packet[]): void {
		this.socket.receives(bytesOf(...packets));
		this.platform.pass(0);
	}

	/** What the broker got since this was last called, a line a packet; one that is not all there stays. */
	said(): string[] {
		for (const bytes of this.socket.written.splice(0)) this.sent.push(...bytes);
		const lines: string[] = [];
		for (let length = lengthOf(this.sent); length > 0 && length <= this.sent.length; length = lengthOf(this.sent))
			lines.push(packetText(parsePacket(Uint8Array.from(this.sent.splice(0, length)), V3_1_1)));
		return lines;
	}

	/** What was told since this was last called. */
	told(): string[] {
		return this.log.splice(0);
	}
}

/** Packets as the bytes of a stream. */
export function bytesOf(...packets: Packet[]): Uint8Array {
	const written = packets.map((packet) => writePacket(packet, V3_1_1, 5000 + (packet.payload?.length ?? 0)));
	const bytes = new Uint8Array(written.reduce((length, packet) => length + packet.length, 0));
	let at = 0;
	for (const packet of written) {
		bytes.set(packet, at);
		at += packet.length;
	}
	return bytes;
}

export function publish(topicName: string, payload: string, more: Partial<Packet> = {}): Packet {
	return { type: Type.PUBLISH, topicName, payload: new Uint8Array(buffer(payload)), qos: 0, ...more };
}

export function text(bytes: ArrayBuffer | undefined): string {
	return bytes === undefined ? "nothing" : new TextDecoder().decode(bytes);
}

function lengthOf(bytes: number[]): number {
	let length = 0;
	for (let i = 1; i < 5 && i < bytes.length; i++) {
		length += (bytes[i]! & 0x7f) << (7 * (i - 1));
		if (bytes[i]! < 0x80) return length + i + 1;
	}
	return 0;
}

const NAMES = Object.fromEntries(Object.entries(Type).map(([name, type]) => [type, name]));

function controlText({ operation, id, payload }: ControlMessage): string {
	return [NAMES[operation], id, payload && `[${payload}]`].filter((word) => word !== undefined).join(" ");
}

/** What an application was told, but for the room. */
export function controls(app: App): string[] {
	return app.told().filter((line) => !line.startsWith("writable"));
}
