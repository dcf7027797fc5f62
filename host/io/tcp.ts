// SPDX-License-Identifier: MIT
import { connect } from "node:net";
import type { ByteBuffer, TCPOptions, TCP as TCPSocket } from "../../src/drive/index.ts";
import { bytesOf, checkAddress, checkFormat, checkPort } from "./check.ts";
import { Connection, type Settings } from "./connection.ts";

/** ECMA-419's TCP socket on node:net, with the limits of Moddable's. */
export class TCP implements TCPSocket {
	target?: unknown;
	private connection: Connection | undefined;

	/** A Connection as `from` is one that a Listener accepted. Throws TypeError or RangeError when an option is wrong. */
	constructor(options: TCPOptions | (Settings & { from: Connection })) {
		checkFormat("buffer", options.format);
		const connection = "from" in options ? takeOver(options.from) : dial(options.address, options.port);
		connection.hand(this, options);
		this.connection = connection;
		this.target = options.target;
	}

	get remoteAddress(): string | undefined {
		return this.open().remoteAddress;
	}

	get remotePort(): number | undefined {
		return this.open().remotePort;
	}

	get format(): "buffer" {
		this.open();
		return "buffer";
	}

	set format(format: "buffer") {
		this.open();
		checkFormat("buffer", format);
	}

	read(count?: number): ArrayBuffer | undefined;
	read(buffer: ByteBuffer): number | undefined;
	read(wanted?: number | ByteBuffer): ArrayBuffer | number | undefined {
		const connection = this.open();
		const { readable } = connection;
		if (readable === 0) return undefined;
		if (typeof wanted !== "object") return connection.take(wanted ?? readable).buffer;
		const into = bytesOf(wanted);
		into.set(connection.take(into.length));
		return into.length;
	}

	write(buffer: ByteBuffer): number | undefined {
		return this.open().send(bytesOf(buffer));
	}

	close(): void {
		this.connection?.close();
		this.connection = undefined;
	}

	/** Closes this instance but not its connection, which is the caller's now. */
	release(): Connection {
		const connection = this.open();
		this.connection = undefined;
		return connection;
	}

	private open(): Connection {
		if (!this.connection) throw new Error("closed");
		return this.connection;
	}
}

function dial(host: string, port: number): Connection {
	return new Connection(connect({ host: checkAddress(host), port: checkPort(port) }));
}

function takeOver(from: TCPSocket | Connection): Connection {
	if (from instanceof Connection) return from;
	if (from instanceof TCP) return from.release();
	throw new TypeError("expected a TCP instance as from");
}
