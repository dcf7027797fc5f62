// SPDX-License-Identifier: MIT
import { Backoff } from "./backoff.ts";
import type { ConnAck } from "./connack.ts";
import type { Disconnect } from "./disconnect.ts";
import type { Target } from "./options.ts";
import * as Reason from "./reason-code.ts";
import type { Settings } from "./settings.ts";
import { V3_1_1, V5, type Version } from "./version.ts";

interface Broker {
	readonly target: Target;
	version: Version;
}

/** Which broker is next, in which version it is spoken to, and after how many milliseconds: what each ending of a connection says. */
export class Brokers {
	private readonly list: Broker[];
	private readonly automatic: boolean;
	private readonly backoff: Backoff;
	private index = 0;
	/** How many attempts failed since one worked. */
	private failures = 0;
	/** The last attempt showed that this broker may know 3.1.1 alone: the next one is a part of it. */
	fallingBack = false;
	/** Where a broker sent us for one connection (0x9C). */
	private elsewhere: Broker | undefined;

	constructor({ brokers, protocol, shuffled, connect, reconnect }: Settings, random: () => number) {
		this.automatic = protocol === "auto";
		this.list = brokers.map((target) => ({ target, version: connect.version }));
		this.backoff = new Backoff(reconnect, random);
		if (shuffled) shuffle(this.list, random);
	}

	private get current(): Broker {
		return this.elsewhere ?? this.list[this.index]!;
	}

	get version(): Version {
		return this.current.version;
	}

	/** The target of one attempt: a new record each time, so that attempts can be told apart. */
	target(): Target {
		this.fallingBack = false;
		return { ...this.current.target };
	}

	/** The broker accepted us: it is the first to be tried again. */
	accepted(): void {
		this.failures = 0;
	}

	/** Failures are forgotten: a connection lasted, or the application asks anew. */
	reset(): void {
		this.backoff.reset();
	}

	/** A connection that was accepted was lost: the same broker is next. */
	lost(): number {
		return this.backoff.next();
	}

	/** An attempt failed: the next broker is tried at once; when all were, after a while. */
	failed(): number {
		return this.next() ? 0 : this.backoff.next();
	}

	/** The broker closed instead of an answer to CONNECT: it may not know our version. */
	unanswered(): number {
		if (!this.changeVersion()) return this.failed();
		return this.fallingBack ? 0 : this.backoff.next();
	}

	/** The broker refused us. */
	refused({ reasonCode, properties }: ConnAck): number {
		const v5 = reasonCode >= 0x80;
		const version = v5 ? Reason.UNSUPPORTED_PROTOCOL_VERSION : Reason.UNACCEPTABLE_PROTOCOL_VERSION;
		if (reasonCode === version && this.changeVersion()) return 0;
		if (this.follow(reasonCode, properties?.serverReference)) return this.backoff.next();
		if (this.next()) return 0;
		const passes = reasonCode === Reason.SERVER_UNAVAILABLE || reasonCode === Reason.SERVER_UNAVAILABLE_3_1_1;
		return passes || reasonCode === Reason.SERVER_BUSY ? this.backoff.next() : this.backoff.refused();
	}

	/** The broker ended the connection. */
	disconnected({ reasonCode, properties }: Disconnect): number {
		if (this.follow(reasonCode, properties?.serverReference)) return this.backoff.next();
		// Two clients with one identifier would throw each other out for ever.
		const refused = reasonCode === Reason.SESSION_TAKEN_OVER || reasonCode === Reason.NOT_AUTHORIZED;
		return refused ? this.backoff.refused() : this.backoff.next();
	}

	/** Turns to the next broker; false when all were tried since one worked. */
	private next(): boolean {
		this.elsewhere = undefined;
		this.index = (this.index + 1) % this.list.length;
		return ++this.failures % this.list.length !== 0;
	}

	/** Whether there is another version, which this broker is spoken to in from now on. */
	private changeVersion(): boolean {
		const broker = this.current;
		if (this.automatic) broker.version = broker.version === V5 ? V3_1_1 : V5;
		this.fallingBack = this.automatic && broker.version === V3_1_1;
		return this.automatic;
	}

	/** Whether the broker sends us to another one (5.0 §4.11), as `host` or `host:port`, the first of a list: for once (0x9C) or for good (0x9D). */
	private follow(reasonCode: number, reference: string | undefined): boolean {
		const moved = reasonCode === Reason.SERVER_MOVED;
		if (!moved && reasonCode !== Reason.USE_ANOTHER_SERVER) return false;
		const parts = /^([^\s:]+)(?::(\d{1,5}))?(?:\s|$)/.exec(reference ?? "");
		const port = Number(parts?.[2] ?? this.current.target.port);
		if (!parts || port < 1 || port > 0xffff) return false;
		const { version, target } = this.current;
		const broker = { target: { ...target, host: parts[1]!, port }, version };
		if (moved) this.list[this.index] = broker;
		this.elsewhere = moved ? undefined : broker;
		return true;
	}
}

/** Fisher and Yates's shuffle. */
function shuffle(list: Broker[], random: () => number): void {
	for (let i = list.length - 1; i > 0; i--) {
		const j = Math.floor(random() * (i + 1));
		const other = list[j]!;
		list[j] = list[i]!;
		list[i] = other;
	}
}
