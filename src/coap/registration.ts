// SPDX-License-Identifier: MIT
// Registration with a resource directory, the simple way (RFC 9176 §5.1): the directory is asked to come and read what there is to discover.
import * as Code from "./code.ts";
import type { Endpoint } from "./handler.ts";
import { CON, MESSAGE_SIZE, type Message } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";
import * as Option from "./option.ts";
import { maxTransmitWait, type Parameters } from "./parameters.ts";
import { Transmission } from "./transmission.ts";

/** Where a server registers, and as what. */
export interface Directory {
	/** Its IPv4 address. */
	readonly address: string;
	/** 5683 when absent. */
	readonly port?: number;
	/** The name of this endpoint, which no other one in its sector has: less than 63 bytes (§5). */
	readonly endpoint: string;
	/** The sector, if there are several: less than 63 bytes. */
	readonly sector?: string;
	/** For how many seconds the directory remembers, 90,000 when absent; it is told again before. */
	readonly lifetime?: number;
}

/** After how many milliseconds a registration that failed is tried again; twice as many each time, until it is an hour. */
const RETRY = 60_000;
const LONGEST_RETRY = 3_600_000;

/** Keeps a server registered: its due datagram is what `transmit` returns, and its deadline is for `expire`. */
export class Registration {
	/** Whether the directory knows of this endpoint. */
	registered = false;
	/** Whether `transmit` has something to give. */
	due = true;
	/** When it is to register again, or stops to wait. */
	private next = Infinity;
	/** Whether an answer is waited for. */
	private waiting = false;
	private retry = RETRY;
	private token = new Uint8Array(0);
	private readonly transmission = new Transmission();
	private readonly directory: Directory;
	private readonly parameters: Parameters;
	private readonly random: () => number;
	private readonly onError: (error: Error) => void;

	/** Throws RangeError on a name or a lifetime that cannot be. */
	constructor(directory: Directory, parameters: Parameters, random: () => number, onError: (error: Error) => void) {
		const { endpoint, sector = "", lifetime = 90_000 } = directory;
		for (const name of [endpoint, sector])
			if (new TextEncoder().encode(name).length > 62)
				throw new RangeError(`expected less than 63 bytes, got "${name}"`);
		if (endpoint === "") throw new RangeError("expected the name of the endpoint, got none");
		if (!Number.isInteger(lifetime) || lifetime < 60 || lifetime > 0xffffffff)
			throw new RangeError(`expected seconds from 60 on as lifetime, got ${lifetime}`);
		this.directory = directory;
		this.parameters = parameters;
		this.random = random;
		this.onError = onError;
	}

	get deadline(): number {
		return Math.min(this.next, this.transmission.deadline);
	}

	expire(now: number): void {
		if (this.transmission.deadline <= now) this.due = this.transmission.expire(this.parameters);
		if (this.next > now) return;
		this.next = Infinity;
		if (this.waiting) this.fail("no answer", now);
		else this.due = true;
	}

	/** The request, and in `to` the directory; undefined when it is not due. */
	transmit(to: Endpoint, now: number, nextMessageId: () => number): Uint8Array | undefined {
		if (!this.due) return undefined;
		const { directory, transmission } = this;
		this.due = false;
		to.address = directory.address;
		to.port = directory.port ?? 5683;
		if (transmission.messageId >= 0) transmission.sent(now);
		else {
			this.waiting = true;
			this.next = now + maxTransmitWait(this.parameters);
			const messageId = nextMessageId();
			transmission.start(messageId, this.request(messageId), now, this.parameters, this.random);
		}
		return transmission.datagram;
	}

	/** An ACK or a RST came: it is not sent again. */
	acknowledged(messageId: number, from: Readonly<Endpoint>): void {
		if (messageId === this.transmission.messageId && this.isFrom(from)) this.transmission.stop();
	}

	/** A response came; returns whether it is the directory's. */
	answered(response: Message, from: Readonly<Endpoint>, now: number): boolean {
		if (!this.isFrom(from) || !same(response.token, this.token)) return false;
		if (!this.waiting) return true; // It came before.
		this.transmission.stop();
		this.waiting = this.due = false;
		if (response.code === Code.CHANGED) {
			this.registered = true;
			this.retry = RETRY;
			// In good time for another try or two before the directory forgets.
			this.next = now + (this.directory.lifetime ?? 90_000) * 750;
		} else this.fail(`${response.code >> 5}.${String(response.code & 31).padStart(2, "0")}`, now);
		return true;
	}

	private fail(why: string, now: number): void {
		const { address, port = 5683 } = this.directory;
		this.transmission.stop();
		this.waiting = this.due = this.registered = false;
		this.next = now + this.retry;
		this.retry = Math.min(2 * this.retry, LONGEST_RETRY);
		try {
			this.onError(new Error(`registration at ${address}:${port}: ${why}`));
		} catch {
			// An exception that escapes would reboot the device: whoever throws while told of an error is not told of that one.
		}
	}

	private request(messageId: number): Uint8Array {
		const { endpoint, sector, lifetime } = this.directory;
		this.token = Uint8Array.from({ length: 4 }, () => Math.floor(this.random() * 256));
		const bytes = new Uint8Array(MESSAGE_SIZE);
		const writer = new MessageWriter();
		writer.header(bytes, CON, Code.POST, messageId, this.token);
		writer.stringOption(Option.URI_PATH, ".well-known");
		writer.stringOption(Option.URI_PATH, "rd");
		writer.stringOption(Option.URI_QUERY, `ep=${endpoint}`);
		if (sector !== undefined) writer.stringOption(Option.URI_QUERY, `d=${sector}`);
		if (lifetime !== undefined) writer.stringOption(Option.URI_QUERY, `lt=${lifetime}`);
		return bytes.slice(0, writer.at);
	}

	private isFrom({ address, port }: Readonly<Endpoint>): boolean {
		return address === this.directory.address && port === (this.directory.port ?? 5683);
	}
}

function same(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
