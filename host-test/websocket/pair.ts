// SPDX-License-Identifier: MIT
import { StreamDriver, type StreamMachine, type StreamTarget } from "../../src/drive/index.ts";
import { WebSocketStream } from "../../src/websocket/index.ts";
import { FakePlatform, type FakeTCP } from "../support/fake-platform.ts";
import { hex, toHex } from "../support/hex.ts";

export const TARGET: StreamTarget = { host: "broker.local", port: 8080, webSocket: { path: "/mqtt" } };

/** The nonce, key and answer of RFC 6455 §1.3. */
export const NONCE = "the sample nonce";
export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
export const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/** The mask of RFC 6455 §5.7, 37 fa 21 3d, as its word has it in memory. */
const MASK = 0x3d21fa37;

export const ACCEPTED = [
	"HTTP/1.1 101 Switching Protocols",
	"Upgrade: websocket",
	"Connection: Upgrade",
	`Sec-WebSocket-Accept: ${ACCEPT}`,
	"Sec-WebSocket-Protocol: mqtt",
];

/** Header lines as they are sent. */
export const http = (lines: string[]): Uint8Array => new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);

/** A protocol that notes what it is told, and sends what it is given to. */
export class Inner implements StreamMachine {
	readonly input = this;
	paused = false;
	deadline = Infinity;
	target: StreamTarget | undefined;
	wake = () => {};
	readonly log: string[] = [];
	private readonly pieces: string[] = [];
	errors: Error[] = [];
	bytes: Uint8Array[] = [];
	/** The target of the next attempt, wanted as soon as this one ended. */
	next: StreamTarget | undefined;
	private came = new Uint8Array(0);

	opened(): void {
		this.log.push("opened");
	}

	closed(_now: number, error?: Error): void {
		this.log.push(`closed: ${error?.message}`);
		this.errors.push(error!);
		this.target = this.next;
		this.next = undefined;
	}

	/** All that came, as hex. */
	get received(): string {
		return this.pieces.join("");
	}

	room(most: number): Uint8Array {
		this.came = new Uint8Array(Math.min(most, 100));
		return this.came;
	}

	receive(): void {
		this.pieces.push(toHex(this.came));
	}

	get due(): boolean {
		return this.bytes.length > 0;
	}

	/** A part of the oldest bytes, when not all are taken. */
	transmit(most: number): Uint8Array | undefined {
		const bytes = this.bytes[0];
		if (bytes === undefined) return undefined;
		if (bytes.length <= most) this.bytes.shift();
		else this.bytes[0] = bytes.subarray(most);
		return bytes.subarray(0, most);
	}

	expire(now: number): void {
		if (now < this.deadline) return;
		this.deadline = Infinity;
		this.log.push(`expired ${now}`);
	}
}

/** A WebSocketStream under its driver, and the test as its server. Keys and masks are those of the RFC. */
export class WebSocketPair {
	readonly inner = new Inner();
	readonly platform = new FakePlatform();

	constructor() {
		let calls = 0;
		const random = () => {
			const call = calls++;
			return call < 16 ? NONCE.charCodeAt(call) / 256 : MASK / 0x100000000;
		};
		const stream = new WebSocketStream(this.inner, random);
		new StreamDriver(stream, this.platform);
		this.platform.names = { "broker.local": "192.0.2.1" };
	}

	/** The newest connection. */
	get socket(): FakeTCP {
		return this.platform.tcp.at(-1)!;
	}

	/** What the client sent since this was last asked, as hex. */
	said(): string {
		return this.socket.written.splice(0).map(toHex).join("");
	}

	/** The protocol wants `target`; the connection is made, and takes `room` bytes. */
	want(target: StreamTarget | undefined, room = 100_000): this {
		this.inner.target = target;
		this.inner.wake();
		this.platform.pass(0);
		if (target) this.socket.writable(room);
		return this;
	}

	/** A pair whose WebSocket is open, and that said nothing else. */
	static open(): WebSocketPair {
		const pair = new WebSocketPair().want(TARGET);
		pair.receives(http(ACCEPTED));
		pair.said();
		return pair;
	}

	/** Bytes come, or hex, in pieces of `size`. */
	receives(bytes: Uint8Array | string, size = Infinity): this {
		const all = typeof bytes === "string" ? hex(bytes) : bytes;
		for (let at = 0; at < all.length && !this.socket.closed; at += size)
			this.socket.receives(all.slice(at, Math.min(at + size, all.length)));
		return this;
	}

	/** The protocol sends. */
	sends(...packets: Uint8Array[]): this {
		this.inner.bytes.push(...packets);
		this.inner.wake();
		return this;
	}
}

/** The payloads of the masked frames in `text`, each as `opcode payload`, both hex. Throws when one is not as a client's must be. */
export function clientFrames(text: string): string[] {
	const bytes = hex(text);
	const frames: string[] = [];
	for (let at = 0; at < bytes.length; ) {
		if (!(bytes[at]! & 0x80) || !(bytes[at + 1]! & 0x80)) throw new Error(`expected whole masked frames, got ${text}`);
		const opcode = (bytes[at]! & 0x7f).toString(16);
		let length = bytes[at + 1]! & 0x7f;
		at += 2;
		if (length === 126) {
			length = (bytes[at]! << 8) | bytes[at + 1]!;
			at += 2;
		}
		const mask = bytes.subarray(at, at + 4);
		at += 4;
		const payload = bytes.slice(at, at + length).map((byte, index) => byte ^ mask[index & 3]!);
		frames.push(`${opcode} ${toHex(payload)}`);
		at += length;
	}
	return frames;
}
