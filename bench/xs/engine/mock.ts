// SPDX-License-Identifier: MIT
// ECMA-419 sockets, timers and a clock in the engine, without a host behind them. What is native on a device is not counted.
import type { ByteBuffer, Datagram, Platform, TCP, TCPOptions, UDP, UDPOptions } from "../../../src/drive/index.ts";
import { metered, pause, resume } from "./meter.ts";

const LARGEST = 2048;
/** How many there are of each mock: all are made in advance, so that memory which grows is not theirs. */
const MANY = 64;

/** What was written and not yet looked at. */
export class Written {
	readonly bytes = new Uint8Array(LARGEST);
	length = 0;

	add(bytes: Uint8Array): void {
		if (this.length + bytes.length > LARGEST) this.length = 0;
		this.bytes.set(bytes, this.length);
		this.length += bytes.length;
	}
}

/** A TCP socket; what it calls back is counted. */
export class MockTCP implements TCP {
	readonly remoteAddress = undefined;
	readonly remotePort = undefined;
	readonly format = "buffer";
	readonly written = new Written();
	private incoming: Uint8Array = this.written.bytes;
	private pieces: Uint8Array[] = [];
	private at = 0;
	private room = 0;
	private onReadable: (count: number) => void = () => {};
	private onWritable: (count: number) => void = () => {};
	private readonly readable = (): void => this.onReadable(this.incoming.length);
	private readonly writable = (): void => this.onWritable(this.room);

	open(options: TCPOptions): void {
		this.onReadable = options.onReadable!;
		this.onWritable = options.onWritable!;
		mock.tcp = this;
	}

	/** `bytes` come. */
	receives(bytes: Uint8Array): void {
		if (bytes !== this.incoming) this.pieces = [];
		this.incoming = bytes;
		this.at = 0;
		metered(this.readable);
	}

	/** `room` bytes may be written. */
	takes(room: number): void {
		this.room = room;
		metered(this.writable);
	}

	read(into?: number | ByteBuffer): never {
		const spent = pause();
		const buffer = into as Uint8Array;
		const { at, pieces } = this;
		this.at = at + buffer.length;
		pieces[at] ??= this.incoming.subarray(at, this.at);
		buffer.set(pieces[at]);
		resume(spent);
		return buffer.length as never;
	}

	write(buffer: ByteBuffer): number {
		const spent = pause();
		this.written.add(buffer as Uint8Array);
		this.room -= buffer.byteLength;
		resume(spent);
		return this.room;
	}

	close(): void {}
}

/** A UDP socket; what it calls back is counted. */
export class MockUDP implements UDP {
	readonly format = "buffer";
	/** The datagram that was written last. */
	readonly written = new Written();
	private incoming: Datagram | undefined;
	private onReadable: (count: number) => void = () => {};
	private readonly readable = (): void => this.onReadable(1);

	open(options: UDPOptions): void {
		this.onReadable = options.onReadable!;
		mock.udp = this;
	}

	/** A datagram comes. */
	receives(datagram: Datagram): void {
		this.incoming = datagram;
		metered(this.readable);
	}

	read(): Datagram | undefined {
		const spent = pause();
		const datagram = this.incoming;
		resume(spent);
		return datagram;
	}

	write(buffer: ByteBuffer, _address: string, _port: number): void {
		const spent = pause();
		this.written.length = 0;
		this.written.add(buffer as Uint8Array);
		resume(spent);
	}

	close(): void {}
}

class Timer {
	due = Infinity;
	callback: () => void = () => {};
}

/** What a scenario has of the outside: the sockets that were made last, the clock. */
export const mock = {
	tcp: undefined as unknown as MockTCP,
	udp: undefined as unknown as MockUDP,
	now: 0,
};

const timers = Array.from({ length: MANY }, () => new Timer());
let found: ((address: string) => void) | undefined;

/** The platform that drivers are given. */
export const platform: Platform = {
	TCP: opens(Array.from({ length: MANY }, () => new MockTCP())),
	UDP: opens(Array.from({ length: MANY }, () => new MockUDP())),
	now: () => mock.now,
	random: () => 0.5,

	setTimer(callback, delay) {
		const spent = pause();
		const timer = timers.find(({ due }) => due === Infinity)!;
		timer.due = mock.now + delay;
		timer.callback = callback;
		resume(spent);
		return timer;
	},

	clearTimer(timer) {
		const spent = pause();
		(timer as Timer).due = Infinity;
		resume(spent);
	},

	resolve(host, callback) {
		const spent = pause();
		found = () => callback(host);
		resume(spent);
	},
};

/** A constructor of sockets that are there already. */
function opens<Options, Socket extends { open(options: Options): void }>(sockets: Socket[]) {
	let used = 0;
	return function open(options: Options): Socket {
		const socket = sockets[used++]!;
		socket.open(options);
		return socket;
	} as unknown as new (
		options: Options,
	) => Socket;
}

/** Answers what was resolved: every host is its own address. */
export function resolves(): void {
	found?.("");
	found = undefined;
}

/** Moves the clock to the next timer, and rings it. */
export function rings(): void {
	let next = timers[0]!;
	for (const timer of timers) if (timer.due < next.due) next = timer;
	mock.now = next.due;
	next.due = Infinity;
	metered(next.callback);
}
