// SPDX-License-Identifier: MIT
import { lookup } from "node:dns";
import type { Platform } from "../src/drive/index.ts";
import { Listener, TCP, TLS, UDP } from "./io/index.ts";

/** The laptop as a platform for device code: ECMA-419 sockets on Node, bound to `address`. */
export function nodePlatform(address: string, random: () => number): Platform {
	return {
		TCP,
		TLS,
		Listener: class extends Listener {
			constructor(options: ConstructorParameters<typeof Listener>[0]) {
				super({ ...options, address });
			}
		},
		UDP: class extends UDP {
			constructor(options: ConstructorParameters<typeof UDP>[0]) {
				super({ ...options, address });
			}
		},
		now: () => performance.now(),
		setTimer: (callback, delay) => setTimeout(callback, delay),
		clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
		random,
		resolve: (host, callback) => lookup(host, 4, (error, found) => callback(error ? undefined : found)),
	};
}
