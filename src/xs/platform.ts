// SPDX-License-Identifier: MIT
import TCP from "embedded:io/socket/tcp";
import UDP from "embedded:io/socket/udp";
import Time from "time";
import Timer from "timer";
import type { Platform, TLSConstructor } from "../drive/index.ts";

/** A device under the Moddable SDK, or its Linux target, as a platform. One is enough for all drivers. `TLS` is that of `katydid-tls`. */
export function moddablePlatform(TLS?: TLSConstructor): Platform {
	let last = Time.ticks;
	let elapsed = 0;
	// On Linux Math.random gives the same numbers in every run.
	const phase = (Date.now() % 1000) / 1000;
	return {
		TCP,
		...(TLS && { TLS }),
		UDP,
		now() {
			const ticks = Time.ticks;
			// Linux counts wall-clock time, which may be set back.
			elapsed += Math.max(Time.delta(last, ticks), 0);
			last = ticks;
			return elapsed;
		},
		setTimer: (callback, delay) => Timer.set(callback, delay),
		clearTimer: (timer) => Timer.clear(timer as Timer),
		random: () => (Math.random() + phase) % 1,
		resolve: (host, callback) => System.resolve(host, (_, address) => callback(address)),
	};
}
