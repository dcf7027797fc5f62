// SPDX-License-Identifier: MIT
export type { Credential, StreamTarget, TLSSettings } from "../wire/index.ts";
export { Alarm } from "./alarm.ts";

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
	TLSConstructor,
	TLSOptions,
	UDP,
	UDPConstructor,
	UDPOptions,
} from "./io.ts";
export { type Acceptor, ListenerDriver } from "./listener.ts";
export type { DatagramMachine, Endpoint, Machine, StreamMachine } from "./machine.ts";
export type { Platform } from "./platform.ts";
export { askTime } from "./sntp.ts";
export { StreamDriver } from "./stream.ts";
export { TimedDriver } from "./timed.ts";
