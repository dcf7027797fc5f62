// SPDX-License-Identifier: MIT
import type {
	ByteBuffer,
	Datagram,
	Platform,
	TCP,
	TCPOptions,
	TLSOptions,
	UDP,
	UDPOptions,
} from "../../src/drive/index.ts";
import { seeded } from "./random.ts";

const bytesOf = (buffer: ByteBuffer): Uint8Array =>
	buffer instanceof ArrayBuffer
		? new Uint8Array(buffer)
		: new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);

/** A TCP socket whose peer is the test. */
export class FakeTCP implements TCP {
	remoteAddress = undefined;
	remotePort = undefined;
	format = "buffer" as const;
	closed = false;
	written: Uint8Array[] = [];
	/** Bytes that each write takes besides its own. */
	overhead = 0;
	/** What `write` throws next. */
	failure: Error | undefined;
	readonly address: string;
	readonly port: number;
	/** What only a TLS socket is given. */
	readonly secure: Pick<TLSOptions, "host" | "secure"> | undefined;
	/** Small packets wait for the last one's ACK. */
	readonly delays: boolean;
	private options: TCPOptions;
	private room = 0;
	private incoming: Uint8Array = new Uint8Array(0);

	constructor(options: TCPOptions) {
		this.options = options;
		const { address, port, host, secure, noDelay, nodelay } = options as TLSOptions;
		this.delays = !(noDelay && nodelay);
		this.address = address;
		this.port = port;
		this.secure = secure && { host, secure };
	}

	writable(count: number): void {
		this.room = count;
		this.options.onWritable?.call(this, count);
	}

	receives(bytes: Uint8Array): void {
		this.incoming = bytes;
		this.options.onReadable?.call(this, bytes.length);
	}

	fails(error?: Error): void {
		this.options.onError?.call(this, error);
	}

	read(): ArrayBuffer | undefined;
	read(count: number): ArrayBuffer | undefined;
	read(buffer: ByteBuffer): number | undefined;
	read(into?: number | ByteBuffer): never {
		const target = bytesOf(into as ByteBuffer);
		if (target.length > this.incoming.length) throw new RangeError("expected fewer bytes");
		target.set(this.incoming.subarray(0, target.length));
		this.incoming = this.incoming.slice(target.length);
		return target.length as never;
	}

	write(buffer: ByteBuffer): number {
		if (this.failure) throw this.failure;
		this.written.push(bytesOf(buffer).slice());
		this.room -= this.overhead + bytesOf(buffer).length;
		return this.room;
	}

	close(): void {
		this.closed = true;
	}
}

/** A UDP socket whose peers are the test. */
export class FakeUDP implements UDP {
	format = "buffer" as const;
	closed = false;
	sent: { bytes: Uint8Array; address: string; port: number }[] = [];
	failure: Error | undefined;
	private options: UDPOptions;
	private incoming: Datagram[] = [];

	constructor(options: UDPOptions) {
		this.options = options;
	}

	receives(address: string, port: number, ...datagrams: Uint8Array[]): void {
		for (const bytes of datagrams)
			this.incoming.push(Object.assign(bytes.slice().buffer as ArrayBuffer, { address, port }));
		this.options.onReadable?.call(this, this.incoming.length);
	}

	fails(error?: Error): void {
		this.options.onError?.call(this, error);
	}

	read(): Datagram | undefined {
		return this.incoming.shift();
	}

	write(buffer: ByteBuffer, address: string, port: number): void {
		if (this.failure) throw this.failure;
		this.sent.push({ bytes: bytesOf(buffer).slice(), address, port });
	}

	close(): void {
		this.closed = true;
	}
}

/** A platform whose clock, sockets and names are the test's. */
export class FakePlatform implements Platform {
	readonly tcp: FakeTCP[] = [];
	readonly udp: FakeUDP[] = [];
	readonly TCP: Platform["TCP"];
	/** A test may take it away. */
	TLS: Platform["TLS"];
	readonly UDP: Platform["UDP"];
	readonly random = seeded(1);
	time = 0;
	/** The names that resolve, besides IPv4 literals. */
	names: Record<string, string> = {};
	/** What the next socket's constructor throws. */
	failure: Error | undefined;
	private timers: { at: number; callback: () => void }[] = [];

	constructor() {
		const { tcp, udp } = this;
		const check = () => {
			if (this.failure) throw this.failure;
		};
		this.TCP = class extends FakeTCP {
			constructor(options: TCPOptions) {
				check();
				super(options);
				tcp.push(this);
			}
		};
		this.TLS = this.TCP as unknown as Platform["TLS"];
		this.UDP = class extends FakeUDP {
			constructor(options: UDPOptions) {
				check();
				super(options);
				udp.push(this);
			}
		};
	}

	now(): number {
		return this.time;
	}

	setTimer(callback: () => void, delay: number): unknown {
		const timer = { at: this.time + delay, callback };
		this.timers.push(timer);
		return timer;
	}

	clearTimer(timer: unknown): void {
		this.timers = this.timers.filter((other) => other !== timer);
	}

	resolve(host: string, callback: (address: string | undefined) => void): void {
		this.setTimer(() => callback(/^[\d.]+$/.test(host) ? host : this.names[host]), 0);
	}

	/** How many timers are armed. */
	get armed(): number {
		return this.timers.length;
	}

	/** Lets `duration` milliseconds pass; timers fire in their order. */
	pass(duration: number): void {
		const end = this.time + duration;
		for (;;) {
			const next = this.timers.reduce((a, b) => (b.at < a.at ? b : a), { at: Infinity, callback: () => {} });
			if (next.at > end) break;
			this.time = Math.max(this.time, next.at);
			this.clearTimer(next);
			next.callback();
		}
		this.time = end;
	}
}
