// SPDX-License-Identifier: MIT
import { FormatError, type Payload } from "../wire/index.ts";
import { Backoff } from "./backoff.ts";
import { type ConnAck, parseConnAck } from "./connack.ts";
import { writeConnect } from "./connect.ts";
import { writeDisconnect } from "./disconnect.ts";
import { Events } from "./events.ts";
import { Framer } from "./framer.ts";
import { KeepAlive } from "./keep-alive.ts";
import { brokenFormat, MqttError, type MqttErrorCode } from "./mqtt-error.ts";
import * as Options from "./options.ts";
import { CONNACK, PUBLISH } from "./packet-type.ts";
import { writePingReq } from "./ping.ts";
import * as Reason from "./reason-code.ts";
import { Session } from "./session.ts";
import * as State from "./state.ts";
import { TransmitBuffer } from "./transmit-buffer.ts";
import { V3_1_1, type Version } from "./version.ts";

/**
 * An MQTT 3.1.1 client as a machine without IO. Call `connect`; from then on the driver opens what `target` says, and tells
 * `opened`, `receive`, `closed`; after each call it drains `transmit` to 0 and arms `deadline`. When `target` becomes undefined the
 * driver sends what it was given and closes. `publish`, `subscribe`, `unsubscribe`, `connect` and `close` are legal in any callback.
 *
 * A QoS 1 message that `publish` accepted is sent until it is acknowledged: again with DUP in a resumed session, anew when the
 * broker has forgotten the session. A QoS 0 message is accepted only while connected, and is gone when the connection is.
 */
export class Client {
	/** The driver puts its own function here. */
	wake: () => void = () => {};
	/** QoS 0 messages that still waited for the socket when their connection ended. */
	dropped = 0;
	private readonly settings: Options.Settings;
	private readonly version: Version = V3_1_1;
	private readonly events: Events;
	private readonly framer: Framer;
	private readonly out: TransmitBuffer;
	private readonly session: Session;
	private readonly keepAlive = new KeepAlive();
	private readonly backoff: Backoff;
	/** What the driver connects to: a new record for each attempt, so that it can tell them apart. */
	target: Options.Target | undefined = undefined;
	private state = State.OFF;
	private stateDeadline = Number.POSITIVE_INFINITY;
	private wanted = false;
	/** The broker was asked to keep a session, and this client has its state. */
	private sessionHeld = false;
	/** The broker keeps a session that this client knows nothing of; the next CONNECT makes it forget. */
	private discarding = false;
	/** The application is inside `publish`. */
	private publishing = false;
	/** Why the connection ends, when it does now: it is not made, it is lost, or DISCONNECT is sent. */
	private farewell: MqttErrorCode = "CLOSED";

	/** Throws TypeError or RangeError on options that cannot work. */
	constructor(options: Options.ClientOptions) {
		const settings = Options.settings(options);
		this.settings = settings;
		this.events = new Events(options);
		this.framer = new Framer(this.version, settings.maximumPacketSize);
		this.out = new TransmitBuffer(settings.maximumPacketSize);
		this.session = new Session(settings, this.events, this.version, this.out);
		this.backoff = new Backoff(settings.reconnect, options.random);
	}

	get connected(): boolean {
		return this.state === State.CONNECTED;
	}

	/** Nothing queued, nothing unacknowledged. */
	get idle(): boolean {
		return this.out.empty && this.session.idle;
	}

	get deadline(): number {
		if (this.session.roomy && this.state === State.CONNECTED) return 0;
		return Math.min(this.stateDeadline, this.keepAlive.deadline);
	}

	/** Wants a connection, from now until `close`. */
	connect(now: number): void {
		this.wanted = true;
		if (this.state === State.OFF) {
			this.backoff.reset();
			this.open(now);
		} else if (this.state === State.DRAINING) this.enter(State.CONNECTED, now + this.settings.reconnect.stable);
		this.wake();
	}

	/**
	 * Wants no connection. When all that was accepted is sent and acknowledged, DISCONNECT is sent, so that the Will does not fire; when
	 * `closeTimeout` passes before, none is, and it does. `onDisconnected` says when it is over. What remains at QoS 1 is kept for another `connect`.
	 */
	close(now: number): void {
		this.wanted = false;
		this.session.due = true;
		if (this.state === State.CONNECTED) this.enter(State.DRAINING, now + this.settings.closeTimeout);
		else if (this.state === State.CONNECTING) this.disconnect("CLOSED", now);
		else if (this.state === State.WAITING || this.state === State.OPENING)
			this.end(new MqttError("CLOSED", "closed before it was connected"), 0, now);
		this.wake();
	}

	/**
	 * Queues a message; false when there is no room, or at QoS 0 no connection, and then `onWritable` follows. The payload is
	 * copied. Throws TypeError or RangeError on a topic name, payload or QoS that cannot be sent.
	 */
	publish(topicName: string, payload: Payload, options?: Options.PublishOptions): boolean {
		if (!this.session.publish(topicName, payload, options, this.state === State.CONNECTED)) return false;
		const outer = this.publishing;
		this.publishing = true;
		this.wake();
		this.publishing = outer;
		return true;
	}

	/**
	 * Wants what is published to `topicFilter`, at `qos` 0 or 1, on this connection and every later one. A refusal comes to
	 * `onError`. Throws TypeError or RangeError.
	 */
	subscribe(topicFilter: string, qos: 0 | 1): void {
		this.session.subscribe(topicFilter, qos);
		this.wake();
	}

	/** Wants it no longer; a topic filter that was not subscribed to changes nothing. */
	unsubscribe(topicFilter: string): void {
		this.session.unsubscribe(topicFilter);
		this.wake();
	}

	opened(now: number): void {
		if (this.state !== State.OPENING) return;
		const { connect, connackTimeout } = this.settings;
		writeConnect(this.out.writer, this.discarding ? { ...connect, cleanStart: true } : connect);
		this.farewell = "CONNECTION_LOST";
		this.enter(State.CONNECTING, now + connackTimeout);
	}

	closed(now: number, error?: Error): void {
		if (this.state < State.OPENING) return;
		const reason = new MqttError(this.farewell, error?.message ?? "the connection was closed", undefined, error);
		this.end(reason, this.backoff.next(), now);
	}

	room(most: number): Uint8Array {
		return this.framer.room(most);
	}

	receive(now: number): void {
		if (this.state < State.CONNECTING || this.state === State.DISCONNECTING) {
			this.framer.reset();
			return;
		}
		this.keepAlive.lastReceived = now;
		try {
			while (this.framer.next()) {
				if (this.state === State.CONNECTED) this.session.receive(this.framer);
				else this.dispatch(now);
			}
		} catch (error) {
			this.end(brokenFormat(error as Error), this.backoff.next(), now); // §4.13
		}
	}

	/** One packet came before the connection was accepted, or after `close`. */
	private dispatch(now: number): void {
		const { header, reader } = this.framer;
		if (this.state === State.CONNECTING) {
			if (header.type !== CONNACK) throw new FormatError("unexpected packet", 0); // [MQTT-3.2.0-1]
			this.accepted(parseConnAck(reader, this.version), now);
		} else if (header.type !== PUBLISH) {
			// Nothing is delivered any more, nor acknowledged: a session that is kept brings it again.
			this.session.receive(this.framer);
		}
	}

	private accepted(connack: ConnAck, now: number): void {
		const { reasonCode, sessionPresent } = connack;
		const { connect, reconnect, pingTimeout } = this.settings;
		if (reasonCode !== Reason.SUCCESS) {
			const name = Reason.reasonCodeName(reasonCode, CONNACK, this.version);
			const wait = reasonCode === Reason.SERVER_UNAVAILABLE ? this.backoff.next() : this.backoff.refused();
			this.end(new MqttError("CONNECTION_REFUSED", name, reasonCode), wait, now);
		} else if (sessionPresent && !this.sessionHeld) {
			// [MQTT-3.2.2-4]. Asking for the same again would end the same, so the broker is made to forget first.
			this.discarding = !connect.cleanStart;
			const message = "the broker kept a session that this client does not know";
			this.end(new MqttError("SESSION_UNKNOWN", message, Reason.PROTOCOL_ERROR), this.backoff.next(), now);
		} else if (this.discarding) {
			this.discarding = false;
			this.disconnect("SESSION_DISCARDED", now);
		} else {
			this.sessionHeld = !connect.cleanStart;
			this.session.restart(sessionPresent);
			this.keepAlive.start(connect.keepAlive, pingTimeout, now);
			this.enter(State.CONNECTED, now + reconnect.stable);
			this.events.connected(sessionPresent);
		}
	}

	get due(): boolean {
		return this.session.due || !this.out.empty;
	}

	transmit(most: number, now: number): Uint8Array | undefined {
		if (this.session.due) this.fill(now);
		const bytes = this.out.take(most);
		if (bytes !== undefined) this.keepAlive.lastSent = now;
		if (this.state === State.DISCONNECTING && this.out.empty) {
			this.end(new MqttError(this.farewell, "DISCONNECT was sent"), 0, now);
		}
		return bytes;
	}

	/** Writes what is due, as far as there is room. */
	private fill(now: number): void {
		const state = this.state;
		if (state !== State.CONNECTED && state !== State.DRAINING) return;
		const keepAlive = this.keepAlive;
		const session = this.session;
		this.out.reclaim();
		// `publish` never calls back from inside itself: then it is the next turn that does.
		if (session.roomy && state === State.CONNECTED && !this.publishing) session.announceRoom();
		if (keepAlive.pingDue && this.out.fitsUrgent(2)) {
			writePingReq(this.out.writer);
			keepAlive.pinged(now);
		}
		session.write();
		if (keepAlive.pingDue || this.state === State.DRAINING) session.due = true;
		if (this.state === State.DRAINING && session.idle) this.disconnect("CLOSED", now);
	}

	/** DISCONNECT is the last packet [MQTT-3.14.4-1]; the target is withdrawn when it was taken [MQTT-3.14.4-2]. */
	private disconnect(farewell: MqttErrorCode, now: number): void {
		this.farewell = farewell;
		this.keepAlive.stop();
		this.framer.reset();
		writeDisconnect(this.out.writer, { reasonCode: Reason.SUCCESS }, this.version);
		this.enter(State.DISCONNECTING, now + this.settings.closeTimeout);
	}

	expire(now: number): void {
		if (this.session.roomy && this.state === State.CONNECTED) this.session.announceRoom();
		if (now >= this.keepAlive.deadline && this.keepAlive.expire(now)) {
			this.end(new MqttError("PING_TIMEOUT", "the broker fell silent"), this.backoff.next(), now);
		}
		if (this.keepAlive.pingDue) this.session.due = true;
		if (now < this.stateDeadline) return;
		switch (this.state) {
			case State.WAITING:
				this.open(now);
				break;
			case State.OPENING:
				this.end(new MqttError("CONNECT_TIMEOUT", "the connection took too long"), this.backoff.next(), now);
				break;
			case State.CONNECTING:
				this.end(new MqttError("CONNACK_TIMEOUT", "the broker did not answer CONNECT"), this.backoff.next(), now);
				break;
			case State.CONNECTED:
				this.backoff.reset();
				this.stateDeadline = Number.POSITIVE_INFINITY;
				break;
			case State.DRAINING:
				if (this.session.idle) this.disconnect("CLOSED", now);
				else this.end(new MqttError("CLOSED", "not all was acknowledged in time, so the Will stands"), 0, now);
				break;
			case State.DISCONNECTING:
				this.end(new MqttError(this.farewell, "DISCONNECT could not be sent in time"), 0, now);
		}
	}

	private open(now: number): void {
		const { host, port, connectTimeout } = this.settings;
		this.target = { host, port };
		this.farewell = "CONNECT_FAILED";
		this.enter(State.OPENING, now + connectTimeout);
	}

	/** The connection ended, or came to nothing; if one is wanted, another attempt follows after `wait` milliseconds. */
	private end(reason: MqttError, wait: number, now: number): void {
		const lost = this.out.empty ? 0 : this.out.messages;
		this.target = undefined;
		this.framer.reset();
		this.out.clear();
		this.keepAlive.stop();
		if (this.wanted) this.enter(State.WAITING, now + wait);
		else this.enter(State.OFF, Number.POSITIVE_INFINITY);
		if (lost > 0) {
			this.dropped += lost;
			this.events.error(new MqttError("DROPPED", `${lost} QoS 0 messages were lost with the connection`));
		}
		this.events.disconnected(reason);
	}

	private enter(state: number, deadline: number): void {
		this.state = state;
		this.stateDeadline = deadline;
	}
}
