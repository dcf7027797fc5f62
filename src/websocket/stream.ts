// SPDX-License-Identifier: MIT
import type { StreamMachine, StreamTarget } from "../drive/index.ts";
import * as CloseCode from "./close-code.ts";
import { FrameHeader, LONGEST_CONTROL } from "./frame-header.ts";
import { FrameWriter } from "./frame-writer.ts";
import { Handshake } from "./handshake.ts";
import { CLOSE, PING, PONG } from "./opcode.ts";
import * as State from "./state.ts";
import { WebSocketError } from "./web-socket-error.ts";

/**
 * A WebSocket client (RFC 6455) between a driver and a protocol over a byte stream, such as MQTT: give it to a StreamDriver in the
 * protocol's place. For a target with `webSocket` it does the handshake and then tells the protocol that it is `opened`; what the
 * protocol sends goes in binary frames, what comes in binary frames it receives as one stream, whatever the frames' bounds. For any
 * other target it passes everything through. A refusal or a violation is `closed` with a WebSocketError.
 *
 * No message is kept: payloads are read into the protocol's own room. It takes about 1.5 KB once a target had `webSocket`.
 */
export class WebSocketStream implements StreamMachine {
	/** The driver puts its own function here. */
	wake: () => void = () => {};
	readonly input = this;
	private readonly machine: StreamMachine;
	private readonly random: () => number;
	private state: number = State.OFF;
	/** What the connection was made for. */
	private current: StreamTarget | undefined;
	private handshake: Handshake | undefined;
	private header!: FrameHeader;
	private writer: FrameWriter | undefined;
	/** Bytes of the frame's payload that did not come yet. */
	private left = 0;
	/** Where a control frame's payload, or a part of the handshake's response, comes. */
	private incoming!: Uint8Array;
	private lent: Uint8Array | undefined;
	/** The control frame to send next, before any data: PONG or CLOSE; 0 when none is due. */
	private controlDue = 0;
	private outgoing!: Uint8Array;
	private outgoingLength = 0;

	/** `random` gives numbers in [0, 1), for keys and masks: servers and proxies should not be able to predict it (§10.3). */
	constructor(machine: StreamMachine, random: () => number) {
		this.machine = machine;
		this.random = random;
		machine.wake = () => this.wake();
	}

	get target(): StreamTarget | undefined {
		return this.machine.target;
	}

	get deadline(): number {
		return this.machine.deadline;
	}

	expire(now: number): void {
		this.machine.expire(now);
	}

	opened(now: number): void {
		const target = this.machine.target;
		this.current = target;
		if (!target?.webSocket) {
			this.state = State.PLAIN;
			this.machine.opened(now);
			return;
		}
		if (!this.writer) {
			this.writer = new FrameWriter(this.random);
			this.incoming = new Uint8Array(LONGEST_CONTROL);
			this.outgoing = new Uint8Array(LONGEST_CONTROL);
		}
		this.header = new FrameHeader();
		this.controlDue = 0;
		try {
			this.handshake = new Handshake(target, this.random);
			this.state = State.HANDSHAKE;
		} catch (error) {
			this.fail(error as Error, now);
		}
	}

	closed(now: number, error?: Error): void {
		const state = this.state;
		this.state = State.OFF;
		this.handshake = undefined;
		// The protocol was told when the WebSocket ended, and its connection only now.
		if (state === State.ENDED && this.machine.target === undefined) return;
		const reason =
			state === State.HANDSHAKE
				? `${error?.message ?? "the connection ended"}, and no WebSocket was accepted`
				: undefined;
		this.machine.closed(now, reason === undefined ? error : new WebSocketError(reason));
	}

	/** Nothing of a message is read while the protocol takes no more; what else comes waits behind it. */
	get paused(): boolean {
		return this.machine.paused;
	}

	room(most: number): Uint8Array {
		switch (this.state) {
			case State.PLAIN:
				return this.machine.input.room(most);
			case State.HEADER:
				this.lent = this.header.room(most);
				break;
			case State.DATA:
				this.lent = this.machine.input.room(Math.min(most, this.left));
				break;
			case State.CONTROL: {
				const at = this.header.length - this.left;
				this.lent = this.incoming.subarray(at, at + Math.min(most, this.left));
				break;
			}
			default:
				this.lent = this.incoming.subarray(0, most);
		}
		return this.lent;
	}

	receive(now: number): void {
		if (this.state === State.PLAIN) this.machine.receive(now);
		else if (this.state === State.HANDSHAKE) this.receiveResponse(now);
		else this.receiveFrame(now);
	}

	private receiveResponse(now: number): void {
		const bytes = this.lent!;
		const handshake = this.handshake!;
		let at: number;
		try {
			at = handshake.receive(bytes);
		} catch (error) {
			this.fail(error as Error, now);
			return;
		}
		if (!handshake.done) return;
		this.handshake = undefined;
		this.state = State.HEADER;
		if (at === bytes.length) {
			this.machine.opened(now);
			return;
		}
		// Frames came with the response. Their room may be the same bytes.
		const frames = bytes.slice(at);
		this.machine.opened(now);
		for (at = 0; at < frames.length && this.open && this.machine.target === this.current; ) {
			const room = this.room(frames.length - at);
			room.set(frames.subarray(at, at + room.length));
			at += room.length;
			this.receiveFrame(now);
		}
	}

	/** Bytes came of a frame's header, of data, or of a control frame. */
	private receiveFrame(now: number): void {
		const count = this.lent!.length;
		if (this.state === State.HEADER) {
			let whole: boolean;
			try {
				whole = this.header.receive(count);
			} catch (error) {
				this.fail(error as Error, now);
				return;
			}
			if (!whole) return;
			this.left = this.header.length;
			this.state = this.header.opcode >= CLOSE ? State.CONTROL : State.DATA;
			if (this.left === 0) this.finishFrame(now);
			return;
		}
		if (this.state !== State.DATA && this.state !== State.CONTROL) return;
		this.left -= count;
		const ended = this.left === 0;
		if (this.state === State.DATA) {
			if (ended) this.state = State.HEADER;
			this.machine.receive(now);
		} else if (ended) this.finishFrame(now);
	}

	private finishFrame(now: number): void {
		const { opcode, length } = this.header;
		this.state = State.HEADER;
		if (opcode === PING) {
			// Only the latest ping needs its answer (§5.5.3).
			this.outgoing.set(this.incoming);
			this.outgoingLength = length;
			this.controlDue = PONG;
		} else if (opcode === CLOSE) this.receiveClose(length, now);
	}

	private receiveClose(length: number, now: number): void {
		const bytes = this.incoming;
		const code = length === 0 ? CloseCode.NO_STATUS : length === 1 ? 0 : (bytes[0]! << 8) | bytes[1]!;
		if (length > 0 && !CloseCode.isSendable(code)) {
			const got = length === 1 ? "half a code" : String(code);
			this.fail(
				new WebSocketError(`expected a code that may close a WebSocket, got ${got}`, CloseCode.PROTOCOL_ERROR),
				now,
			);
			return;
		}
		let why = "";
		try {
			if (length > 2) why = `: ${new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(2, length))}`;
		} catch {
			this.fail(new WebSocketError("expected UTF-8 in a Close frame, got none", CloseCode.INVALID_PAYLOAD), now);
			return;
		}
		this.end(length === 0 ? CloseCode.NORMAL : code);
		const message = `the server closed the WebSocket: ${CloseCode.closeCodeText(code)}${why}`;
		this.machine.closed(now, new WebSocketError(message, code));
	}

	get due(): boolean {
		switch (this.state) {
			case State.PLAIN:
				return this.machine.due;
			case State.HANDSHAKE:
				return this.handshake!.due;
			case State.OFF:
				return false;
			case State.ENDED:
				return this.controlDue !== 0;
			default:
				return this.controlDue !== 0 || this.machine.due || this.machine.target !== this.current;
		}
	}

	transmit(most: number, now: number): Uint8Array | undefined {
		const machine = this.machine;
		if (this.state === State.PLAIN) return machine.transmit(most, now);
		if (this.state === State.HANDSHAKE) return this.handshake!.due ? this.handshake!.transmit(most) : undefined;
		const writer = this.writer!;
		// The protocol said its last: so does the WebSocket.
		if (this.open && machine.target !== this.current) this.end(CloseCode.NORMAL);
		if (this.state === State.OFF) return undefined;
		if (this.controlDue !== 0) {
			if (writer.capacity(most) < this.outgoingLength) return undefined;
			const opcode = this.controlDue;
			this.controlDue = 0;
			return writer.control(opcode, this.outgoing, this.outgoingLength);
		}
		const capacity = writer.capacity(most);
		if (this.state === State.ENDED || capacity <= 0) return undefined;
		const bytes = machine.transmit(capacity, now);
		return bytes === undefined ? undefined : writer.binary(bytes);
	}

	/** The handshake is over, and nobody closed. */
	private get open(): boolean {
		return this.state >= State.HEADER;
	}

	/** The WebSocket is over from our side: says so to the peer if it listens, and then to the protocol, which withdraws its target. */
	private fail(error: Error, now: number): void {
		if (this.open) this.end((error as WebSocketError).code ?? CloseCode.PROTOCOL_ERROR);
		else this.state = State.ENDED;
		this.handshake = undefined;
		this.machine.closed(now, error);
	}

	private end(code: number): void {
		this.state = State.ENDED;
		this.controlDue = CLOSE;
		this.outgoing[0] = code >> 8;
		this.outgoing[1] = code;
		this.outgoingLength = 2;
	}
}
