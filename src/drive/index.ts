// SPDX-License-Identifier: MIT
export { Alarm } from "./alarm.ts";

export { DatagramDriver } from "./datagram.ts";
export type {
	ByteBuffer,
	Credential,
	Datagram,
	Listener,
	ListenerConstructor,
	ListenerOptions,
	TCP,
	TCPConstructor,
	TCPOptions,
	TLSConstructor,
	TLSOptions,
	TLSSettings,
	UDP,
	UDPConstructor,
	UDPOptions,
} from "./io.ts";
export type { DatagramMachine, Endpoint, Machine, StreamMachine, StreamTarget } from "./machine.ts";
export type { Platform } from "./platform.ts";
export { StreamDriver } from "./stream.ts";
