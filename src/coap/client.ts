// SPDX-License-Identifier: MIT
// A CoAP client (RFC 7252): the message layer of §4, and matching of responses (§5.3.2).
import { FormatError } from "../wire/index.ts";
import { ENDED, Exchange, type Home, OUTSTANDING, type PendingRequest, QUEUED } from "./client-exchange.ts";
import { Received } from "./client-received.ts";
import type { ClientRequest } from "./client-request.ts";
import { IncomingResponse, type Outcome } from "./client-response.ts";
import * as Code from "./code.ts";
import type { Endpoint } from "./handler.ts";
import { ACK, CON, MESSAGE_SIZE, RST, TOKEN_AT } from "./message.ts";
import { empty, MessageWriter } from "./message-writer.ts";
import { atLeast, exchangeLifetime, maxTransmitWait, type Parameters, parametersOf } from "./parameters.ts";

export type { PendingRequest } from "./client-exchange.ts";
export { type Link, parseLinks } from "./client-links.ts";
export type { OptionValue } from "./client-options.ts";
export type { ClientRequest } from "./client-request.ts";
export type { ClientResponse, Outcome } from "./client-response.ts";
export { parseUri, type Target } from "./client-uri.ts";

/** A token without TLS has at least 32 random bits (§5.3.1). */
const TOKEN_LENGTH = 4;

/** What a client is made with. */
export interface ClientOptions extends Partial<Parameters> {
	/** Numbers in [0, 1), which nobody else should be able to guess. */
	random: () => number;
	/** Told of everything that a callback throws. */
	onError?: (error: Error) => void;
	/** The first Message ID; random when absent. */
	messageId?: number;
	/** How many requests there may be at a time, 16 when absent: under way, observing, or waiting for their turn. */
	requests?: number;
	/** How many of them may be outstanding at one endpoint (§4.7), 1 when absent; the others wait. */
	NSTART?: number;
	/** How many bytes a response's body may have that comes in blocks; 8,192 when absent. */
	bodySize?: number;
	/** Whether the transport loses, repeats and reorders nothing, as TCP, so that there is no message layer; false when absent. */
	reliable?: boolean;
	/** How many bytes a second an endpoint that does not answer is sent in NONs (§4.7), 1 when absent. */
	PROBING_RATE?: number;
}

/**
 * A datagram machine that asks: call `request`, give each datagram to `receive` and send what it returns, then call `transmit` while `due`,
 * then `expire` at `deadline`.
 */
export class Client implements Home {
	/** Called when the application gave `transmit` something to do. */
	wake: () => void = nothing;
	/** Whether `transmit` may have something to give. */
	due = false;
	/** When `expire` wants to be called; Infinity when never. */
	deadline = Infinity;
	private exchanges: Exchange[] = [];
	private readonly response = new IncomingResponse();
	private readonly received: Received;
	private readonly bytes = new Uint8Array(MESSAGE_SIZE);
	private readonly writer = new MessageWriter();
	readonly parameters: Parameters;
	readonly random: () => number;
	readonly bodySize: number;
	readonly reliable: boolean;
	private readonly onError: (error: Error) => void;
	private readonly capacity: number;
	private readonly NSTART: number;
	private readonly PROBING_RATE: number;
	private messageId: number;
	/** The latest Request-Tag; it is another one for each body (RFC 9175 §3.3). */
	private tag: number;
	/** A call into the machine is under way, whose caller drains it. */
	private busy = false;

	/** Throws RangeError on a number that is out of range. */
	constructor(options: ClientOptions) {
		const { random, onError = nothing, requests = 16, bodySize = 8_192, NSTART = 1, PROBING_RATE = 1 } = options;
		const { messageId = Math.floor(random() * 0x10000) } = options;
		atLeast("messageId", messageId, 0);
		atLeast("requests", requests, 1);
		atLeast("bodySize", bodySize, 0);
		atLeast("NSTART", NSTART, 1);
		atLeast("PROBING_RATE", PROBING_RATE, 1);
		this.parameters = parametersOf(options);
		this.received = new Received(exchangeLifetime(this.parameters));
		this.random = random;
		this.onError = onError;
		this.capacity = requests;
		this.bodySize = bodySize;
		this.reliable = options.reliable === true;
		this.NSTART = NSTART;
		this.PROBING_RATE = PROBING_RATE;
		this.messageId = messageId & 0xffff;
		this.tag = Math.floor(random() * 0x10000);
	}

	/** How many requests there are: under way, observing, or waiting for their turn. */
	get requests(): number {
		return this.exchanges.length;
	}

	/**
	 * Asks an endpoint; never calls back before it returned. Throws TypeError or RangeError on a request that cannot be sent, and RangeError when there
	 * are too many.
	 */
	request(request: ClientRequest): PendingRequest {
		if (this.exchanges.length >= this.capacity)
			throw new RangeError(`expected at most ${this.capacity} requests at a time, got one more`);
		const { timeout = maxTransmitWait(this.parameters) } = request;
		if (!(timeout > 0)) throw new RangeError(`expected milliseconds as timeout, got ${timeout}`);
		const exchange = new Exchange(request, timeout, this);
		exchange.write(this.writer, this.bytes, 0);
		this.exchanges.push(exchange);
		this.changed();
		return exchange;
	}

	/** The network says that nobody listens at `endpoint`: ends what waits for an answer from there. */
	refused(endpoint: Readonly<Endpoint>): void {
		const exchanges = this.exchanges;
		for (let i = 0; i < exchanges.length; i++) {
			const exchange = exchanges[i]!;
			if (exchange.waits && exchange.at(endpoint)) exchange.end({ type: "refused" });
		}
	}

	/** There is no way to the endpoints any more: ends all requests with `outcome`. */
	abandon(outcome: Outcome): void {
		for (const exchange of this.exchanges) exchange.end(outcome);
	}

	/** One datagram came; returns what is sent back, undefined when nothing is. Bytes and `from` are read until it returns. */
	receive(bytes: Uint8Array, from: Readonly<Endpoint>, now: number): Uint8Array | undefined {
		const response = this.response;
		try {
			response.read(bytes, from);
		} catch (error) {
			if (!(error instanceof FormatError)) throw error;
			// A CON of version 1 is rejected; everything else, and what is shorter than a header, is ignored (§3, §4.2, §4.3).
			const rejected = bytes.length >= TOKEN_AT && bytes[0]! >> 4 === 4;
			return rejected ? empty(RST, (bytes[2]! << 8) | bytes[3]!) : undefined;
		}
		this.busy = true;
		const reply = response.type >= ACK ? this.replied(now) : this.separate(now);
		this.busy = false;
		return reply;
	}

	/** The next datagram, and in `to` its destination; undefined when none is due. */
	transmit(to: Endpoint, now: number): Uint8Array | undefined {
		const exchanges = this.exchanges;
		for (let i = 0; i < exchanges.length; i++) {
			const exchange = exchanges[i]!;
			const { transmission, endpoint } = exchange;
			const repeated = transmission.due;
			if (!repeated && (exchange.state !== QUEUED || this.outstanding(endpoint) >= this.NSTART)) continue;
			to.address = endpoint.address;
			to.port = endpoint.port;
			if (repeated) transmission.sent(now);
			const bytes = repeated ? transmission.datagram : this.start(exchange, now);
			this.look();
			return bytes;
		}
		this.due = false;
		return undefined;
	}

	/** A call too many does nothing. */
	expire(now: number): void {
		this.busy = true;
		const exchanges = this.exchanges;
		for (let i = 0; i < exchanges.length; i++) exchanges[i]!.expire(now);
		this.busy = false;
		this.look();
	}

	/** For exchanges. */
	freshToken(): Uint8Array {
		const token = new Uint8Array(TOKEN_LENGTH);
		for (let i = 0; i < TOKEN_LENGTH; i++) token[i] = this.random() * 256;
		while (this.exchanges.some((exchange) => exchange.uses(token))) token[0]!++;
		return token;
	}

	/** For exchanges. */
	freshTag(): Uint8Array {
		const tag = this.tag++;
		return Uint8Array.of(tag >> 8, tag);
	}

	/** For exchanges. */
	tell<Argument>(callback: ((argument: Argument) => void) | undefined, argument: Argument): void {
		try {
			callback?.(argument);
		} catch (error) {
			this.report(error as Error);
		}
	}

	/** For exchanges. */
	changed(): void {
		this.exchanges = this.exchanges.filter(({ state }) => state !== ENDED);
		this.look();
		if (!this.busy) this.wake();
	}

	/** An ACK or a RST: it speaks of the request that has its Message ID (§4.2). */
	private replied(now: number): undefined {
		const response = this.response;
		const { code, type } = response;
		const exchange = this.find(response.messageId, response.endpoint);
		if (exchange === undefined) return;
		if (code !== Code.EMPTY) {
			if (type === ACK && response.answers && exchange.uses(response.token)) exchange.respond(response, true, now);
		} else if (type === RST) exchange.end({ type: "reset" });
		else exchange.acknowledged(now);
		this.look();
	}

	/** A CON or a NON: a response on its own, or nothing that a client takes. */
	private separate(now: number): Uint8Array | undefined {
		const response = this.response;
		const { type, messageId, endpoint, token } = response;
		const accepted = type === CON ? empty(ACK, messageId) : undefined;
		if (!this.reliable && this.received.has(messageId, endpoint, now)) return accepted; // §4.5
		const exchange = response.answers ? this.exchanges.find((other) => other.matches(token, endpoint)) : undefined;
		// Whoever notifies of what nobody asked for any more is told so (RFC 7641 §3.6).
		const unwanted = type === CON || (response.answers && response.observe !== undefined);
		if (exchange === undefined) return unwanted ? empty(RST, messageId) : undefined; // §4.2, §4.3
		this.received.remember(messageId, endpoint, now);
		const rejected = exchange.rejects(response);
		exchange.respond(response, false, now);
		this.look();
		return rejected ? empty(RST, messageId) : accepted;
	}

	/** The request that an ACK or a RST is about. */
	private find(messageId: number, from: Readonly<Endpoint>): Exchange | undefined {
		const exchanges = this.exchanges;
		for (let i = 0; i < exchanges.length; i++) {
			const exchange = exchanges[i]!;
			if (exchange.messageId === messageId && exchange.waits && exchange.at(from)) return exchange;
		}
		return undefined;
	}

	/** How many requests an endpoint has to answer (§4.7). */
	private outstanding(endpoint: Readonly<Endpoint>): number {
		const exchanges = this.exchanges;
		let count = 0;
		for (let i = 0; i < exchanges.length; i++)
			if (exchanges[i]!.state === OUTSTANDING && exchanges[i]!.at(endpoint)) count++;
		return count;
	}

	private start(exchange: Exchange, now: number): Uint8Array {
		const { writer, bytes, messageId } = this;
		this.messageId = (messageId + 1) & 0xffff;
		exchange.write(writer, bytes, messageId);
		const datagram = bytes.slice(0, writer.at);
		exchange.sent(messageId, datagram, now, this.PROBING_RATE);
		return datagram;
	}

	/** When the next exchange wants something; whether one is ready is seen at the next `transmit`. */
	private look(): void {
		const exchanges = this.exchanges;
		let deadline = Infinity;
		for (let i = 0; i < exchanges.length; i++) deadline = Math.min(deadline, exchanges[i]!.deadline);
		this.deadline = deadline;
		this.due = exchanges.length > 0;
	}

	private report(error: Error): void {
		try {
			this.onError(error);
		} catch {
			// An exception that escapes would reboot the device: whoever throws while told of an error is not told of that one.
		}
	}
}

function nothing(): void {}
