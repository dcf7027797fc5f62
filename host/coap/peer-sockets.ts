// SPDX-License-Identifier: MIT
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import type { ByteBuffer, Datagram, Endpoint, UDP, UDPOptions } from "../../src/drive/index.ts";
import { bytesOf } from "../io/check.ts";

/** How many endpoints have a socket at a time; another one takes the place of the one that was written to longest ago. */
const SOCKETS = 256;

/** What the network says when nobody is there. */
const REFUSALS = ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"];

/** Told that nobody listens at an endpoint. */
export type OnRefused = (endpoint: Endpoint) => void;

/**
 * ECMA-419's UDP socket for a client: behind it is a socket of its own for each endpoint, connected, for then the system tells when nobody
 * listens there, and lets nobody else in. One for a multicast group is not, for anybody may answer.
 */
export class PeerSockets implements UDP {
	readonly format = "buffer";
	private readonly options: UDPOptions;
	private readonly onRefused: OnRefused;
	/** By endpoint, in the order in which they were written to. */
	private readonly sockets = new Map<string, Socket>();
	private readonly waiting: Datagram[] = [];
	private held = false;

	constructor(options: UDPOptions, onRefused: OnRefused) {
		this.options = options;
		this.onRefused = onRefused;
	}

	/** Whether the sockets keep the program from ending. */
	hold(held: boolean): void {
		this.held = held;
		for (const socket of this.sockets.values()) keep(socket, held);
	}

	read(): Datagram | undefined {
		return this.waiting.shift();
	}

	write(buffer: ByteBuffer, address: string, port: number): void {
		const key = `${address}:${port}`;
		const socket = this.sockets.get(key) ?? this.open(address, port);
		this.sockets.delete(key);
		this.sockets.set(key, socket);
		// Node may send later, when the bytes are the caller's again: it gets a copy.
		const bytes = Buffer.from(bytesOf(buffer));
		if (isMulticast(address)) socket.send(bytes, port, address, () => {});
		else socket.send(bytes, (error) => error && this.failed(error, { address, port }));
	}

	close(): void {
		for (const socket of this.sockets.values()) socket.close();
		this.sockets.clear();
		this.waiting.length = 0;
	}

	private open(address: string, port: number): Socket {
		// With an answer at once, Node binds and connects before `connect` returns.
		const socket = createSocket({ type: "udp4", lookup: (literal, _options, callback) => callback(null, literal, 4) });
		keep(socket, this.held);
		socket.on("error", (error) => this.failed(error, { address, port }));
		socket.on("message", (bytes, from) => this.arrived(bytes, from));
		const local = this.options.address;
		if (local !== undefined) socket.bind({ port: 0, address: local, exclusive: true });
		if (!isMulticast(address)) socket.connect(port, address);
		else if (local !== undefined) socket.setMulticastInterface(local);
		if (this.sockets.size >= SOCKETS) {
			const [oldest, other] = this.sockets.entries().next().value!;
			this.sockets.delete(oldest);
			other.close();
		}
		return socket;
	}

	private arrived(bytes: Buffer, { address, port }: RemoteInfo): void {
		const datagram = new Uint8Array(bytes).buffer as ArrayBuffer;
		this.waiting.push(Object.assign(datagram, { address, port }));
		this.options.onReadable?.call(this, this.waiting.length);
	}

	private failed(error: NodeJS.ErrnoException, endpoint: Endpoint): void {
		if (REFUSALS.includes(error.code ?? "")) this.onRefused(endpoint);
		else this.options.onError?.call(this, error);
	}
}

/** Whether an IPv4 address is that of a group. */
export function isMulticast(address: string): boolean {
	const first = Number.parseInt(address, 10);
	return first >= 224 && first <= 239;
}

function keep(socket: Socket, held: boolean): void {
	if (held) socket.ref();
	else socket.unref();
}
