// SPDX-License-Identifier: MIT
import type { StreamTarget } from "../drive/index.ts";
import { payloadBytes } from "../wire/index.ts";
import { base64 } from "./base64.ts";
import { sha1 } from "./sha1.ts";
import { WebSocketError } from "./web-socket-error.ts";

/** What the subprotocol of MQTT is called [MQTT-6.0.0-3]. */
const SUBPROTOCOL = "mqtt";

/** Appended to the key before it is hashed, RFC 6455 §1.3. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Bytes of a line of the response that are looked at: no line that matters is longer. */
const LONGEST_LINE = 256;

/** Bytes of a response's status line and header fields; more is refused. */
const LONGEST_RESPONSE = 8192;

const LF = 10;
const CR = 13;

/** The opening handshake of a client (RFC 6455 §4.1): send what `transmit` gives, give `receive` what comes, until `done`. */
export class Handshake {
	/** The server accepted; what follows are frames. */
	done = false;
	private request: Uint8Array;
	private sent = 0;
	private readonly expected: string;
	private readonly line = new Uint8Array(LONGEST_LINE);
	private lineLength = 0;
	private total = 0;
	private started = false;
	private upgrade = "";
	private connection = "";
	private accept = "";
	private protocol = "";

	/** `random` gives numbers in [0, 1). Throws TypeError when the host or the path cannot be asked for. */
	constructor(target: StreamTarget, random: () => number) {
		const path = target.webSocket!.path;
		if (path[0] !== "/" || !isVisible(path) || path.includes("#"))
			throw new TypeError(`expected a path such as /mqtt, without spaces, got "${path}"`);
		if (!isVisible(target.host)) throw new TypeError(`expected a host name, got "${target.host}"`);
		const nonce = new Uint8Array(16);
		for (let at = 0; at < 16; at++) nonce[at] = random() * 256;
		const key = base64(nonce);
		this.expected = base64(sha1(payloadBytes(key + GUID)));
		const port = target.port === (target.tls ? 443 : 80) ? "" : `:${target.port}`;
		this.request = payloadBytes(
			`GET ${path} HTTP/1.1\r\nHost: ${target.host}${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
				`Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n\r\n`,
		);
	}

	/** Whether some of the request is still to be sent. */
	get due(): boolean {
		return this.sent < this.request.length;
	}

	/** The next part of the request, `most` bytes or fewer. */
	transmit(most: number): Uint8Array {
		const from = this.sent;
		this.sent = Math.min(from + most, this.request.length);
		return this.request.subarray(from, this.sent);
	}

	/** Takes bytes of the response; returns how many were of it, all until `done`. Throws WebSocketError when it is a refusal. */
	receive(bytes: Uint8Array): number {
		for (let at = 0; at < bytes.length; at++) {
			const byte = bytes[at]!;
			if (++this.total > LONGEST_RESPONSE)
				throw new WebSocketError(`expected at most ${LONGEST_RESPONSE} bytes of HTTP header, got more`);
			if (byte !== LF) {
				// What is too long to matter is cut.
				if (this.lineLength < LONGEST_LINE) this.line[this.lineLength++] = byte;
				continue;
			}
			if (this.lineLength > 0 && this.line[this.lineLength - 1] === CR) this.lineLength--;
			const line = new TextDecoder().decode(this.line.subarray(0, this.lineLength));
			this.lineLength = 0;
			if (!this.started) this.status(line);
			else if (line !== "") this.field(line);
			else {
				this.finish();
				return at + 1;
			}
		}
		return bytes.length;
	}

	private status(line: string): void {
		this.started = true;
		const status = Number(line.slice(9, 12));
		if (!line.startsWith("HTTP/1.") || line[8] !== " " || !(status >= 100))
			throw new WebSocketError(
				`expected an HTTP response to the WebSocket handshake, got ${JSON.stringify(line.slice(0, 40))}`,
			);
		if (status !== 101)
			throw new WebSocketError(`the server refused the WebSocket: HTTP ${line.slice(9).trim()}`, undefined, status);
	}

	private field(line: string): void {
		const colon = line.indexOf(":");
		if (colon < 1 || line[0] === " " || line[0] === "\t")
			throw new WebSocketError(`expected an HTTP header field, got ${JSON.stringify(line.slice(0, 40))}`);
		const value = line.slice(colon + 1).trim();
		switch (line.slice(0, colon).toLowerCase()) {
			case "upgrade":
				this.upgrade = value;
				break;
			case "connection":
				this.connection += `,${value}`;
				break;
			case "sec-websocket-accept":
				this.accept += value;
				break;
			case "sec-websocket-protocol":
				this.protocol += value;
				break;
			case "sec-websocket-extensions":
				if (value !== "") throw new WebSocketError(`expected no WebSocket extension, got "${value}"`);
		}
	}

	/** §4.1, what the client checks, in its order. */
	private finish(): void {
		if (this.upgrade.toLowerCase() !== "websocket") this.refuse("Upgrade: websocket", this.upgrade);
		if (!hasToken(this.connection, "upgrade")) this.refuse("Connection: Upgrade", this.connection.slice(1));
		if (this.accept !== this.expected) this.refuse(`Sec-WebSocket-Accept: ${this.expected}`, this.accept);
		if (this.protocol !== SUBPROTOCOL) this.refuse(`Sec-WebSocket-Protocol: ${SUBPROTOCOL}`, this.protocol); // [MQTT-6.0.0-4]
		this.done = true;
	}

	private refuse(expected: string, got: string): never {
		throw new WebSocketError(`expected ${expected}, got ${got === "" ? "none" : `"${got}"`}`, undefined, 101);
	}
}

/** Whether `list`, separated by commas, has `token` in it, in any case. */
function hasToken(list: string, token: string): boolean {
	const tokens = list.toLowerCase().split(",");
	for (let at = 0; at < tokens.length; at++) if (tokens[at]!.trim() === token) return true;
	return false;
}

/** Whether all of `text`, which is not empty, can stand in a request line: ASCII without spaces and controls. */
function isVisible(text: string): boolean {
	for (let at = 0; at < text.length; at++) {
		const character = text.charCodeAt(at);
		if (character <= 0x20 || character >= 0x7f) return false;
	}
	return text !== "";
}
