// SPDX-License-Identifier: MIT
import { CONNECT, PUBLISH } from "./operation.ts";

const HEADER = 0;
const LENGTH = 1;
const BODY = 2;

/**
 * Follows the packets in a stream of bytes, whichever way they go and however they are cut (MQTT §2.1.1), without taking the protocol's
 * place: call `scan` until it has come to the end of the bytes, and look at the packet whenever `complete`.
 */
export class PacketScanner {
	type = 0;
	/** The packet ended where `scan` stopped. */
	complete = false;
	/** Of packets but PUBLISH and CONNECT, or its beginning. */
	body = new Uint8Array(0);
	/** Of a PUBLISH at QoS 1 or 2. */
	packetIdentifier = 0;
	private phase = HEADER;
	private qos = 0;
	private length = 0;
	private shift = 0;
	/** Bytes of the body that have passed. */
	private passed = 0;
	private topicLength = 0;
	private readonly most: number;

	/** Of a body it keeps no more than `most` bytes. */
	constructor(most: number) {
		this.most = most;
	}

	/** Between two packets. */
	get between(): boolean {
		return this.phase === HEADER;
	}

	/** Reads on, to the end of a packet or of the bytes; returns where. */
	scan(bytes: Uint8Array, at: number, end: number): number {
		this.complete = false;
		while (at < end && !this.complete) {
			if (this.phase === BODY) at = this.pass(bytes, at, end);
			else if (this.phase === LENGTH) this.measure(bytes[at++]!);
			else this.begin(bytes[at++]!);
		}
		return at;
	}

	private begin(byte: number): void {
		this.type = byte >> 4;
		this.qos = (byte >> 1) & 3;
		this.length = this.shift = this.passed = this.topicLength = this.packetIdentifier = 0;
		this.phase = LENGTH;
	}

	private measure(byte: number): void {
		this.length |= (byte & 0x7f) << this.shift;
		this.shift += 7;
		// A fifth byte is malformed: whoever reads the packets sees that, too.
		if (byte & 0x80 && this.shift < 28) return;
		this.phase = BODY;
		const kept = this.type === PUBLISH || this.type === CONNECT ? 0 : Math.min(this.length, this.most);
		this.body = new Uint8Array(kept);
		if (this.length === 0) this.finish();
	}

	private pass(bytes: Uint8Array, at: number, end: number): number {
		const from = this.passed;
		const to = Math.min(this.length, from + end - at);
		if (this.type === PUBLISH) {
			if (this.qos > 0) this.identify(bytes, at - from, to);
		} else for (let i = from; i < to && i < this.body.length; i++) this.body[i] = bytes[at - from + i]!;
		this.passed = to;
		if (to === this.length) this.finish();
		return at + to - from;
	}

	/** Finds the Packet Identifier of a PUBLISH, which stands behind the topic name. Its body begins, or would, at `start` of the bytes. */
	private identify(bytes: Uint8Array, start: number, to: number): void {
		for (let i = this.passed; i < to; i++) {
			if (i < 2) this.topicLength = (this.topicLength << 8) | bytes[start + i]!;
			else if (i < 2 + this.topicLength) i = Math.min(to, 2 + this.topicLength) - 1;
			else if (i < 4 + this.topicLength) this.packetIdentifier = (this.packetIdentifier << 8) | bytes[start + i]!;
			else return;
		}
	}

	private finish(): void {
		this.phase = HEADER;
		this.complete = true;
	}
}
