// SPDX-License-Identifier: MIT
import type { Socket } from "node:net";
import type { TCP, TCPOptions } from "../../src/drive/index.ts";

/** What every way to make a TCP instance may ask for. */
export type Settings = Omit<TCPOptions, "address" | "port" | "from">;

/** How many unread, and how many unsent, bytes a device keeps: 1,536 in Moddable on Linux, 5,744 on an ESP32. */
export const WINDOW = 1536;

/** A node socket with a device's small buffers. It outlives the TCP instance that owns it when another one takes it over. */
export class Connection {
	private socket: Socket;
	private owner: TCP | undefined;
	private callbacks: Pick<Settings, "onReadable" | "onWritable" | "onError"> = {};
	private input: Uint8Array = new Uint8Array(0);
	private room = 0;
	protected connected = false;
	/** Bytes came. */
	protected heard = false;
	private ended = false;
	private failure: Error | undefined;
	/** A turn is due, and what the owner is to be told in it. */
	private due = false;
	private grown = false;
	private drained = false;
	private told = false;

	/** `ready` is the event that says that bytes may be sent, unless it was before. */
	constructor(socket: Socket, ready: "connect" | "secureConnect" = "connect") {
		this.socket = socket;
		if (socket.connecting) socket.once(ready, () => this.opened());
		else this.opened();
		socket.on("data", (bytes) => this.arrived(bytes));
		socket.on("end", () => this.finished());
		socket.on("error", (error) => this.finished(error));
	}

	get remoteAddress(): string | undefined {
		return this.socket.remoteAddress?.replace("::ffff:", "");
	}

	get remotePort(): number | undefined {
		return this.socket.remotePort;
	}

	/** How many bytes may be read. */
	get readable(): number {
		return Math.min(this.input.length, WINDOW);
	}

	/** From now on `owner` is told what happens, beginning with how things stand. */
	hand(owner: TCP, { noDelay, nodelay, keepAlive, onReadable, onWritable, onError }: Settings): void {
		if (noDelay ?? nodelay) this.socket.setNoDelay(true);
		if (keepAlive) this.socket.setKeepAlive(true, keepAlive);
		this.owner = owner;
		this.callbacks = { onReadable, onWritable, onError };
		this.grown = true;
		this.drained = this.connected;
		this.told = false;
		this.announce();
	}

	/** A copy of the next `count` bytes. Throws RangeError when they are not there. */
	take(count: number): Uint8Array<ArrayBuffer> {
		const before = this.readable;
		if (!(count >= 1 && count <= before)) throw new RangeError(`expected 1 to ${before} bytes to read, got ${count}`);
		const bytes = new Uint8Array(this.input.subarray(0, count));
		this.input = this.input.subarray(bytes.length);
		if (this.input.length < WINDOW) this.socket.resume();
		if (this.readable > before - bytes.length) this.grown = true;
		this.announce();
		return bytes;
	}

	/** Sends a copy of `bytes`; returns how many more may be sent, undefined when the connection was lost. Throws, sending nothing. */
	send(bytes: Uint8Array): number | undefined {
		if (this.ended) return undefined;
		if (!this.connected) throw new Error("not connected");
		const count = bytes.length;
		if (count > this.room) throw new RangeError(`expected at most ${this.room} bytes to write, got ${count}`);
		this.room -= count;
		this.socket.write(bytes.slice(), (error) => {
			if (!error) this.drain(count);
		});
		return this.room;
	}

	/** Tells nobody any more; closes when what was sent has left. */
	close(): void {
		this.owner = undefined;
		this.callbacks = {};
		if (this.connected) this.socket.destroySoon();
		else this.socket.destroy();
	}

	protected opened(): void {
		this.connected = true;
		this.drain(WINDOW);
	}

	private drain(count: number): void {
		this.room += count;
		this.drained = true;
		this.announce();
	}

	private arrived(bytes: Uint8Array): void {
		const before = this.readable;
		this.heard = true;
		this.input = before === 0 ? bytes : Buffer.concat([this.input, bytes]);
		if (this.input.length >= WINDOW) this.socket.pause();
		if (this.readable > before) this.grown = true;
		this.announce();
	}

	private finished(error?: Error): void {
		this.failure ??= error && this.reason(error);
		this.ended = true;
		this.announce();
	}

	/** What the owner is told of `error`: Moddable's sockets say nothing of how a connection ended that was there. */
	protected reason(error: Error): Error | undefined {
		return this.connected ? undefined : error;
	}

	/** Callbacks come in a turn of their own, one for all that happened before it. */
	private announce(): void {
		if (this.due) return;
		this.due = true;
		setImmediate(() => {
			this.due = false;
			this.tell();
		});
	}

	/** In the order of an ESP32. Each callback may close the connection, which empties `callbacks`, or hand it to another owner. */
	private tell(): void {
		if (this.grown && this.readable > 0) {
			this.grown = false;
			this.callbacks.onReadable?.call(this.owner!, this.readable);
		}
		if (this.drained && !this.ended) {
			this.drained = false;
			this.callbacks.onWritable?.call(this.owner!, this.room);
		}
		if (this.ended && this.input.length === 0 && !this.told) {
			this.told = true;
			if (this.failure) this.callbacks.onError?.call(this.owner!, this.failure);
			else this.callbacks.onError?.call(this.owner!);
		}
	}
}
