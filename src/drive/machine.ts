// SPDX-License-Identifier: MIT

/**
 * A protocol without IO: it is given bytes and time, and asked for bytes and its next deadline. It owns no socket, no timer, no
 * clock. Time is milliseconds that only ever grow. One rule: after any input, drain `transmit` to 0, then arm `deadline`.
 */
export interface Machine {
	/** When `expire` wants to be called; Infinity when never. */
	readonly deadline: number;
	/** A call too many does nothing. */
	expire(now: number): void;
	/** The driver puts its own function here; the machine calls it when the application gave it something to do. */
	wake: () => void;
}

/** A protocol over a byte stream, such as MQTT over TCP. */
export interface StreamMachine extends Machine {
	/** Where to connect to; undefined while no connection is wanted. The driver opens and closes one to match. */
	readonly target: StreamTarget | undefined;
	/** The connection is there and takes bytes. */
	opened(now: number): void;
	/** The connection is gone, or could not be made. Called once for each connection, not when `target` was withdrawn. */
	closed(now: number, error?: Error): void;
	/** The first `length` bytes of `bytes` came. They are the driver's again when this returns. */
	receive(bytes: Uint8Array, length: number, now: number): void;
	/** Writes what is due into `into`; returns how many bytes, 0 when idle. */
	transmit(into: Uint8Array, now: number): number;
}

/** A host name or an IPv4 literal, and a port. */
export interface StreamTarget {
	readonly host: string;
	readonly port: number;
}

/** A peer's IPv4 address and port. */
export interface Endpoint {
	address: string;
	port: number;
}

/** A protocol over datagrams, such as CoAP over UDP. */
export interface DatagramMachine extends Machine {
	/** One datagram came: the first `length` bytes of `bytes`. Bytes and `from` are the driver's again when this returns. */
	receive(bytes: Uint8Array, length: number, from: Endpoint, now: number): void;
	/** Writes the next datagram into `into` and its destination into `to`; returns how many bytes, 0 when idle. */
	transmit(into: Uint8Array, to: Endpoint, now: number): number;
}
