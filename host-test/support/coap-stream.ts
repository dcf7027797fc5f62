// SPDX-License-Identifier: MIT
// CoAP over TCP as text: messages of coap-text.ts without type and Message ID, such as `GET [20] Uri-Path=a` and `7.01 4=`.
import type { StreamMachine } from "../../src/drive/index.ts";
import { datagram, textOf } from "./coap-text.ts";
import { hex } from "./hex.ts";

/** The bytes of a message in a stream (RFC 8323 §3.2). */
export function frame(line: string): Uint8Array {
	const bytes = datagram(`NON ${line.replace(/^(\S+)/, "$1 0000")}`);
	const tokenLength = bytes[0]! & 15;
	const rest = bytes.subarray(4 + tokenLength);
	const head: number[] = [];
	if (rest.length < 13) head.push((rest.length << 4) | tokenLength);
	else if (rest.length < 269) head.push(0xd0 | tokenLength, rest.length - 13);
	else head.push(0xe0 | tokenLength, (rest.length - 269) >> 8, (rest.length - 269) & 255);
	return Uint8Array.from([...head, bytes[1]!, ...bytes.subarray(4)]);
}

/** The messages that bytes of a stream are; what is left over at the end throws TypeError. */
export function messagesIn(bytes: Uint8Array): string[] {
	const messages: string[] = [];
	let at = 0;
	while (at < bytes.length) {
		const tokenLength = bytes[at]! & 15;
		let length = bytes[at++]! >> 4;
		if (length === 13) length = 13 + bytes[at++]!;
		else if (length === 14) {
			length = 269 + bytes[at]! * 256 + bytes[at + 1]!;
			at += 2;
		}
		const end = at + 1 + tokenLength + length;
		if (end > bytes.length) throw new TypeError(`expected ${end} bytes, got ${bytes.length}`);
		const message = Uint8Array.from([0x50 | tokenLength, bytes[at]!, 0, 0, ...bytes.subarray(at + 1, end)]);
		const text = textOf(message).replace(/^NON (\S+) 0000/, "$1");
		// Options of signaling messages have numbers of their own.
		messages.push(text.startsWith("7.") ? text.replace("ETag=", "4=") : text);
		at = end;
	}
	return messages;
}

/** The other end of a stream machine, on a clock of its own. `window` bytes fit the socket at a time, each way. */
export class Stream {
	now = 0;
	private readonly machine: StreamMachine;
	private readonly window: number;
	/** What was given but has to wait, as the machine is paused. */
	private waiting: number[] = [];

	constructor(machine: StreamMachine, window = 1536) {
		this.machine = machine;
		this.window = window;
	}

	/** The connection is there; returns what the machine says. */
	opens(): string[] {
		this.machine.opened(this.now);
		return this.takes();
	}

	/** Gives the machine messages, as text or as bytes; returns what it says thereupon. */
	sends(...messages: (string | Uint8Array)[]): string[] {
		for (const message of messages) this.waiting.push(...(typeof message === "string" ? frame(message) : message));
		return this.takes();
	}

	sendsHex(bytes: string): string[] {
		return this.sends(hex(bytes));
	}

	/** Lets time pass; returns what the machine says meanwhile. */
	advance(milliseconds: number): string[] {
		const until = this.now + milliseconds;
		const said: string[] = [];
		while (this.machine.deadline <= until) {
			if (this.machine.deadline <= this.now) throw new Error("the deadline stands still");
			this.now = this.machine.deadline;
			this.machine.expire(this.now);
			said.push(...this.takes());
		}
		this.now = until;
		return said;
	}

	get closed(): boolean {
		return this.machine.target === undefined;
	}

	/** What the machine says now, while it takes what waits. */
	takes(): string[] {
		const said: number[] = [];
		for (;;) {
			this.give();
			const bytes = this.machine.due ? this.machine.transmit(this.window, this.now) : undefined;
			if (bytes !== undefined) said.push(...bytes);
			else if (this.waiting.length === 0 || this.closed) break;
			else if (this.machine.paused) throw new Error("paused for good");
		}
		return messagesIn(Uint8Array.from(said));
	}

	private give(): void {
		while (this.waiting.length > 0 && !this.machine.paused && !this.closed) {
			const room = this.machine.input.room(Math.min(this.waiting.length, this.window));
			if (room.length === 0) throw new Error("expected room, got none");
			room.set(this.waiting.splice(0, room.length));
			this.machine.receive(this.now);
		}
	}
}
