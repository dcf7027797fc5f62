// SPDX-License-Identifier: MIT
import { Availability } from "./availability.ts";
import { Brokers } from "./brokers.ts";
import type { Capabilities } from "./capabilities.ts";
import { writeDisconnect } from "./disconnect.ts";
import { Events } from "./events.ts";
import { Framer } from "./framer.ts";
import { Handshake } from "./handshake.ts";
import { KeepAlive } from "./keep-alive.ts";
import { failure, MqttError } from "./mqtt-error.ts";
import type { ClientOptions, Target } from "./options.ts";
import type { Publisher } from "./publisher.ts";
import * as Reason from "./reason-code.ts";
import { Session } from "./session.ts";
import { type Settings, settings } from "./settings.ts";
import * as State from "./state.ts";
import { TransmitBuffer } from "./transmit-buffer.ts";
import type { Watch } from "./watch.ts";

/**
 * How a client's connections begin and end, and what their deadlines are: each attempt has a target, goes from state to state, each of
 * which has a deadline, and ends with a reason and a wait for the next one.
 */
export class Lifecycle {
	/** What the driver connects to: a new record for each attempt, so that it can tell them apart. */
	target: Target | undefined = undefined;
	/** Whether `transmit` may have something to give. */
	due = false;
	/** The application takes no more of a large message now. */
	paused = false;
	/** When `expire` wants to be called. */
	deadline = Number.POSITIVE_INFINITY;
	/** What the broker of this connection can do; undefined while there is none. */
	broker: Capabilities | undefined = undefined;
	protected readonly settings: Settings;
	protected readonly events: Events;
	/** Where the driver puts what comes. */
	readonly input: { room(most: number): Uint8Array };
	protected readonly framer: Framer;
	protected readonly out: TransmitBuffer;
	protected readonly session: Session;
	protected readonly publisher: Publisher;
	protected readonly keepAlive = new KeepAlive();
	protected readonly brokers: Brokers;
	protected readonly handshake: Handshake;
	protected readonly availability: Availability | undefined;
	protected state = State.OFF;
	/** Not simply connected: bytes that leave mean more than that they leave. */
	protected unusual = true;
	protected readonly watches: Watch[] = [];
	private stateDeadline = Number.POSITIVE_INFINITY;
	protected wanted = false;
	/** The application is inside `publish`. */
	protected publishing = false;
	/** Why DISCONNECT is the last packet, and how long until the next connection. */
	protected farewell: MqttError | undefined = undefined;
	protected wait = 0;
	/** QoS 0 messages that still waited for the socket when their connection ended. */
	protected lost = 0;
	protected flushing: { readonly deadline: number; done(complete: boolean): void } | undefined = undefined;

	/** Throws TypeError or RangeError on options that cannot work, FormatError when the store has what no client put there. */
	constructor(options: ClientOptions) {
		const given = settings(options);
		this.settings = given;
		this.events = new Events(options);
		this.input = this.framer = new Framer(given.connect.version, given.maximumPacketSize);
		this.out = new TransmitBuffer(given.maximumPacketSize);
		this.session = new Session(given, this.events, this.out, this);
		this.publisher = this.session.publisher;
		this.brokers = new Brokers(given, options.random);
		this.handshake = new Handshake(given, this.out);
		this.availability = given.availability && new Availability(given.availability, this.publisher, this.events);
	}

	/** The driver puts its own function here. */
	wake: () => void = () => {};

	/** Nothing queued, nothing unacknowledged. */
	get idle(): boolean {
		return this.out.empty && this.session.idle;
	}

	/** Something is due that nobody who calls the machine knows of. */
	changed(): void {
		this.due = true;
		this.wake();
	}

	opened(now: number): void {
		if (this.state !== State.OPENING) return;
		const version = this.brokers.version;
		this.framer.version = version;
		this.due = true;
		this.enter(State.CONNECTING, now + this.settings.connackTimeout);
		try {
			this.handshake.begin(version, this.session.held);
		} catch (thrown) {
			this.end(failure(thrown), this.brokers.failed(), now);
		}
	}

	closed(now: number, error?: Error): void {
		if (this.state < State.OPENING) return;
		const code = this.state === State.OPENING ? "CONNECT_FAILED" : "CONNECTION_LOST";
		const reason = new MqttError(code, error?.message ?? "the connection was closed", undefined, error);
		if (this.state === State.DISCONNECTING) this.end(this.farewell!, this.wait, now);
		else if (this.state === State.OPENING) this.end(reason, this.brokers.failed(), now);
		else if (this.state === State.CONNECTING) this.end(reason, this.brokers.unanswered(), now);
		else this.end(reason, this.brokers.lost(), now);
	}

	/** DISCONNECT is the last packet [MQTT-3.14.4-1]; the target is withdrawn when it was taken [MQTT-3.14.4-2]. */
	protected disconnect(farewell: MqttError, wait: number, now: number): void {
		// A PUBLISH of which a part was sent can be followed by nothing but its rest.
		if (this.publisher.pump?.running) {
			this.end(farewell, wait, now);
			return;
		}
		this.farewell = farewell;
		this.wait = wait;
		this.keepAlive.stop();
		this.framer.reset();
		writeDisconnect(this.out, { reasonCode: farewell.reasonCode ?? Reason.SUCCESS }, this.framer.version);
		this.due = true;
		this.enter(State.DISCONNECTING, now + this.settings.closeTimeout);
	}

	expire(now: number): void {
		const { session, keepAlive } = this;
		if (now >= session.deadline) session.expire(now);
		const connected = this.state === State.CONNECTED;
		if (session.announceDue(connected)) session.announce(connected);
		if (this.paused) keepAlive.lastReceived = now;
		if (now >= keepAlive.deadline && keepAlive.expire(now)) {
			this.end(new MqttError("PING_TIMEOUT", "the broker fell silent"), this.brokers.lost(), now);
		}
		if (keepAlive.pingDue) this.out.due = this.due = true;
		if (now >= this.stateDeadline) this.expireState(now);
		if (this.flushing !== undefined && (this.idle || now >= this.flushing.deadline)) this.flushed(this.idle);
		for (let i = 0; i < this.watches.length; i++) {
			const watch = this.watches[i]!;
			if (now >= watch.deadline) this.events.call("a watch", () => watch.expire(now));
		}
		this.arm();
	}

	protected flushed(complete: boolean): void {
		const { done } = this.flushing!;
		this.flushing = undefined;
		this.unusual = this.state !== State.CONNECTED;
		this.events.call("flush", () => done(complete));
	}

	private expireState(now: number): void {
		switch (this.state) {
			case State.WAITING:
				this.open(now);
				break;
			case State.OPENING:
				this.end(new MqttError("CONNECT_TIMEOUT", "the connection took too long"), this.brokers.failed(), now);
				break;
			case State.CONNECTING:
				this.end(new MqttError("CONNACK_TIMEOUT", "the broker did not answer CONNECT"), this.brokers.failed(), now);
				break;
			case State.CONNECTED:
				this.brokers.reset();
				this.stateDeadline = Number.POSITIVE_INFINITY;
				break;
			case State.DRAINING:
				if (this.availability?.say() !== false && this.session.idle) this.disconnect(asked(), 0, now);
				else this.end(new MqttError("CLOSED", "not all was acknowledged in time, so the Will stands"), 0, now);
				break;
			case State.DISCONNECTING:
				this.end(this.farewell!, this.wait, now);
		}
	}

	protected open(now: number): void {
		this.target = this.brokers.target();
		this.enter(State.OPENING, now + this.settings.connectTimeout);
	}

	/**
	 * The connection ended, or came to nothing; if one is wanted, another attempt follows after `wait` milliseconds. `again`: even without
	 * reconnecting, as this one was only a step to the one that is wanted.
	 */
	protected end(reason: MqttError, wait: number, now: number, again = reason.code === "SESSION_DISCARDED"): void {
		const lost = this.out.messages;
		this.target = undefined;
		this.broker = undefined;
		this.framer.reset();
		this.out.clear();
		this.session.forsake();
		this.paused = false;
		this.keepAlive.stop();
		if (!this.settings.reconnects && !this.brokers.fallingBack && !again) this.wanted = false;
		if (this.wanted) this.enter(State.WAITING, now + wait);
		else this.enter(State.OFF, Number.POSITIVE_INFINITY);
		if (lost > 0) {
			this.lost += lost;
			this.events.error(new MqttError("DROPPED", `${lost} QoS 0 messages were lost with the connection`));
		}
		this.events.disconnected(reason, this.wanted ? wait : undefined);
	}

	protected enter(state: number, deadline: number): void {
		this.state = state;
		this.unusual = state !== State.CONNECTED || this.flushing !== undefined;
		this.stateDeadline = deadline;
		this.arm();
	}

	protected arm(): void {
		let deadline = Math.min(this.stateDeadline, this.keepAlive.deadline, this.session.deadline);
		if (this.flushing !== undefined) deadline = this.idle ? 0 : Math.min(deadline, this.flushing.deadline);
		for (let i = 0; i < this.watches.length; i++) deadline = Math.min(deadline, this.watches[i]!.deadline);
		this.deadline = this.session.untold ? 0 : deadline;
	}
}

/** Why a connection ends that nobody wants any more. */
export function asked(): MqttError {
	return new MqttError("CLOSED", "the connection was closed, as was asked");
}
