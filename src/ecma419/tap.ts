// SPDX-License-Identifier: MIT
import type { ByteBuffer, TCP, TCPOptions } from "../drive/index.ts";
import { bytesOf } from "./byte-buffer.ts";
import { PUBLISH } from "./operation.ts";
import { PacketScanner } from "./packet-scanner.ts";

/** How many bytes are taken from the socket at once: so much may come between a message that the application does not read and the pause. */
const PIECE = 512;

/** Who listens in. */
export interface Listener {
	/** What came so far was taken; false: the application has to read first, and then calls `resume`. */
	deliver(): boolean;
	/** A packet came that is no PUBLISH, and was taken; `over`: it ended the connection. */
	received(packet: PacketScanner, over: boolean): void;
	/** A packet was sent. */
	sent(packet: PacketScanner): void;
	/** The socket takes bytes. */
	writable(): void;
}

/** A socket between the driver and the real one: hears the packets that pass, in their order, and holds what comes back while the application does not read. */
export class Tap implements TCP {
	readonly remoteAddress = undefined;
	readonly remotePort = undefined;
	readonly format = "buffer";
	/** How many bytes the socket takes. */
	room = 0;
	/** Inside `resume`. */
	busy = false;
	private readonly listener: Listener;
	private readonly driver: TCPOptions;
	private readonly socket: TCP;
	private readonly incoming: PacketScanner;
	private readonly outgoing: PacketScanner;
	private readonly bytes = new Uint8Array(PIECE);
	private at = 0;
	private end = 0;
	/** Bytes that wait in the socket. */
	private available = 0;
	private closed = false;
	private failed = false;
	private failure: Error | undefined;

	/** `open` makes the real socket with the options that it is given; of a packet `most` bytes are kept. */
	constructor(driver: TCPOptions, open: (options: TCPOptions) => TCP, most: number, listener: Listener) {
		this.driver = driver;
		this.listener = listener;
		this.incoming = new PacketScanner(most);
		this.outgoing = new PacketScanner(most);
		this.socket = open({
			...driver,
			onReadable: (count) => {
				this.available = count;
				this.resume();
			},
			onWritable: (count) => this.writable(count),
			onError: (error) => {
				this.failed = true;
				this.failure = error;
				this.resume();
			},
		});
		// Moddable's TLS socket begins with another.
		this.socket.format = "buffer";
	}

	private writable(count: number): void {
		if (this.closed) return;
		this.room = count;
		this.driver.onWritable!.call(this, count);
		if (!this.closed) this.listener.writable();
	}

	/** Gives what came to the driver, a packet at a time, until the application has to read; then the end of the connection. */
	resume(): void {
		if (this.busy) return;
		this.busy = true;
		while (this.listener.deliver() && !this.closed) {
			if (this.at === this.end && this.available > 0) this.fill();
			if (this.at < this.end) this.pass();
			else if (!this.failed) break;
			else this.driver.onError!.call(this, this.failure);
		}
		this.busy = false;
	}

	private fill(): void {
		this.at = 0;
		this.end = Math.min(this.available, PIECE);
		this.available -= this.end;
		this.socket.read(this.bytes.subarray(0, this.end));
	}

	private pass(): void {
		const { incoming, at, end } = this;
		const length = incoming.scan(this.bytes, at, end) - at;
		this.driver.onReadable!.call(this, length);
		if (incoming.complete && incoming.type !== PUBLISH) this.listener.received(incoming, this.closed);
	}

	read(): ArrayBuffer | undefined;
	read(count: number): ArrayBuffer | undefined;
	read(buffer: ByteBuffer): number | undefined;
	/** The driver reads all that it was told of, into its own buffers. */
	read(buffer?: number | ByteBuffer): never {
		const into = bytesOf(buffer as ByteBuffer);
		into.set(this.bytes.subarray(this.at, this.at + into.length));
		this.at += into.length;
		return into.length as never;
	}

	write(buffer: ByteBuffer): number {
		const bytes = bytesOf(buffer);
		this.room = this.socket.write(bytes) ?? 0;
		for (let at = 0; at < bytes.length; ) {
			at = this.outgoing.scan(bytes, at, bytes.length);
			if (this.outgoing.complete) this.listener.sent(this.outgoing);
		}
		return this.room;
	}

	/** Sends a packet of the application's own between those of the client; false when there is no room now. */
	insert(packet: Uint8Array): boolean {
		if (!this.outgoing.between || this.room < packet.length) return false;
		this.room = this.socket.write(packet) ?? 0;
		this.driver.onWritable!.call(this, this.room);
		return true;
	}

	/** Ends the connection, as if the network had. */
	cut(): void {
		if (!this.closed) this.driver.onError!.call(this);
	}

	close(): void {
		this.closed = true;
		this.room = 0;
		this.socket.close();
	}
}
