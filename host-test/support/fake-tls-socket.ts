// SPDX-License-Identifier: MIT
import type { TCPOptions, TLSConstructor, TLSOptions, TLSSettings } from "../../src/drive/index.ts";
import { guardedTLS, type TLSSocketOptions } from "../../src/xs/tls/guarded-tls.ts";
import type { RawTCP } from "../../src/xs/tls/raw-tcp.ts";
import { FakeTCP } from "./fake-platform.ts";
import { hex, toHex } from "./hex.ts";

/** A record with our ChangeCipherSpec. */
export const HANDSHAKE_DONE = hex("140303000101");

/**
 * What matters of the SDK's TLSSocket: its callbacks throw, `read` sets a timer of its own, it is ready after an alert, too. "Records"
 * that come are one byte of what to do and one of how many bytes follow.
 */
export class FakeTLSSocket {
	static last: FakeTLSSocket;
	/** Callbacks that nobody guards. */
	static timers: (() => void)[] = [];
	readonly options: TLSSocketOptions;
	readonly socket: RawTCP;
	written: string[] = [];
	/** What an "f" makes it send, and is called after each of it. */
	flight: Uint8Array[] = [];
	afterRecord: () => void = () => {};
	private ready = false;
	private data: Uint8Array | undefined;
	/** What the constructor throws. */
	static broken: Error | undefined;

	constructor(options: TLSSocketOptions) {
		if (FakeTLSSocket.broken) throw FakeTLSSocket.broken;
		FakeTLSSocket.last = this;
		this.options = options;
		this.socket = new options.TCP.io({
			...options,
			onReadable: (count) => this.onReadable(count),
			onWritable: (count) => this.onWritable(count),
			onError: () => options.onError(),
		});
		this.socket.readable = 0;
		this.socket.writable = 0;
	}

	close(): void {
		this.socket.close();
	}

	read(into: unknown): number | undefined {
		if (!this.data) return undefined;
		const target = into as Uint8Array;
		target.set(this.data.subarray(0, target.length));
		this.data = this.data.length > target.length ? this.data.subarray(target.length) : undefined;
		if (!this.data && this.socket.readable) FakeTLSSocket.timers.push(() => this.onReadable(this.socket.readable));
		return target.length;
	}

	write(bytes: Uint8Array): number {
		this.written.push(toHex(bytes));
		const record = new Uint8Array(bytes.length + 29);
		record[0] = 23;
		this.socket.writable = this.socket.write(record);
		return this.socket.writable - 32;
	}

	private onWritable(count: number): void {
		this.socket.writable = count;
		if (this.ready && count > 96) this.options.onWritable(count - 96);
	}

	private onReadable(count: number): void {
		this.socket.readable = count;
		if (this.data) return;
		const head = new Uint8Array(2);
		this.socket.read(head);
		const body = new Uint8Array(head[1]!);
		if (body.length > 0) this.socket.read(body);
		this.socket.readable -= 2 + body.length;
		const text = new TextDecoder().decode(body);
		switch (String.fromCharCode(head[0]!)) {
			case "t":
				throw new Error(text);
			case "\x14":
				this.socket.write(HANDSHAKE_DONE);
				this.ready = true;
				this.onWritable(this.socket.writable);
				break;
			case "p":
				this.ready = true;
				this.onWritable(this.socket.writable);
				break;
			case "f":
				for (const flown of this.flight) {
					this.socket.write(flown);
					this.afterRecord();
				}
				break;
			case "e":
				this.options.onError();
				break;
			default:
				this.data = body;
				this.options.onReadable(body.length);
		}
	}
}

/** A record that makes the fake throw, finish the handshake, pretend to, send a flight, end, or give data. */
export function record(what: "t" | "h" | "p" | "f" | "e" | "d", text = ""): Uint8Array {
	// That is where the server's ChangeCipherSpec comes; its second byte, the version, says to the fake how many follow.
	if (what === "h") return hex("140400000101");
	const body = new TextEncoder().encode(text);
	return Uint8Array.from([what.charCodeAt(0), body.length, ...body]);
}

/** A guarded socket on a fake TLSSocket and a fake TCP, with what its callbacks were told; `later` runs what is due in a later turn. */
export function setUp(secure: TLSSettings = {}, callbacks: Partial<TCPOptions> = {}) {
	const sockets: FakeTCP[] = [];
	const due: (() => void)[] = [];
	class TCP extends FakeTCP {
		constructor(options: TCPOptions) {
			super(options);
			sockets.push(this);
		}
	}
	FakeTLSSocket.timers = [];
	FakeTLSSocket.broken = undefined;
	const TLS: TLSConstructor = guardedTLS(FakeTLSSocket as never, TCP as never, (callback) => due.push(callback));
	const log: string[] = [];
	const tls = new TLS({
		address: "192.0.2.1",
		port: 8883,
		host: "broker.local",
		secure,
		onReadable(count) {
			const into = new Uint8Array(count);
			this.read(into);
			log.push(new TextDecoder().decode(into));
		},
		onWritable: (count) => log.push(`writable ${count}`),
		onError: (error) => log.push(`error ${error?.message}`),
		...(callbacks as Partial<TLSOptions>),
	});
	const later = () => {
		for (const callback of due.splice(0)) callback();
	};
	return { TLS, tls, log, socket: sockets[0]!, later };
}

/** A connection whose handshake is over, with an empty log. */
export function connected(...parameters: Parameters<typeof setUp>) {
	const ends = setUp(...parameters);
	ends.socket.writable(1000);
	ends.socket.receives(record("h"));
	ends.log.length = 0;
	return ends;
}
