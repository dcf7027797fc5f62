// SPDX-License-Identifier: MIT
import type { DNSSD } from "../device.ts";

// RFC 6762 (mDNS) and RFC 6763 (DNS-SD).

export interface LocalOptions {
	/** The host name that is wanted, without `.local`: 1 to 32 letters, digits and hyphens. */
	readonly name: string;
	/** A name for people. */
	readonly title: string;
	/** CoAP's. */
	readonly port: number;
	/** Opens the device's mDNS; may throw. */
	open(): DNSSD;
	/** A number in [0, 1). */
	random(): number;
	/** The name is ours; it has a suffix when others had it first, as `taken` says. */
	onName(name: string, taken: readonly string[]): void;
	onError(error: unknown): void;
}

const LONGEST_NAME = 32;
/** A string of a TXT record has 255 bytes (RFC 6763 §6.1): these characters, of 4 bytes at most, and `title=`. */
const LONGEST_TITLE = 60;
/** RFC 6762 §8.1: boards that one switch turns on are not to ask all at once. */
const FIRST_WAIT = 250;
/** Two who want a name at once both lose it; to ask takes a second, so that the next time one is likely to be first. */
const NEXT_WAIT = 2000;
const MOST_WAITS = 5;

/**
 * Has a device found as `NAME.local`, and as `_coap._udp` (RFC 7252 §12.8) and `_wot._udp` (WoT Discovery §7.1.2), while it has a network. A machine
 * like that of the network: `online` and `offline` tell it, the driver keeps its deadline.
 */
export class Local {
	deadline = Number.POSITIVE_INFINITY;
	private readonly options: LocalOptions;
	private dnssd: DNSSD | undefined = undefined;
	/** The name that is asked for or had; what is told of another one is late. */
	private claim: { close(): void } | undefined = undefined;
	/** What was told of it, until the next turn. */
	private outcome: "ready" | "taken" | undefined = undefined;
	/** How many names others have. */
	private taken = 0;

	constructor(options: LocalOptions) {
		this.options = options;
	}

	/** The driver puts its own function here. */
	wake: () => void = () => {};

	/** There is a network, or another address than before: what was said of the last one is taken back. */
	online(now: number): void {
		this.end();
		this.taken = 0;
		try {
			this.dnssd = this.options.open();
			this.deadline = now + this.options.random() * FIRST_WAIT;
		} catch (error) {
			this.options.onError(error);
		}
		this.wake();
	}

	/** There is none. */
	offline(): void {
		this.end();
		this.wake();
	}

	/** A call too many does nothing. */
	expire(now: number): void {
		if (now < this.deadline) return;
		this.deadline = Number.POSITIVE_INFINITY;
		const { outcome } = this;
		this.outcome = undefined;
		try {
			if (outcome === "ready") this.advertise();
			else if (outcome === "taken") this.rename(now);
			else this.ask();
		} catch (error) {
			this.end();
			this.options.onError(error);
		}
	}

	private end(): void {
		const { dnssd } = this;
		this.dnssd = this.claim = this.outcome = undefined;
		this.deadline = Number.POSITIVE_INFINITY;
		try {
			dnssd?.close();
		} catch (error) {
			this.options.onError(error);
		}
	}

	/** The name, after so many were taken (RFC 6762 §9). */
	private nameAfter(taken: number): string {
		const { name } = this.options;
		const suffix = taken === 0 ? "" : `-${taken + 1}`;
		return `${name.slice(0, LONGEST_NAME - suffix.length)}${suffix}`;
	}

	private ask(): void {
		// Its callbacks are no place for what may follow, which ends what calls them.
		const tell = (outcome: "ready" | "taken") => () => {
			if (claim !== this.claim) return;
			this.outcome = outcome;
			this.deadline = 0;
			this.wake();
		};
		const claim = this.dnssd!.claim({
			host: this.nameAfter(this.taken),
			onReady: tell("ready"),
			onError: tell("taken"),
		});
		this.claim = claim;
	}

	private rename(now: number): void {
		this.claim!.close();
		this.claim = undefined;
		this.taken++;
		this.deadline = now + this.options.random() * NEXT_WAIT * Math.min(this.taken, MOST_WAITS);
	}

	private advertise(): void {
		const { port, onName } = this.options;
		const host = this.nameAfter(this.taken);
		const title = [...this.options.title].slice(0, LONGEST_TITLE).join("");
		const thing = { td: "/.well-known/wot", type: "Thing", scheme: "coap" };
		this.dnssd!.advertise({ serviceType: "_coap._udp", host, port, txt: textOf({ title }) });
		this.dnssd!.advertise({ serviceType: "_wot._udp", host, port, txt: textOf({ title, ...thing }) });
		onName(
			host,
			Array.from({ length: this.taken }, (_, index) => this.nameAfter(index)),
		);
	}
}

/** What a TXT record says. Moddable 8.2 asks for a Map, and sends nothing of it: it sends the names and values that an array has. */
function textOf(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
	return Object.assign([], texts) as object as Record<string, string>;
}
