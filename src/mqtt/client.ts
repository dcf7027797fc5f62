// SPDX-License-Identifier: MIT
import type { Payload } from "../wire/index.ts";
import { Connection } from "./connection.ts";
import { asked } from "./lifecycle.ts";
import type { Answered, PublishOptions, PublishProperties, SubscribeOptions } from "./options.ts";
import type { PayloadSource } from "./payload-source.ts";
import * as State from "./state.ts";
import { V5 } from "./version.ts";
import type { Watch } from "./watch.ts";

/**
 * An MQTT client, 5.0 and 3.1.1, as a machine without IO. Call `connect`; from then on the driver opens what `target` says, and tells
 * `opened`, `receive`, `closed`; after each call it drains `transmit` while `due` and arms `deadline`. When `target` becomes undefined the
 * driver sends what it was given and closes. `publish`, `subscribe`, `unsubscribe`, `connect` and `close` are legal in any callback.
 *
 * A message that `publish` accepted at QoS 1 or 2 is sent until it is acknowledged: again with DUP in a resumed session, anew when the
 * broker has forgotten the session. A QoS 0 message is accepted only while connected, unless it is to be queued, and is gone when the connection is.
 */
export class Client extends Connection {
	get connected(): boolean {
		return this.state === State.CONNECTED;
	}

	/** Messages that were accepted and will not be delivered, each of which was announced. */
	get dropped(): number {
		return this.session.dropped + this.lost;
	}

	/** Wants a connection, from now until `close`. Called while it waits, such as when a network is there again, it tries at once. */
	connect(now: number): void {
		this.wanted = true;
		if (this.state === State.OFF || this.state === State.WAITING) {
			this.brokers.reset();
			this.open(now);
		} else if (this.state === State.DRAINING) {
			this.availability?.begin(this.broker!);
			this.enter(State.CONNECTED, now + this.settings.reconnect.stable);
			this.due = true;
		}
		this.wake();
	}

	/**
	 * Wants no connection. When all that was accepted is sent and acknowledged, DISCONNECT is sent, so that the Will does not fire; when
	 * `timeout` passes before (the option `closeTimeout` unless given), none is, and it does. `onDisconnected` says when it is over. What
	 * remains at QoS 1 and 2 is kept for another `connect`.
	 */
	close(now: number, timeout = this.settings.closeTimeout): void {
		this.wanted = false;
		if (this.state === State.CONNECTED) {
			this.availability?.end();
			this.enter(State.DRAINING, now + timeout);
		} else if (this.state === State.CONNECTING) this.disconnect(asked(), 0, now);
		else if (this.state === State.WAITING || this.state === State.OPENING) this.end(asked(), 0, now);
		this.changed();
	}

	/** Calls `done` when all that was accepted is acknowledged, or, with false, when `timeout` milliseconds passed: then a device may sleep. */
	flush(timeout: number, now: number, done: (complete: boolean) => void): void {
		this.flushing = { deadline: now + timeout, done };
		this.unusual = true;
		this.arm();
		this.changed();
	}

	/**
	 * Queues a message; false when there is no room, or at QoS 0 no connection, and then `onWritable` follows. The payload is
	 * copied, but for a source, which is read when it is sent and never kept in the store. Throws TypeError or RangeError on a topic name, payload or options that cannot be sent, and what the store throws.
	 */
	publish(topicName: string, payload: Payload | PayloadSource, options?: PublishOptions): boolean {
		this.due = true;
		const connected = this.state === State.CONNECTED;
		if (!this.publisher.publish(topicName, payload, options, connected)) return false;
		if (options?.properties !== undefined) this.stamp(options.properties);
		if (!connected) this.arm(); // what gave way to the message is to be told
		this.publishing = true;
		this.wake();
		this.publishing = false;
		return true;
	}

	/** Goes on where `onPart` returned false, or where a source had nothing to read. */
	resume(): void {
		this.paused = false;
		this.changed();
	}

	/** The time of a message that expires starts now. */
	private stamp({ messageExpiryInterval }: PublishProperties): void {
		if (messageExpiryInterval === undefined) return;
		this.session.deadline = 0;
		this.arm();
	}

	/**
	 * Wants what is published to `topicFilter`, at `qos` or less, on this connection and every later one. A refusal comes to
	 * `onComplete`, without one to `onError`. Throws TypeError or RangeError.
	 */
	subscribe(topicFilter: string, qos: 0 | 1 | 2, options?: SubscribeOptions): void {
		this.session.subscribe(topicFilter, qos, options);
		this.changed();
	}

	/** Wants it no longer; false for a topic filter that was not subscribed to, which changes nothing. `onComplete` is told what the broker said. */
	unsubscribe(topicFilter: string, onComplete?: Answered): boolean {
		const known = this.session.unsubscribe(topicFilter, onComplete);
		this.changed();
		return known;
	}

	/** Has `watch` ride on this client's deadline from now on; called again when the watch's own has changed. */
	watch(watch: Watch): void {
		if (!this.watches.includes(watch)) this.watches.push(watch);
		this.arm();
		this.changed();
	}

	/** Authenticates again (5.0 §4.12.1); false when that cannot be now. */
	reauthenticate(): boolean {
		const begun = this.broker?.version === V5 && this.state === State.CONNECTED && this.handshake.reauthenticate();
		this.changed();
		return begun;
	}
}
