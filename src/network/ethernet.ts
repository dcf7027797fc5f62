// SPDX-License-Identifier: MIT
import { Link } from "./link.ts";
import type { NetworkErrorCode } from "./options.ts";
import * as State from "./state.ts";

/** A cable that may be pulled: the interface finds by itself that it is there again; an address that does not come is asked for again. */
export class Ethernet extends Link {
	protected override begin(): void {
		this.enter(State.CONNECTING, Number.POSITIVE_INFINITY);
		try {
			this.interface.connect();
		} catch {
			// It is connecting.
		}
	}

	/** Without a cable it waits, for ever if need be. */
	protected override unlinked(): void {}

	protected override lost(code: NetworkErrorCode, reason: string, up: boolean): void {
		if (code === "NO_ADDRESS") this.leave();
		if (!up) this.emit({ state: "failed", code, reason, retry: 0 });
		if (this.state !== State.OFF) this.begin();
	}

	protected override expireState(): void {}
}
