// SPDX-License-Identifier: MIT
import { backoff } from "./backoff.ts";
import { DISCONNECTED } from "./interface.ts";
import { Link } from "./link.ts";
import { checkNetworks, type NetworkErrorCode, type WifiNetwork, type WifiOptions } from "./options.ts";
import * as State from "./state.ts";

/** The interface tells of the end of an attempt up to this much after it was asked to end it, in milliseconds. */
const REST = 500;
const SCAN_TIMEOUT = 10_000;
/** The shortest of the longest waits, in milliseconds. */
const FIRST_WAIT = 1000;
/** A network that was there for less was no success. */
const STABLE = 30_000;

/** An access point that is known, and when it is asked next. */
interface Candidate {
	readonly network: WifiNetwork;
	failures: number;
	due: number;
}

/**
 * Wi-Fi that comes back: asks the access points that it knows in turn, each again after a wait that grows with its failures; when the one that
 * let it in is lost, that one first. The SDK's interface says that an attempt failed and not why: a scan tells a wrong password from an
 * access point that is not there.
 */
export class Wifi extends Link {
	private readonly candidates: readonly Candidate[];
	private readonly random: () => number;
	private readonly connectTimeout: number;
	private readonly longestAbsent: number;
	private readonly longestRefused: number;
	/** The one that is asked, or that let us in. */
	private current!: Candidate;
	/** What became of it, until that is said. */
	private failure: { code: NetworkErrorCode; reason: string } | undefined = undefined;
	/** What the scan that runs has found; one that took too long is not listened to any more. */
	private scan: { found: boolean; complete: boolean } | undefined = undefined;
	private since = 0;

	/** Throws RangeError on options that cannot work. */
	constructor(options: WifiOptions) {
		checkNetworks(options.networks);
		super(options);
		this.candidates = options.networks.map((network) => ({ network, failures: 0, due: 0 }));
		this.random = options.random;
		this.connectTimeout = options.connectTimeout ?? 20_000;
		this.longestAbsent = options.longestAbsent ?? 30_000;
		this.longestRefused = options.longestRefused ?? 180_000;
	}

	protected override get network(): string {
		return this.current.network.ssid;
	}

	protected override begin(now: number): void {
		for (const candidate of this.candidates) candidate.failures = candidate.due = 0;
		this.failure = undefined;
		if (this.interface.connection <= DISCONNECTED) this.next(now);
		else this.rest(now);
	}

	protected override unlinked(connection: number, now: number): void {
		if (connection > DISCONNECTED) return;
		this.fail("FAILED", `no connection to "${this.network}"`, now);
	}

	protected override linked(now: number): void {
		this.since = now;
	}

	protected override lost(code: NetworkErrorCode, reason: string, up: boolean, now: number): void {
		const { current } = this;
		if (!up) {
			this.fail(code === "LOST" ? "FAILED" : code, reason, now);
			return;
		}
		if (now - this.since >= STABLE) current.failures = 0;
		for (const candidate of this.candidates) candidate.due = now + 1;
		current.due = now + (current.failures++ === 0 ? 0 : this.wait("LOST"));
		this.rest(now);
	}

	protected override expireState(now: number): void {
		switch (this.state) {
			case State.CONNECTING:
				this.fail("TIMEOUT", `the access point "${this.network}" did not answer in time`, now);
				break;
			case State.RESTING:
				if (this.failure?.code === "FAILED") this.seek(now);
				else this.conclude(now);
				break;
			case State.SCANNING:
				this.judge();
				this.conclude(now);
				break;
			case State.WAITING:
				this.next(now);
		}
	}

	/** Asks the access point that has waited longest, or waits for the first that is due. */
	private next(now: number): void {
		let next = this.candidates[0]!;
		for (const candidate of this.candidates) if (candidate.due < next.due) next = candidate;
		if (next.due > now) {
			this.enter(State.WAITING, next.due);
			return;
		}
		this.current = next;
		this.enter(State.CONNECTING, now + this.connectTimeout);
		const { ssid, password } = next.network;
		try {
			this.interface.connect(password ? { SSID: ssid, password } : { SSID: ssid });
		} catch (error) {
			this.fail("FAILED", `no connection to "${ssid}": ${(error as Error).message}`, now);
		}
	}

	private fail(code: NetworkErrorCode, reason: string, now: number): void {
		this.failure = { code, reason };
		this.rest(now);
	}

	private rest(now: number): void {
		this.leave();
		this.enter(State.RESTING, now + REST);
	}

	/** Looks whether the access point is there. */
	private seek(now: number): void {
		const scan = { found: false, complete: false };
		this.scan = scan;
		this.enter(State.SCANNING, now + SCAN_TIMEOUT);
		try {
			this.interface.scan!({
				onFound: ({ SSID }) => {
					if (SSID === this.network) scan.found = true;
				},
				onComplete: () => {
					scan.complete = true;
					if (this.scan !== scan || this.state !== State.SCANNING) return;
					this.stateDeadline = this.deadline = 0;
					this.wake();
				},
			});
		} catch {
			// It is not known why, then.
			this.conclude(now);
		}
	}

	private judge(): void {
		const { found, complete } = this.scan!;
		this.scan = undefined;
		const { ssid, password } = this.current.network;
		if (found) {
			const advice = password ? ": is the password right?" : " without a password";
			this.failure = { code: "REFUSED", reason: `the access point "${ssid}" does not let us in${advice}` };
		} else if (complete) this.failure = { code: "NOT_FOUND", reason: `no access point "${ssid}" is within reach` };
	}

	/** Says what became of the attempt, if it was one, and goes on. */
	private conclude(now: number): void {
		const { failure, current } = this;
		this.failure = undefined;
		if (failure) {
			current.failures++;
			current.due = now + this.wait(failure.code);
			const due = this.candidates.reduce((earliest, candidate) => Math.min(earliest, candidate.due), Infinity);
			this.emit({ state: "failed", ...failure, network: this.network, retry: Math.max(Math.ceil(due - now), 0) });
		}
		if (this.state !== State.OFF) this.next(now);
	}

	/** How long until `current` is asked again. */
	private wait(code: NetworkErrorCode): number {
		const { failures } = this.current;
		if (code !== "REFUSED") return backoff(failures, FIRST_WAIT, this.longestAbsent, this.random);
		// An access point that has yet to notice the reset refuses once.
		return failures === 1 ? 0 : backoff(failures, FIRST_WAIT, this.longestRefused, this.random);
	}
}
