// SPDX-License-Identifier: MIT
import type { ListenerConstructor, TCPConstructor, TLSConstructor, UDPConstructor } from "./io.ts";

/** What a driver needs of the place it runs on: ECMA-419 sockets, a clock, randomness. */
export interface Platform {
	readonly TCP: TCPConstructor;
	readonly UDP: UDPConstructor;
	/** Absent where TLS is not built in. */
	readonly TLS?: TLSConstructor;
	/** Absent where nobody can connect to. */
	readonly Listener?: ListenerConstructor;
	/** Milliseconds that only ever grow. */
	now(): number;
	/** Calls back once after `delay` milliseconds; returns what `clearTimer` takes. */
	setTimer(callback: () => void, delay: number): unknown;
	clearTimer(timer: unknown): void;
	/** A number in [0, 1). */
	random(): number;
	/** Finds the IPv4 address of `host`; undefined when there is none. Never calls back from inside itself. */
	resolve(host: string, callback: (address: string | undefined) => void): void;
}
