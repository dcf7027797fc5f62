// SPDX-License-Identifier: MIT
import { FormatError } from "../wire/index.ts";
import type { Capabilities } from "./capabilities.ts";
import { type Disconnect, parseAuth, parseDisconnect } from "./disconnect.ts";
import { asked, Lifecycle } from "./lifecycle.ts";
import { failure, MqttError } from "./mqtt-error.ts";
import { AUTH, DISCONNECT, LARGE_PUBLISH, PUBCOMP, PUBLISH } from "./packet-type.ts";
import { writePingReq } from "./ping.ts";
import * as Reason from "./reason-code.ts";
import * as State from "./state.ts";
import { V5 } from "./version.ts";

/**
 * What goes over a client's connections, as a machine without IO: the driver opens what `target` says, and tells `opened`, `receive`,
 * `closed`; after each call it drains `transmit` while `due` and arms `deadline`. When `target` becomes undefined the driver sends what it was
 * given and closes.
 */
export class Connection extends Lifecycle {
	receive(now: number): void {
		this.keepAlive.lastReceived = now;
		const framer = this.framer;
		try {
			if (framer.missing > 0) this.receiveMore();
			do {
				const type = framer.next();
				if (type === PUBLISH && this.state === State.CONNECTED) this.session.receivePublish(framer);
				else if (type > PUBLISH && type <= PUBCOMP && this.state === State.CONNECTED) {
					this.session.receiveAcknowledgement(type, framer);
				} else if (type !== 0) this.dispatch(type, now);
				else break;
			} while (framer.from < framer.filled);
		} catch (error) {
			if (this.session.delivering) this.recover(error, now);
			else this.broken(failure(error), now);
		}
		if (this.out.at > 0 || this.out.due || this.unusual) this.due = true;
	}

	/** The application threw over a message: it has it all the same. */
	private recover(thrown: unknown, now: number): void {
		this.events.threw("onMessage", thrown);
		try {
			this.session.delivered();
			this.receive(now);
		} catch (error) {
			this.broken(failure(error), now);
		}
	}

	private receiveLarge(): void {
		this.session.receiveLarge(this.framer);
		this.paused = this.session.large!.paused;
	}

	private receiveMore(): void {
		this.session.receiveMore(this.framer);
		this.paused = this.session.large!.paused;
	}

	/** A packet came that brings the application no whole message. */
	private dispatch(type: number, now: number): void {
		const framer = this.framer;
		if (this.state === State.CONNECTING) {
			const result = this.handshake.receive(type, framer);
			if (result instanceof MqttError) this.end(result, this.brokers.refused(this.handshake.refusal!), now);
			else if (result !== undefined) this.accepted(result.broker, result.sessionPresent, now);
			else this.due = true;
		} else if (this.state === State.CONNECTED || this.state === State.DRAINING) {
			if (type === DISCONNECT) this.disconnected(parseDisconnect(framer, framer.version), now);
			else if (type === AUTH) this.handshake.authenticate(parseAuth(framer));
			// While draining nothing is delivered any more, nor acknowledged: a session that is kept brings it again.
			else if (type === LARGE_PUBLISH && this.state === State.CONNECTED) this.receiveLarge();
			else if (type > PUBLISH && type <= PUBCOMP) this.session.receiveAcknowledgement(type, framer);
			else if (type !== PUBLISH && type !== LARGE_PUBLISH) this.session.receive(type, framer);
			if (this.state === State.DRAINING) this.due = true;
		}
	}

	private accepted(broker: Capabilities, sessionPresent: boolean, now: number): void {
		const { handshake, session, settings } = this;
		if (sessionPresent && !session.held) {
			// [MQTT-3.2.2-4]. Asking for the same again would end the same, so the broker is made to forget first.
			const again = !handshake.discarding;
			handshake.discarding = true;
			const message = "the broker kept a session that this client does not know";
			this.end(new MqttError("SESSION_UNKNOWN", message, Reason.PROTOCOL_ERROR), this.brokers.lost(), now, again);
		} else if (handshake.provisional) {
			handshake.discarding = false;
			this.disconnect(new MqttError("SESSION_DISCARDED", "the broker was made to forget its session"), 0, now);
		} else {
			handshake.discarding = false;
			this.broker = broker;
			this.brokers.accepted();
			// While what is left of a forgotten session is cleared up, a store knows of none: the power may go.
			if (!sessionPresent) session.hold(false);
			session.restart(sessionPresent, broker);
			session.hold(broker.sessionExpiryInterval > 0);
			const { keepAlive } = broker;
			this.keepAlive.start(keepAlive, settings.pingTimeout ?? Math.max(keepAlive, 1) * 1500, now);
			this.enter(State.CONNECTED, now + settings.reconnect.stable);
			this.availability?.begin(broker);
			this.availability?.say();
			this.events.connected(sessionPresent);
		}
	}

	/** The broker ends the connection (5.0 §3.14). */
	private disconnected(packet: Disconnect, now: number): void {
		if (this.framer.version !== V5) throw new FormatError("unexpected packet", 0);
		const { reasonCode, properties } = packet;
		if (properties?.sessionExpiryInterval !== undefined) throw new FormatError("property value", 0); // [MQTT-3.14.2-2]
		const name = properties?.reasonString ?? Reason.reasonCodeName(reasonCode, DISCONNECT, V5);
		const reason = new MqttError("DISCONNECTED", name, reasonCode, undefined, properties);
		this.end(reason, this.brokers.disconnected(packet), now);
	}

	/** What came broke the protocol: the broker is told why in 5.0, and the connection ends [MQTT-4.13.1-1]. */
	private broken(reason: MqttError, now: number): void {
		if (this.broker === undefined) this.end(reason, this.brokers.failed(), now);
		else if (this.broker.version !== V5) this.end(reason, this.brokers.lost(), now);
		else this.disconnect(reason, this.brokers.lost(), now);
	}

	transmit(most: number, now: number): Uint8Array | undefined {
		const out = this.out;
		if (out.due || this.unusual) this.fill(now);
		const bytes = out.take(most);
		if (bytes !== undefined) this.keepAlive.lastSent = now;
		this.due = out.at > 0 || out.due;
		if (this.unusual) this.drained(now);
		return bytes;
	}

	/** Something waited until bytes were taken, and it may be the last ones that were. */
	private drained(now: number): void {
		if (this.state === State.DISCONNECTING && this.out.empty) this.end(this.farewell!, this.wait, now);
		if (this.flushing !== undefined && this.idle) this.flushed(true);
	}

	/** Writes what is due, as far as there is room. */
	private fill(now: number): void {
		const state = this.state;
		if (state !== State.CONNECTED && state !== State.DRAINING) return;
		const keepAlive = this.keepAlive;
		const session = this.session;
		// `publish` never calls back from inside itself: then it is the next turn that does.
		const connected = state === State.CONNECTED;
		const said = this.availability === undefined || this.availability.say();
		if (session.announceDue(connected)) {
			if (this.publishing) this.deadline = 0;
			else session.announce(connected);
		}
		if (keepAlive.pingDue && this.out.urgentRoom >= 2) {
			writePingReq(this.out);
			keepAlive.pinged(now);
			this.arm();
		}
		if (session.deadline !== Number.POSITIVE_INFINITY) session.expire(now);
		try {
			session.write();
		} catch (error) {
			this.broken(failure(error), now);
		}
		if (keepAlive.pingDue || (this.handshake.waiting !== undefined && !this.handshake.flush())) this.out.due = true;
		if (session.untold) this.deadline = 0;
		if (this.state === State.DRAINING && said && session.idle) this.disconnect(asked(), 0, now);
	}
}
