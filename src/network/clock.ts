// SPDX-License-Identifier: MIT
import { backoff } from "./backoff.ts";

/** Whoever shows a time before this one, 2025, has not been told what time it is. */
const BEFORE = Date.UTC(2025, 0, 1);
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 10 * 60_000;
const DAY = 24 * 60 * 60_000;

export interface ClockOptions {
	/** Time servers (SNTP, RFC 5905), asked in turn. */
	readonly servers: readonly string[];
	/** Asks a server once; `done` is given Unix time in milliseconds, or undefined when there was no answer. It may call back at once, or never. Returns what ends it. */
	ask(server: string, done: (time: number | undefined) => void): () => void;
	/** The wall clock, in milliseconds of Unix time. */
	read(): number;
	set(time: number): void;
	/** A number in [0, 1). */
	random(): number;
	onError?(error: Error): void;
	/** Milliseconds for a server to answer; 30 s unless given. */
	readonly timeout?: number;
}

/**
 * A device's wall clock, set by time servers whenever there is a network, and once a day from then on: before, every certificate of TLS is refused. A
 * machine like that of the network: `online` and `offline` tell it, the driver keeps its deadline.
 */
export class Clock {
	deadline = Number.POSITIVE_INFINITY;
	private readonly options: ClockOptions;
	private next = 0;
	private failures = 0;
	/** The question that is out; what answers another one is late. */
	private question: object | undefined = undefined;
	/** Ends it. */
	private cancel: (() => void) | undefined = undefined;
	/** What was answered, until the next turn. */
	private answer: { time: number | undefined } | undefined = undefined;

	/** Throws RangeError without a server. */
	constructor(options: ClockOptions) {
		if (options.servers.length === 0) throw new RangeError("expected a time server at least, got none");
		this.options = options;
	}

	/** The driver puts its own function here. */
	wake: () => void = () => {};

	/** Whoever waits for the time puts a function here; it is called each time that the clock was set. */
	onSet: () => void = () => {};

	/** Whether the wall clock can be believed: it was set, or it went on through a reset. */
	get set(): boolean {
		return this.options.read() >= BEFORE;
	}

	/** There is a network. */
	online(now: number): void {
		this.failures = 0;
		this.ask(now);
		this.wake();
	}

	/** There is none. */
	offline(): void {
		this.end();
		this.answer = undefined;
		this.deadline = Number.POSITIVE_INFINITY;
		this.wake();
	}

	/** A call too many does nothing. */
	expire(now: number): void {
		if (now < this.deadline) return;
		if (this.question === undefined) this.ask(now);
		else this.answered(this.answer?.time, now);
	}

	private end(): void {
		this.question = undefined;
		this.cancel?.();
		this.cancel = undefined;
	}

	private ask(now: number): void {
		this.end();
		const { servers, timeout = 30_000 } = this.options;
		const question = {};
		this.question = question;
		this.answer = undefined;
		this.deadline = now + timeout;
		const done = (time: number | undefined) => {
			if (this.question !== question) return;
			this.answer = { time };
			this.deadline = 0;
			this.wake();
		};
		try {
			this.cancel = this.options.ask(servers[this.next]!, done);
		} catch {
			done(undefined);
		}
	}

	private answered(time: number | undefined, now: number): void {
		const { servers, onError, set, random } = this.options;
		this.end();
		if (time !== undefined && time >= BEFORE) {
			this.failures = 0;
			this.deadline = now + DAY;
			set(time);
			this.onSet();
			return;
		}
		const server = servers[this.next]!;
		this.next = (this.next + 1) % servers.length;
		this.failures++;
		this.deadline = now + backoff(this.failures, FIRST_WAIT, LONGEST_WAIT, random);
		onError?.(new Error(`${server} did not say what time it is`));
	}
}
