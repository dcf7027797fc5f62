// SPDX-License-Identifier: MIT
import type { Platform, TCPOptions, TLSOptions } from "../../src/drive/index.ts";
import { TCP, TLS } from "../io/index.ts";
import { nodePlatform } from "../platform.ts";
import { unguessable } from "../unguessable.ts";

/** This machine, and a pair of scissors for the connection that was made last. */
export class Sockets {
	readonly platform: Platform;
	private last: TCP | undefined;

	constructor() {
		const keep = (socket: TCP) => {
			this.last = socket;
		};
		this.platform = {
			...nodePlatform("127.0.0.1", unguessable),
			TCP: class extends TCP {
				constructor(options: TCPOptions) {
					super(options);
					keep(this);
				}
			},
			TLS: class extends TLS {
				constructor(options: TLSOptions) {
					super(options);
					keep(this);
				}
			},
		};
	}

	/** Closes it when what was written has left: whoever writes to it from now on hears that it is closed. */
	cut(): void {
		this.last?.close();
	}
}
