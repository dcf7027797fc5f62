// SPDX-License-Identifier: MIT

export { type BrokerAddress, parseBroker } from "./broker-address.ts";
export { DatagramDriver } from "./datagram.ts";
export type {
	ByteBuffer,
	Datagram,
	Listener,
	ListenerConstructor,
	ListenerOptions,
	TCP,
	TCPConstructor,
	TCPOptions,
	UDP,
	UDPConstructor,
	UDPOptions,
} from "./io.ts";
export type { DatagramMachine, Endpoint, Machine, StreamMachine, StreamTarget } from "./machine.ts";
export type { Platform } from "./platform.ts";
export { type Running, type RunOptions, run, type ThingEvent } from "./run.ts";
export { StreamDriver } from "./stream.ts";
