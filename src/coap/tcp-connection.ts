// SPDX-License-Identifier: MIT
// CoAP over TCP (RFC 8323): one connection, at either end of it.
import { FormatError, type StreamTarget } from "../wire/index.ts";
import * as Code from "./code.ts";
import { MESSAGE_SIZE } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";
import { FrameReader, framed } from "./tcp-frame.ts";
import * as Signal from "./tcp-signal.ts";

/** How an application tunes connections. Times are milliseconds. */
export interface ConnectionParameters {
	/** How long a message may be that the peer sends, in bytes. */
	readonly maxMessageSize: number;
	/** After how long without a byte from the peer it is sent a Ping. */
	readonly pingInterval: number;
	/** How long is waited for a Pong, and for the CSM of a new connection. */
	readonly pongTimeout: number;
}

/** What an application that says nothing gets: little memory, and a Ping before a NAT forgets the connection. */
export const CONNECTION_PARAMETERS: ConnectionParameters = {
	maxMessageSize: MESSAGE_SIZE,
	pingInterval: 240_000,
	pongTimeout: 30_000,
};

/** Room beyond a longest message, so that several short ones leave together. */
const MORE = 128;

/** Room for a signal without a token, which is not waited for. */
const SIGNAL = 96;

const NO_TOKEN = new Uint8Array(0);

/**
 * One end of a connection, a stream machine: messages come to `message`, and leave by `send`, as NON datagrams with Message ID 0. There is
 * no message layer: nothing is acknowledged, repeated or deduplicated (§3.1). It closes by withdrawing `target`.
 */
export abstract class TcpConnection {
	/** The driver puts its own function here. */
	wake: () => void = nothing;
	target: StreamTarget | undefined;
	/** The longest message that the peer takes. */
	peerMessageSize = Signal.BASE_MESSAGE_SIZE;
	/** Whether the peer's CSM came. */
	ready = false;
	/** Whether one of both asked for an end: no more requests then (§5.5). */
	releasing = false;
	/** Whether `produce` may have something to give. */
	protected producing = false;
	private readonly parameters: ConnectionParameters;
	private readonly reader: FrameReader;
	private readonly signal = new Signal.Signal();
	private readonly writer = new MessageWriter();
	/** The longest message that is read or written. */
	private readonly longest: number;
	/** What is to be sent is `out[outAt…outEnd)`. */
	private readonly out: Uint8Array;
	private outAt = 0;
	private outEnd = 0;
	/** How many bytes of the reader's room are filled next. */
	private filling = 0;
	/** A message may wait in the reader until there is room for the answer. */
	private unread = false;
	/** When the connection itself wants to be looked after. */
	private alarm = Infinity;
	/** When the peer was last heard. */
	private heard = 0;
	/** Whether a Ping was sent since. */
	private pinged = false;
	/** Whether it closes as soon as all is sent. */
	private ending = false;

	constructor(target: StreamTarget | undefined, parameters: ConnectionParameters) {
		this.target = target;
		this.parameters = parameters;
		this.reader = new FrameReader(parameters.maxMessageSize);
		this.longest = Math.max(parameters.maxMessageSize, MESSAGE_SIZE);
		this.out = new Uint8Array(this.longest + MORE + 2 * SIGNAL);
	}

	/** A request or a response came, as a NON datagram that stays as it is until this returns. What is malformed throws FormatError. */
	protected abstract message(bytes: Uint8Array, now: number): void;

	/** The connection is gone, or could not be made; `error` is undefined when this end closed it. */
	protected abstract ended(error: Error | undefined): void;

	/** The peer's CSM came: messages may go both ways. */
	protected greeted(): void {}

	/** What else is to be sent, as a NON datagram; undefined when there is nothing. It is copied before any other call. */
	protected produce(_now: number): Uint8Array | undefined {
		this.producing = false;
		return undefined;
	}

	/** Whether requests are still to be answered, by either end. */
	protected get outstanding(): boolean {
		return false;
	}

	/** When `expireLater` wants to be called; Infinity when never. */
	protected get laterDeadline(): number {
		return Infinity;
	}

	protected expireLater(_now: number): void {}

	opened(now: number): void {
		this.heard = now;
		this.alarm = now + this.parameters.pongTimeout;
		this.write((bytes) => Signal.writeCsm(this.writer, bytes, this.parameters.maxMessageSize));
	}

	closed(_now: number, error: Error = new Error("the connection ended")): void {
		this.finish(error);
	}

	get paused(): boolean {
		return this.unread;
	}

	readonly input = this;

	room(most: number): Uint8Array {
		const room = this.reader.room(most);
		this.filling = room.length;
		return room;
	}

	receive(now: number): void {
		this.heard = now;
		this.pinged = false;
		this.reader.filled(this.filling);
		this.read(now);
	}

	get due(): boolean {
		return this.outEnd > this.outAt || this.unread || this.producing;
	}

	transmit(most: number, now: number): Uint8Array | undefined {
		if (this.outAt === this.outEnd) this.refill(now);
		const { out, outAt, outEnd } = this;
		if (outAt === outEnd) return undefined;
		const end = Math.min(outEnd, outAt + most);
		this.outAt = end;
		if (end === outEnd) this.settle();
		return out.subarray(outAt, end);
	}

	get deadline(): number {
		return this.target === undefined ? Infinity : Math.min(this.alarm, this.laterDeadline);
	}

	expire(now: number): void {
		const { heard, parameters } = this;
		if (now >= this.laterDeadline) this.expireLater(now);
		if (now < this.alarm) return;
		if (this.ending) this.finish(undefined);
		else if (!this.ready) this.abort("no CSM");
		else if (this.pinged) this.finish(new Error("no Pong"));
		else if (heard + parameters.pingInterval > now) this.alarm = heard + parameters.pingInterval;
		else {
			this.pinged = true;
			this.alarm = now + parameters.pongTimeout;
			this.write((bytes) => Signal.writePing(this.writer, bytes, Signal.PING, NO_TOKEN, false));
		}
	}

	/** Asks for an end: the peer may still answer, and closes (§5.5). */
	release(): void {
		if (this.target === undefined || this.releasing) return;
		this.releasing = true;
		this.write((bytes) => Signal.writeRelease(this.writer, bytes));
		this.wake();
	}

	/** Ends the connection, and tells the peer why (§5.6). */
	abort(why: string, badCsmOption = -1): void {
		if (this.target === undefined || this.ending) return;
		this.ending = true;
		this.unread = this.producing = false;
		this.write((bytes) => Signal.writeAbort(this.writer, bytes, why, badCsmOption));
		this.ended(new Error(why));
		this.wake();
	}

	/** Whether there is room to send the longest message. */
	protected get spacious(): boolean {
		return this.out.length - (this.outEnd - this.outAt) >= this.longest + 2 * SIGNAL;
	}

	/** Sends a message, given as a NON datagram; returns false, sending nothing, when it is longer than the peer takes. */
	protected send(datagram: Uint8Array): boolean {
		const frame = framed(datagram);
		if (frame.length > this.peerMessageSize) return false;
		this.append(frame);
		return true;
	}

	/** What there is to read and to answer. */
	private read(now: number): void {
		this.unread = false;
		try {
			while (this.target !== undefined && !this.ending) {
				if (!this.spacious) {
					this.unread = true;
					return;
				}
				const bytes = this.reader.next();
				if (bytes === undefined) break;
				this.take(bytes, now);
			}
		} catch (error) {
			if (!(error instanceof FormatError)) throw error;
			this.abort(error.code);
		}
		this.settle();
	}

	private take(bytes: Uint8Array, now: number): void {
		const code = bytes[1]!;
		if (code === Code.EMPTY) return; // §3.4
		if (Signal.signals(code)) this.takeSignal(this.signal.read(bytes), now);
		else if (!this.ready)
			this.abort("expected a CSM first"); // §5.3
		else this.message(bytes, now);
	}

	private takeSignal(signal: Signal.Signal, now: number): void {
		const { code, maxMessageSize } = signal;
		if (signal.badOption >= 0) {
			this.abort("unknown critical option", code === Signal.CSM ? signal.badOption : -1); // §5.2
		} else if (code === Signal.CSM) {
			if (maxMessageSize >= 0) this.peerMessageSize = maxMessageSize;
			if (this.ready) return;
			this.ready = true;
			this.alarm = now + this.parameters.pingInterval;
			this.greeted();
		} else if (!this.ready) this.abort("expected a CSM first");
		else if (code === Signal.PING) {
			const custody = signal.custody && !this.outstanding; // §5.4.1
			const { token } = signal;
			this.write((bytes) => Signal.writePing(this.writer, bytes, Signal.PONG, token, custody), token.length);
		} else if (code === Signal.RELEASE) this.releasing = true;
		else if (code === Signal.ABORT) this.finish(new Error(`aborted by the peer: ${signal.diagnostic}`));
	}

	/** Makes room for answers and for what else is to be sent. */
	private refill(now: number): void {
		if (this.unread) this.read(now);
		while (this.producing && this.spacious && this.target !== undefined) {
			const datagram = this.produce(now);
			if (datagram !== undefined) this.send(datagram);
		}
		this.settle();
	}

	/** Closes when there is nothing left to say. */
	private settle(): void {
		if (this.outEnd > this.outAt || this.target === undefined) return;
		if (this.ending) this.leave();
		else if (this.releasing && !this.outstanding && !this.unread && !this.producing) this.finish(undefined);
	}

	private write(signal: (bytes: Uint8Array) => void, tokenLength = 0): void {
		const room = new Uint8Array(SIGNAL + tokenLength);
		signal(room);
		this.append(framed(room.subarray(0, this.writer.at)));
	}

	private append(frame: Uint8Array): void {
		if (this.outAt > 0) {
			this.out.copyWithin(0, this.outAt, this.outEnd);
			this.outEnd -= this.outAt;
			this.outAt = 0;
		}
		this.out.set(frame, this.outEnd);
		this.outEnd += frame.length;
	}

	private finish(error: Error | undefined): void {
		if (this.target === undefined) return;
		this.leave();
		if (!this.ending) this.ended(error);
	}

	private leave(): void {
		this.target = undefined;
		this.alarm = Infinity;
		this.outAt = this.outEnd = 0;
		this.unread = this.producing = false;
	}
}

function nothing(): void {}
