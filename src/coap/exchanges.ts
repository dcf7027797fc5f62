// SPDX-License-Identifier: MIT
// Responses that come later than their handler returned (RFC 7252 §5.2.2, §5.2.3).
import * as Code from "./code.ts";
import { Exchange } from "./exchange.ts";
import type { Endpoint, Result } from "./handler.ts";
import { ACK, CON, NON } from "./message.ts";
import { empty } from "./message-writer.ts";
import { exchangeLifetime, type Parameters } from "./parameters.ts";
import { whenSettled } from "./promise.ts";
import type { Registration } from "./registration.ts";
import type { IncomingRequest } from "./request.ts";

/** How an application bounds promised answers. */
export interface PromiseParameters extends Parameters {
	/** How many answers may be promised at a time. */
	readonly promises: number;
	/** After how many milliseconds without an answer a CON gets its empty ACK. */
	readonly acknowledgeAfter: number;
}

/** What exchanges need of their server. */
export interface Answerer {
	/** Asks the driver to call `transmit`. */
	stir(): void;
	nextMessageId(): number;
	/** Whether another CON to the endpoint has to wait (§4.7). */
	busy(endpoint: Readonly<Endpoint>): boolean;
	/** The response to a settled exchange; undefined when it is not wanted. */
	respond(exchange: Exchange, type: number, messageId: number, now: number): Uint8Array | undefined;
	/** `reply` is what a repeated CON of the exchange gets. */
	replied(exchange: Exchange, reply: Uint8Array): void;
}

/** The response to a multicast request, which waits for its time (§8.2). */
interface Postponed {
	readonly endpoint: Endpoint;
	readonly datagram: Uint8Array;
	readonly at: number;
}

/** The exchanges of a server whose answer was promised: as a machine of its own, drained by the server. */
export class Exchanges {
	/** Whether `transmit` may have something to give. */
	due = false;
	/** How many responses were given up: separate ones that were never acknowledged, and those to multicast requests without room. */
	lost = 0;
	readonly list: Exchange[] = [];
	private readonly postponed: Postponed[] = [];
	/** What the server asks of its own accord. */
	registration: Registration | undefined;
	private readonly parameters: PromiseParameters;
	private readonly random: () => number;
	private readonly answerer: Answerer;

	constructor(parameters: PromiseParameters, random: () => number, answerer: Answerer) {
		this.parameters = parameters;
		this.random = random;
		this.answerer = answerer;
	}

	/** When `expire` wants to be called; Infinity when never. */
	get deadline(): number {
		const list = this.list;
		let deadline = Infinity;
		for (let i = 0; i < list.length; i++) deadline = Math.min(deadline, list[i]!.deadline);
		for (const { at } of this.postponed) deadline = Math.min(deadline, at);
		return this.registration === undefined ? deadline : Math.min(deadline, this.registration.deadline);
	}

	/** Whether there are none. */
	get idle(): boolean {
		return this.list.length === 0 && this.postponed.length === 0 && this.registration === undefined;
	}

	/** `datagram` answers a multicast request, and leaves at `at`. Without room it is dropped, as the network might drop it. */
	postpone({ address, port }: Readonly<Endpoint>, datagram: Uint8Array, at: number): void {
		if (this.postponed.length >= this.parameters.promises) this.lost++;
		else this.postponed.push({ endpoint: { address, port }, datagram: datagram.slice(), at });
	}

	/**
	 * A handler answered `request`, which is this exchange's own from now on, with a promise. `notBefore` is when the response to a multicast
	 * request may leave, 0 for others.
	 */
	open(
		request: IncomingRequest,
		promise: PromiseLike<Result>,
		observes: boolean,
		now: number,
		notBefore: number,
	): void {
		const { acknowledgeAfter } = this.parameters;
		const expiry = now + exchangeLifetime(this.parameters);
		const exchange = new Exchange(request, observes, now + acknowledgeAfter, expiry, notBefore);
		this.list.push(exchange);
		whenSettled(promise, (outcome) => {
			if (exchange.outcome !== undefined) return;
			exchange.outcome = outcome;
			this.due = true;
			this.answerer.stir();
		});
	}

	/**
	 * Whether there is room for another promise: 0, or the code that says that there is none: to an endpoint that has half of the room,
	 * Too Many Requests (RFC 8516), or else Service Unavailable.
	 */
	crowded(endpoint: Readonly<Endpoint>): number {
		const { promises } = this.parameters;
		let own = 0;
		for (const exchange of this.list) if (exchange.at(endpoint)) own++;
		if (own > 0 && own * 2 >= promises) return Code.TOO_MANY_REQUESTS;
		return this.list.length >= promises ? Code.SERVICE_UNAVAILABLE : 0;
	}

	/** The exchange that a repeated request belongs to. */
	find(endpoint: Readonly<Endpoint>, messageId: number): Exchange | undefined {
		return this.list.find((exchange) => exchange.request.messageId === messageId && exchange.at(endpoint));
	}

	/** The empty ACK, which makes the response a separate one. */
	acknowledge(exchange: Exchange): Uint8Array {
		const reply = empty(ACK, exchange.request.messageId);
		exchange.acknowledgeBy = Infinity;
		exchange.acknowledged = true;
		this.answerer.replied(exchange, reply);
		return reply;
	}

	expire(now: number): void {
		this.registration?.expire(now);
		const list = this.list;
		for (let i = list.length - 1; i >= 0; i--) {
			const exchange = list[i]!;
			const { transmission } = exchange;
			if (transmission.messageId >= 0) {
				if (transmission.deadline > now || transmission.expire(this.parameters)) continue;
				this.lost++;
				this.remove(exchange);
			} else if (exchange.outcome === undefined && exchange.expiry <= now)
				exchange.outcome = { failed: true, error: new Error("expected the promise to settle in time, got nothing") };
		}
	}

	/** The next datagram, and in `to` its destination; undefined when none is due. */
	transmit(to: Endpoint, now: number): Uint8Array | undefined {
		const ripe = this.postponed.findIndex(({ at }) => at <= now);
		if (ripe >= 0) {
			const [{ endpoint, datagram }] = this.postponed.splice(ripe, 1) as [Postponed];
			to.address = endpoint.address;
			to.port = endpoint.port;
			return datagram;
		}
		const registration = this.registration?.transmit(to, now, () => this.answerer.nextMessageId());
		if (registration !== undefined) return registration;
		const list = this.list;
		for (let i = 0; i < list.length; ) {
			const exchange = list[i]!;
			const datagram = this.next(exchange, now);
			if (datagram === undefined) {
				if (list[i] === exchange) i++; // Else it is gone.
				continue;
			}
			to.address = exchange.request.endpoint.address;
			to.port = exchange.request.endpoint.port;
			return datagram;
		}
		this.due = false;
		return undefined;
	}

	/** How many separate responses to an endpoint are not acknowledged yet. */
	underWay(endpoint: Readonly<Endpoint>): number {
		const list = this.list;
		let count = 0;
		for (let i = 0; i < list.length; i++) if (list[i]!.transmission.messageId >= 0 && list[i]!.at(endpoint)) count++;
		return count;
	}

	/** An ACK or a RST came: the separate response with `messageId` arrived, or is not wanted. */
	answered(messageId: number, from: Readonly<Endpoint>): void {
		this.registration?.acknowledged(messageId, from);
		for (const exchange of this.list) {
			if (exchange.transmission.messageId !== messageId || !exchange.at(from)) continue;
			this.remove(exchange);
			return;
		}
	}

	private next(exchange: Exchange, now: number): Uint8Array | undefined {
		const { request, transmission } = exchange;
		if (transmission.messageId >= 0) {
			if (!transmission.due) return undefined;
			transmission.sent(now);
			return transmission.datagram;
		}
		if (exchange.outcome === undefined) return exchange.acknowledgeBy <= now ? this.acknowledge(exchange) : undefined;
		if (exchange.notBefore > now) return undefined;
		if (request.type === CON && exchange.acknowledged) return this.separate(exchange, now);
		this.remove(exchange);
		if (request.type === NON) return this.answerer.respond(exchange, NON, this.answerer.nextMessageId(), now);
		const reply = this.answerer.respond(exchange, ACK, request.messageId, now);
		if (reply !== undefined) this.answerer.replied(exchange, reply);
		return reply;
	}

	private separate(exchange: Exchange, now: number): Uint8Array | undefined {
		const { answerer, parameters } = this;
		if (answerer.busy(exchange.request.endpoint)) return undefined;
		const messageId = answerer.nextMessageId();
		const datagram = answerer.respond(exchange, CON, messageId, now);
		if (datagram === undefined) this.remove(exchange);
		else exchange.transmission.start(messageId, datagram, now, parameters, this.random);
		return datagram;
	}

	private remove(exchange: Exchange): void {
		this.list.splice(this.list.indexOf(exchange), 1);
	}
}
