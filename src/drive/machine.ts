// SPDX-License-Identifier: MIT
import type { StreamTarget } from "../wire/index.ts";

/**
 * A protocol without IO: it is given bytes and time, and asked for bytes and its next deadline. It owns no socket, no timer, no
 * clock. Time is milliseconds that only ever grow. One rule: after any input, call `transmit` while `due`, then arm `deadline`.
 */
export interface Machine {
	/** When `expire` wants to be called; Infinity when never. */
	readonly deadline: number;
	/** A call too many does nothing. */
	expire(now: number): void;
	/** The driver puts its own function here; the machine calls it when the application gave it something to do. */
	wake: () => void;
}

/** What bytes are put into. */
export interface Input {
	/** Room for bytes that came: for `most` of them, which is not 0, or fewer. Fill it and call the machine's `receive`, before any other call. */
	room(most: number): Uint8Array;
}

/** A protocol over a byte stream, such as MQTT over TCP. It lends the driver its own buffers, so no byte is copied on its way. */
export interface StreamMachine extends Machine {
	/** Where to connect to; undefined while no connection is wanted. The driver opens and closes one to match. */
	readonly target: StreamTarget | undefined;
	/** The connection is there and takes bytes. */
	opened(now: number): void;
	/** The connection is gone, or could not be made. Called once for each connection, not when `target` was withdrawn. */
	closed(now: number, error?: Error): void;
	/** The application takes no more now: bytes that come stay in the socket until it does. */
	readonly paused: boolean;
	/** Where bytes that come are put. */
	readonly input: Input;
	/** The room that `input` gave is filled. */
	receive(now: number): void;
	/** Whether `transmit` may have something to give. */
	readonly due: boolean;
	/** What is due, `most` bytes or fewer; undefined when there is nothing. It is sent, or lost, before any other call. */
	transmit(most: number, now: number): Uint8Array | undefined;
}

/** A peer's IPv4 address and port. */
export interface Endpoint {
	address: string;
	port: number;
}

/** A protocol over datagrams, such as CoAP over UDP. */
export interface DatagramMachine extends Machine {
	/** One datagram came; returns what is sent back, or lost, before any other call. Bytes and `from` are the driver's. */
	receive(bytes: Uint8Array, from: Readonly<Endpoint>, now: number): Uint8Array | undefined;
	/** Whether `transmit` may have something to give. */
	readonly due: boolean;
	/** The next datagram, and in `to` its destination; undefined when there is none. It is sent, or lost, before any other call. */
	transmit(to: Endpoint, now: number): Uint8Array | undefined;
}
