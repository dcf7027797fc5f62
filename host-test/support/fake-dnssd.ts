// SPDX-License-Identifier: MIT
import type { DNSSD } from "../../src/device.ts";
import type { FakePlatform } from "./fake-platform.ts";

/** Three probes, and a wait after the last. */
const PROBING = 1000;

/** The SDK's DNS-SD, with its ways: a name takes a second, its fate is told from a timer of its own; of a TXT record it sends what `for…in` finds. */
export class FakeDNSSD {
	/** What was asked of it, but for `close`. */
	readonly calls: string[] = [];
	/** Names that others have. */
	readonly taken = new Set<string>();
	/** Others have every name. */
	all = false;
	/** Names and services that we have. */
	readonly names: string[] = [];
	readonly services: string[] = [];
	/** How many are open. */
	opened = 0;
	/** What opening throws, and what advertising does. */
	failure: Error | undefined;
	throws: Error | undefined;
	/** Called when one is closed, before it is. */
	onClose: () => void = () => {};
	private readonly platform: FakePlatform;

	constructor(platform: FakePlatform) {
		this.platform = platform;
	}

	readonly open = (): DNSSD => {
		if (this.failure) throw this.failure;
		this.opened++;
		this.calls.push("open");
		const open = new Set<() => void>();
		const closing = (end: () => void) => {
			open.add(end);
			return {
				close() {
					if (open.delete(end)) end();
				},
			};
		};
		return {
			claim: (options) => closing(this.claim(options)),
			advertise: (options) => closing(this.advertise(options)),
			close: () => {
				this.onClose();
				for (const end of open) end();
				open.clear();
				this.opened--;
			},
		};
	};

	private claim({ host, onReady, onError }: Parameters<DNSSD["claim"]>[0]): () => void {
		if (this.names.includes(host)) throw new Error("duplicate");
		this.calls.push(`claim ${host}`);
		this.names.push(host);
		const timer = this.platform.setTimer(() => (this.all || this.taken.has(host) ? onError() : onReady()), PROBING);
		return () => {
			this.platform.clearTimer(timer);
			this.names.splice(this.names.indexOf(host), 1);
		};
	}

	private advertise({ serviceType, host, port, txt }: Parameters<DNSSD["advertise"]>[0]): () => void {
		if (this.throws) throw this.throws;
		// As the SDK does it, for an array alone.
		const texts = Array.isArray(txt) ? Object.entries(txt).map(([name, value]) => `${name}=${value}`) : [];
		this.calls.push(`advertise ${serviceType} ${host} ${port} ${texts.join()}`);
		const service = `${serviceType} ${host}`;
		this.services.push(service);
		return () => this.services.splice(this.services.indexOf(service), 1);
	}
}
