// SPDX-License-Identifier: MIT
// The packets that the other side sends, written out: what is counted must not depend on the codec that is measured.
import type { Datagram } from "../../../src/drive/index.ts";

export const TOPIC = "home/livingroom/thermostat/temperature";
export const PAYLOAD = "22.5";

/** Bytes, from text and numbers. */
export function bytesOf(...parts: (string | number)[]): Uint8Array {
	return Uint8Array.from(
		parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part)),
	);
}

/** A PUBLISH of `payload` to the topic, in 5.0; at QoS 1 and 2 its Packet Identifier is 1. */
export function publishBytes(payload: string, qos: 0 | 1 | 2): Uint8Array {
	const body = bytesOf(0, TOPIC.length, TOPIC, ...(qos ? [0, 1] : []), 0, payload);
	const length = body.length > 127 ? [(body.length & 127) | 128, body.length >> 7] : [body.length];
	return bytesOf(0x30 | (qos << 1), ...length, ...body);
}

/** A CoAP message from a client at `port`, sent again and again without allocating anything. */
export class ClientMessage {
	readonly datagram: Datagram;
	private readonly bytes: Uint8Array;
	private messageId = 0;

	constructor(port: number, bytes: Uint8Array) {
		this.bytes = bytes;
		this.datagram = Object.assign(bytes.buffer as ArrayBuffer, { address: "192.0.2.9", port });
	}

	/** The message with a Message ID of its own. */
	fresh(): Datagram {
		this.messageId++;
		this.bytes[2] = this.messageId >> 8;
		this.bytes[3] = this.messageId;
		return this.datagram;
	}

	/** The message with the Message ID of `other`. */
	answering(other: Uint8Array): Datagram {
		this.bytes[2] = other[2]!;
		this.bytes[3] = other[3]!;
		return this.datagram;
	}
}

/** A CON request with a token of four bytes: its code, then options and payload as they are encoded. */
export function request(port: number, code: number, ...rest: (string | number)[]): ClientMessage {
	return new ClientMessage(port, bytesOf(0x44, code, 0, 0, 0xc0, 0xff, 0xee, port & 0xff, ...rest));
}

/** An Empty ACK. */
export function acknowledgement(port: number): ClientMessage {
	return new ClientMessage(port, bytesOf(0x60, 0, 0, 0));
}
