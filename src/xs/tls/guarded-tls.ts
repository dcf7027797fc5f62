// SPDX-License-Identifier: MIT
import type { ByteBuffer, TCP, TCPConstructor, TLSConstructor, TLSOptions } from "../../drive/index.ts";
import { RawTCP, type RawTCPOptions } from "./raw-tcp.ts";
import { type SecureOptions, secureOptions } from "./secure-options.ts";
import { tlsError } from "./tls-error.ts";

/** Bytes that a record takes besides its payload, at most: header, IV, MAC and padding of the SDK's cipher suites. */
const OVERHEAD = 96;

/** Bytes of payload of a record, RFC 5246 §6.2.1. */
const LONGEST_FRAGMENT = 16384;

/** What TLSSocket of the SDK (8.2, examples/io/tcp/tlssocket) is, as far as it is used. */
export interface TLSSocket {
	read(buffer: ByteBuffer | number | undefined): number | ArrayBuffer | undefined;
	write(buffer: Uint8Array): number;
	close(): void;
}

export interface TLSSocketOptions {
	address: string;
	port: number;
	nodelay?: boolean;
	host: string;
	secure: SecureOptions;
	TCP: { io: new (options: RawTCPOptions) => RawTCP };
	guard: Guard;
	onReadable(count: number): void;
	onWritable(count: number): void;
	onError(): void;
}

export type TLSSocketConstructor = new (options: TLSSocketOptions) => TLSSocket;

/** What the TCP socket below TLSSocket asks of the TLS socket above it: to have its callbacks called so that nothing escapes. */
export interface Guard {
	readonly TCP: TCPConstructor;
	readonly later: (callback: () => void) => void;
	raw: RawTCP | undefined;
	run(callback: () => void): void;
}

/**
 * TLS over the SDK's TLSSocket with the contract of drive's TLSConstructor. TLSSocket throws every failure from a callback of the
 * socket or timer below, which reboots an ESP32; here it comes to `onError`. `later` calls back in a turn of its own.
 */
export function guardedTLS(
	TLSSocket: TLSSocketConstructor,
	TCP: TCPConstructor,
	later: (callback: () => void) => void,
): TLSConstructor {
	return class TLS implements TCP, Guard {
		target?: unknown;
		readonly TCP = TCP;
		readonly later = later;
		raw: RawTCP | undefined;
		private readonly options: TLSOptions;
		private socket: TLSSocket | undefined;
		private ready = false;
		/** Failed, or ended by the peer: nothing more is told. */
		private over = false;
		private room = 0;

		/** Throws TypeError when settings cannot be used, and what TCP's constructor throws. */
		constructor(options: TLSOptions) {
			const { address, port, host, noDelay, nodelay, target, secure } = options;
			const settings = secureOptions(secure, host);
			this.options = options;
			this.target = target;
			try {
				this.socket = new TLSSocket({
					address,
					port,
					nodelay: nodelay ?? noDelay,
					host,
					secure: settings,
					TCP: { io: RawTCP },
					guard: this,
					onReadable: (count) => this.options.onReadable?.call(this, count),
					onWritable: (count) => this.writable(count),
					onError: () => this.ended(),
				});
			} catch (error) {
				this.raw?.close();
				throw tlsError(error);
			}
		}

		get remoteAddress(): string | undefined {
			this.open();
			return this.raw?.remoteAddress;
		}

		get remotePort(): number | undefined {
			this.open();
			return this.raw?.remotePort;
		}

		get format(): "buffer" {
			this.open();
			return "buffer";
		}

		set format(format: "buffer") {
			this.open();
			if (format !== "buffer") throw new RangeError(`expected format buffer, got ${format}`);
		}

		read(): ArrayBuffer | undefined;
		read(count: number): ArrayBuffer | undefined;
		read(buffer: ByteBuffer): number | undefined;
		read(wanted?: number | ByteBuffer): never {
			const socket = this.open();
			// What TLSSocket throws here is the caller's to see: it asked for more than is there.
			return (this.raw as RawTCP).hidden(() => socket.read(wanted)) as never;
		}

		write(buffer: ByteBuffer): number | undefined {
			const socket = this.open();
			if (this.over) return undefined;
			if (!this.ready) throw new Error("not connected");
			// TLSSocket does not look at where a view begins.
			const bytes = bytesOf(buffer).slice();
			if (bytes.length > this.room)
				throw new RangeError(`expected at most ${this.room} bytes to write, got ${bytes.length}`);
			try {
				socket.write(bytes);
			} catch (error) {
				this.over = true;
				throw tlsError(error);
			}
			this.room = roomOf(this.raw!.writable);
			return this.room;
		}

		close(): void {
			const { socket, raw } = this;
			this.over = true;
			this.socket = undefined;
			this.raw = undefined;
			try {
				socket?.close();
			} catch {
				// It throws when it is half made.
			}
			raw?.close();
		}

		run(callback: () => void): void {
			if (this.over) return;
			try {
				callback();
			} catch (error) {
				this.fail(tlsError(error));
			}
		}

		private writable(count: number): void {
			if (this.over) return;
			// It says so of a handshake that it gave up, too, and would then send what it is given, as plain text even.
			if (!this.raw!.ciphered) {
				this.fail(new Error("TLS failed: the peer offered no version that the device speaks, or closed"));
				return;
			}
			this.ready = true;
			this.room = Math.min(count, LONGEST_FRAGMENT);
			this.options.onWritable?.call(this, this.room);
		}

		private ended(): void {
			if (this.ready) this.fail();
			else this.fail(new Error("the connection ended before the TLS handshake did"));
		}

		private fail(error?: Error): void {
			if (this.over) return;
			this.over = true;
			if (error) this.options.onError?.call(this, error);
			else this.options.onError?.call(this);
		}

		private open(): TLSSocket {
			if (!this.socket) throw new Error("closed");
			return this.socket;
		}
	};
}

function roomOf(writable: number): number {
	return Math.min(Math.max(writable - OVERHEAD, 0), LONGEST_FRAGMENT);
}

function bytesOf(buffer: ByteBuffer): Uint8Array {
	if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer);
	return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
