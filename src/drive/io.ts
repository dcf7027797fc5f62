// SPDX-License-Identifier: MIT
import type { TLSSettings } from "../wire/index.ts";

/**
 * ECMA-419's sockets (§9, §10) as far as both Moddable's modules and this project's classes for Node keep to them. They are
 * stricter than the standard where Moddable is. All callbacks come from a turn of their own, with the instance as `this`;
 * an exception that escapes one ends the program. After `close`, which may be called again, every other call throws.
 */
interface IO {
	/** The application's own; the socket does not look at it. */
	target?: unknown;
	close(): void;
}

/** Bytes that a call reads or fills before it returns; they stay the caller's. */
export type ByteBuffer = ArrayBuffer | Uint8Array | Int8Array | DataView;

/** A TCP connection (§10 "TCP socket"). */
export interface TCP extends IO {
	/** Undefined when it is not known. Moddable on ESP32 crashes when asked after a reset: ask once, early. */
	readonly remoteAddress: string | undefined;
	readonly remotePort: number | undefined;
	/** Throws RangeError when set to another format. */
	format: "buffer";
	/** All bytes that are there; undefined when there are none. */
	read(): ArrayBuffer | undefined;
	/** Exactly `count` bytes; throws when `count` is 0 or more than are there, undefined when there are none. */
	read(count: number): ArrayBuffer | undefined;
	/** Fills `buffer` and returns its length; throws when it is longer than what is there, undefined when nothing is. */
	read(buffer: ByteBuffer): number | undefined;
	/**
	 * Takes all of `buffer` and returns how many bytes may still be written. Throws, taking nothing, when that is too much or the
	 * connection is not there yet. Does nothing and returns undefined after the connection was lost.
	 */
	write(buffer: ByteBuffer): number | undefined;
}

/** Either where to connect to (an IPv4 literal; a name throws), or a socket whose connection is taken over, which closes it. */
export type TCPOptions = TCPSettings & ({ address: string; port: number } | { from: TCP });

interface TCPSettings {
	/** Turns Nagle's algorithm off. Moddable 8.2 knows only `nodelay`. */
	noDelay?: boolean;
	/** `noDelay` as Moddable 8.2 spells it. */
	nodelay?: boolean;
	/** Milliseconds between keep-alive probes; none when absent. Moddable 8.2 ignores it. */
	keepAlive?: number;
	format?: "buffer";
	target?: unknown;
	/** Bytes came: `count` are there now. */
	onReadable?(this: TCP, count: number): void;
	/** `count` bytes may be written; the first call says that the connection is there. */
	onWritable?(this: TCP, count: number): void;
	/** The connection was not made, or is gone, by a FIN too. Called once, when all that was received has been read. */
	onError?(this: TCP, error?: Error): void;
}

export type TCPConstructor = new (options: TCPOptions) => TCP;

/** TCP's options, with the name that `address` was found for. */
export type TLSOptions = TCPSettings & { address: string; port: number; host: string; secure: TLSSettings };

/**
 * A TLS client over a TCP connection of its own, with TCP's contract and limits: the first `onWritable` says that the handshake is
 * over, `onError` that it failed, with the reason as far as it is known. Throws TypeError when settings cannot be used.
 */
export type TLSConstructor = new (options: TLSOptions) => TCP;

/** Waits for TCP connections on a port of every interface (§10 "TCP listener socket"). */
export interface Listener extends IO {
	/** The local port, also when 0 was asked for. */
	readonly port: number;
	/** Throws RangeError when set to another format. */
	format: "socket/tcp";
	/** The next connection, without callbacks: give it to `new TCP` as `from`. Undefined when none waits. */
	read(): TCP | undefined;
}

/** The constructor throws when the port is taken. */
export interface ListenerOptions {
	/** 0, or absent, takes any free port. */
	port?: number;
	format?: "socket/tcp";
	target?: unknown;
	/** `count` connections wait. */
	onReadable?(this: Listener, count: number): void;
}

export type ListenerConstructor = new (options: ListenerOptions) => Listener;

/** One datagram and who sent it. */
export type Datagram = ArrayBuffer & { address: string; port: number };

/** A UDP socket (§10 "UDP socket"). */
export interface UDP extends IO {
	/** Throws RangeError when set to another format. */
	format: "buffer";
	/** The oldest datagram that waits; undefined when none does. */
	read(): Datagram | undefined;
	/** Sends one datagram to an IPv4 literal. Throws when it is over 65,507 bytes or cannot be sent. */
	write(buffer: ByteBuffer, address: string, port: number): void;
}

/** The constructor throws when the port is taken. */
export interface UDPOptions {
	/** 0, or absent, takes any free port. */
	port?: number;
	/** The local IPv4 address to listen on; all when absent. Moddable 8.2 listens on all. */
	address?: string;
	format?: "buffer";
	target?: unknown;
	/** `count` datagrams wait. */
	onReadable?(this: UDP, count: number): void;
	/** The socket can no longer be used. Moddable 8.2 never calls it. */
	onError?(this: UDP, error?: Error): void;
}

export type UDPConstructor = new (options: UDPOptions) => UDP;
