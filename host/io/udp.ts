// SPDX-License-Identifier: MIT
import { createSocket, type RemoteInfo, type Socket, type SocketOptions } from "node:dgram";
import type { ByteBuffer, Datagram, UDPOptions, UDP as UDPSocket } from "../../src/drive/index.ts";
import { bytesOf, checkAddress, checkFormat, checkPort } from "./check.ts";

/** How many unread datagrams a device keeps, and how many bytes of each. */
const QUEUE = 100;
const LARGEST_READ = 2048;

/** What an IPv4 packet holds after the headers, RFC 768 and RFC 791. */
const LARGEST_WRITE = 65507;

/** ECMA-419's UDP socket on node:dgram, with the limits of Moddable's. */
export class UDP implements UDPSocket {
	target?: unknown;
	private socket: Socket | undefined;
	private waiting: Datagram[] = [];
	/** The latest address that was written to, which is a right one. */
	private checked = "";

	/** Throws when the port is taken, unless both are `shared`, TypeError or RangeError when an option is wrong. */
	constructor(options: UDPOptions & { shared?: boolean }) {
		checkFormat("buffer", options.format);
		const port = checkPort(options.port ?? 0);
		const address = checkAddress(options.address ?? "0.0.0.0");
		const socket = createSocket({ type: "udp4", reuseAddr: options.shared === true, lookup: literal });
		let failure: Error | undefined;
		socket.on("error", (error) => {
			failure = error;
			if (this.socket) options.onError?.call(this, error);
		});
		socket.on("message", (bytes, from) => {
			this.keep(bytes, from);
			options.onReadable?.call(this, this.waiting.length);
		});
		socket.bind({ port, address, exclusive: true });
		if (failure) {
			socket.close();
			throw failure;
		}
		this.socket = socket;
		this.target = options.target;
	}

	get format(): "buffer" {
		this.open();
		return "buffer";
	}

	set format(format: "buffer") {
		this.open();
		checkFormat("buffer", format);
	}

	/** The local port, also when 0 was asked for. */
	get port(): number {
		return this.open().address().port;
	}

	/** Takes what is sent to an IPv4 group, too, on the interface with the address `local`, or on the system's choice. */
	join(group: string, local?: string): void {
		this.open().addMembership(group, local);
	}

	/** Whether it keeps the program from ending, which it does at first. */
	hold(held: boolean): void {
		if (held) this.open().ref();
		else this.open().unref();
	}

	read(): Datagram | undefined {
		this.open();
		return this.waiting.shift();
	}

	/** A datagram that the system cannot send is lost without a word, as one that the network loses. */
	write(buffer: ByteBuffer, address: string, port: number): void {
		const socket = this.open();
		const bytes = bytesOf(buffer);
		if (bytes.length > LARGEST_WRITE)
			throw new RangeError(`expected at most ${LARGEST_WRITE} bytes to write, got ${bytes.length}`);
		// Answers mostly go where the one before went.
		if (address !== this.checked) this.checked = checkAddress(address);
		// Node may send later, when the bytes are the caller's again: it gets a copy. Without a callback it tells of no failure.
		socket.send(Buffer.from(bytes), checkPort(port), address);
	}

	close(): void {
		this.socket?.close();
		this.socket = undefined;
		this.waiting.length = 0;
	}

	/** Each datagram comes in memory of its own, which is handed on when it is not too long. */
	private keep(bytes: Buffer, { address, port }: RemoteInfo): void {
		const whole = bytes.length <= LARGEST_READ && bytes.length === bytes.buffer.byteLength;
		const datagram = (whole ? bytes.buffer : new Uint8Array(bytes.subarray(0, LARGEST_READ)).buffer) as Datagram;
		datagram.address = address;
		datagram.port = port;
		this.waiting.push(datagram);
		if (this.waiting.length > QUEUE) this.waiting.shift();
	}

	private open(): Socket {
		if (!this.socket) throw new Error("closed");
		return this.socket;
	}
}

/** Answers at once, since all addresses are literals; so Node binds and sends before `bind` and `send` return. */
const literal: SocketOptions["lookup"] = (address, _options, callback) => callback(null, address, 4);
