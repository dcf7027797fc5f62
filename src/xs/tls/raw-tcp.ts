// SPDX-License-Identifier: MIT
import type { TCP } from "../../drive/index.ts";
import type { Guard } from "./guarded-tls.ts";
import { KeyExchangeGuard } from "./key-exchange.ts";

/** The first byte of a record that says that the ones after it are encrypted, RFC 5246 §6.2.1. */
const CHANGE_CIPHER_SPEC = 20;

/** What TLSSocket gives to the constructor of the socket below it: all that it was given, and its own callbacks. */
export interface RawTCPOptions {
	address: string;
	port: number;
	nodelay?: boolean;
	guard: Guard;
	onReadable(count: number): void;
	onWritable(count: number): void;
	onError(): void;
}

/** The TCP socket below a TLSSocket: its callbacks are guarded, so is the turn that TLSSocket would take by a timer of its own. */
export class RawTCP {
	/** TLSSocket keeps here how many bytes may be written. */
	writable = 0;
	private readonly guard: Guard;
	private readonly socket: TCP;
	private readonly onReadable: (count: number) => void;
	private readonly onWritable: (count: number) => void;
	private readonly keyExchange = new KeyExchangeGuard();
	private count = 0;
	/** We said that what follows is encrypted. */
	private sentCipher = false;
	/** Bytes that the socket takes now. */
	private room = 0;
	/** What did not fit: TLSSocket writes its part of a handshake at once, however small the socket's buffer is. */
	private waiting: Uint8Array[] = [];
	private hiding = false;
	private due = false;
	private closed = false;

	constructor(options: RawTCPOptions) {
		const { address, port, nodelay, guard, onReadable, onWritable, onError } = options;
		this.guard = guard;
		this.onReadable = onReadable;
		this.onWritable = onWritable;
		guard.raw = this;
		this.socket = new guard.TCP({
			address,
			port,
			...(nodelay !== undefined && { nodelay }),
			onReadable: (count) => guard.run(() => this.readableNow(count)),
			onWritable: (count) => guard.run(() => this.flush(count)),
			onError: () => guard.run(onError),
		});
	}

	/** TLSSocket keeps here how many bytes may be read. */
	get readable(): number {
		return this.hiding ? 0 : this.count;
	}

	set readable(count: number) {
		this.count = count;
	}

	/** Both ends have said that what follows is encrypted. */
	get ciphered(): boolean {
		return this.sentCipher && this.keyExchange.over;
	}

	get remoteAddress(): string | undefined {
		return this.socket.remoteAddress;
	}

	get remotePort(): number | undefined {
		return this.socket.remotePort;
	}

	/** Throws what the handshake must not go on with. */
	read(bytes: Uint8Array): number | undefined {
		const count = this.socket.read(bytes);
		if (!this.keyExchange.over && count !== undefined) this.keyExchange.check(bytes.subarray(0, count));
		return count;
	}

	/** Sends a record, as far as there is room, and the rest later. Returns how many bytes more may be written. */
	write(record: Uint8Array): number {
		if (record[0] === CHANGE_CIPHER_SPEC) this.sentCipher = true;
		this.waiting.push(record);
		// A flight of the handshake leaves when all of it is there: a server that refuses its first record would close before the others
		// came, and what it said be lost.
		if (this.ciphered) this.drain();
		return this.room;
	}

	/**
	 * Calls `read`, in which TLSSocket would set a timer when more is there, whose callback nobody could guard. So it sees nothing
	 * there, and has its turn from here.
	 */
	hidden<Result>(read: () => Result): Result {
		this.hiding = true;
		try {
			return read();
		} finally {
			this.hiding = false;
			if (this.count > 0 && !this.due) {
				this.due = true;
				this.guard.later(() => this.more());
			}
		}
	}

	close(): void {
		if (this.closed) return;
		this.closed = true;
		this.socket.close();
	}

	private flush(count: number): void {
		this.room = count;
		this.drain();
		if (this.waiting.length > 0) return;
		this.onWritable(this.room);
		this.drain();
	}

	private readableNow(count: number): void {
		this.onReadable(count);
		this.drain();
	}

	private drain(): void {
		while (this.waiting.length > 0 && this.room > 0 && !this.closed) {
			const bytes = this.waiting[0]!;
			const fits = bytes.length <= this.room;
			const part = fits ? bytes : bytes.slice(0, this.room);
			if (fits) this.waiting.shift();
			else this.waiting[0] = bytes.subarray(part.length);
			// Undefined from a connection that was lost is no room.
			this.room = this.socket.write(part) ?? 0;
		}
	}

	private more(): void {
		this.due = false;
		if (this.closed || this.count === 0) return;
		this.guard.run(() => this.readableNow(this.count));
	}
}
