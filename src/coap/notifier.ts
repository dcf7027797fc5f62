// SPDX-License-Identifier: MIT
// Observing resources (RFC 7641).
import type { Follower } from "./backend.ts";
import * as Code from "./code.ts";
import type { Exchange } from "./exchange.ts";
import { Exchanges, type PromiseParameters } from "./exchanges.ts";
import type { Endpoint } from "./handler.ts";
import { ACK, CON, NON } from "./message.ts";
import type { ObserveParameters } from "./observe.ts";
import { type Observer, OUTDATED, RECENT } from "./observer.ts";
import { Observers } from "./observers.ts";
import type { IncomingRequest } from "./request.ts";
import type { Resource } from "./resource.ts";
import type { Responder } from "./responder.ts";
import type { Transmission } from "./transmission.ts";

/** What a server says of its own accord: it keeps the list of the observers of all resources, and notifies them. */
export abstract class Notifier {
	/** Called when a change gives `transmit` something to do. */
	wake: () => void = () => {};
	/** Whether `transmit` may have something to give. */
	due = false;
	/** When `expire` wants to be called; Infinity when never. */
	deadline = Infinity;
	/** How many registrations of observers found no room. */
	refused = 0;
	/** The 24-bit number of the next notification; it grows with each one, the reply to a registration included (§4.4). */
	protected sequence: number;
	protected readonly responder: Responder;
	/** The Message ID of what is sent next of its own accord (RFC 7252 §4.4). */
	private messageId: number;
	/** Who tells others, over another transport. */
	protected readonly followers: Follower[] = [];
	/** The requests whose answers were promised. */
	protected readonly exchanges: Exchanges;
	private readonly observers = new Observers();
	private readonly list = this.observers.list;
	/** Whose turn it is, and how many `transmit` has to look at, which is 0 when it is not due. */
	private turn = 0;
	private unseen = 0;
	protected readonly parameters: ObserveParameters & PromiseParameters;
	protected readonly random: () => number;

	constructor(
		parameters: ObserveParameters & PromiseParameters,
		responder: Responder,
		messageId: number,
		random: () => number,
		sequence: number,
	) {
		this.parameters = parameters;
		this.responder = responder;
		this.messageId = messageId;
		this.random = random;
		this.sequence = sequence;
		this.exchanges = new Exchanges(parameters, random, this);
	}

	/** The response to an exchange whose promise has settled; undefined when it is not wanted. */
	abstract respond(exchange: Exchange, type: number, messageId: number, now: number): Uint8Array | undefined;
	/** `reply` is what a repeated CON of the exchange gets. */
	abstract replied(exchange: Exchange, reply: Uint8Array): void;

	/** How many observers there are. */
	get observed(): number {
		return this.list.length;
	}

	/** The representation of `resource` is another one. */
	changed(resource: Resource): void {
		resource.version++;
		if (resource.observed === 0) return;
		if (this.followers.length > 0) this.tellFollowers(resource);
		const count = this.list.length;
		this.unseen = count;
		if (count > 0) this.due = true;
		this.wake();
	}

	private tellFollowers(resource: Resource, path?: string): void {
		for (const follower of this.followers) follower.changed(resource, path);
	}

	/** The representation of `resource` at `path`, which is one of several, is another one. */
	changedAt(resource: Resource, path: string): void {
		for (const observer of this.observers.of(resource, path)) observer.version = OUTDATED;
		if (this.list.length > 0) this.stir();
		this.tellFollowers(resource, path);
	}

	/** Asks the driver to call `transmit`, since something came that is no change. */
	stir(): void {
		this.unseen = this.list.length;
		this.due = true;
		this.wake();
	}

	expire(now: number): void {
		for (const observer of this.observers.expire(now, this.parameters)) this.remove(observer);
		this.exchanges.expire(now);
		this.look();
	}

	/** The next response that was promised, or notification, of the newest state, and in `to` its observer; undefined when none is due. */
	transmit(to: Endpoint, now: number): Uint8Array | undefined {
		if (this.exchanges.due) {
			const datagram = this.exchanges.transmit(to, now);
			this.deadline = this.earliest();
			if (datagram !== undefined) return datagram;
			this.due = this.unseen > 0;
		}
		const list = this.list;
		let turn = this.turn;
		while (this.due) {
			if (--this.unseen === 0) this.due = false;
			if (turn >= list.length) turn = 0;
			const observer = list[turn++]!;
			const transmission = observer.transmission;
			to.address = observer.endpoint.address;
			to.port = observer.endpoint.port;
			if (transmission.messageId >= 0) {
				if (!transmission.due) continue;
				this.turn = turn;
				// §4.5.2: newer state takes the place of what would be sent again.
				const stale = !observer.ended && observer.version !== observer.resource.version;
				return stale ? this.notify(observer, CON, to, now) : this.repeat(transmission, now);
			}
			if (observer.version === observer.resource.version) continue;
			if (observer.quiet > 0 && now >= observer.nextNon) {
				this.turn = turn;
				return this.notify(observer, NON, to, now);
			}
			if (this.waits(observer, now)) continue;
			this.turn = turn;
			return this.notify(observer, CON, to, now); // In its turn, or since it is too soon for another NON.
		}
		return undefined;
	}

	nextMessageId(): number {
		const messageId = this.messageId;
		this.messageId = (messageId + 1) & 0xffff;
		return messageId;
	}

	/**
	 * Whether a GET that wants to register finds room: its own earlier entry, or a free one (§4.1). When it does not, whoever was
	 * confirmed longest ago has to show that it is still there.
	 */
	protected admit(request: IncomingRequest, now: number): boolean {
		const list = this.list;
		if (list.length < this.parameters.observers || this.observers.find(request) !== undefined) return true;
		this.refused++;
		this.observers.oldest()?.confirm(now + this.parameters.confirmInterval);
		this.look();
		return false;
	}

	/** Adds or replaces the entry of a client that `admit` admitted; the reply to it is a `type` with `messageId` (§4.1). */
	protected register(request: IncomingRequest, type: number, messageId: number, now: number): Observer {
		const observer = this.observers.entry(request);
		const before: Resource | undefined = observer.resource;
		observer.assign(request, this.responder.writer, now);
		if (before !== observer.resource) {
			if (before !== undefined) this.count(before, -1);
			this.count(observer.resource, 1);
		}
		if (type !== ACK) observer.remember(messageId); // That of an ACK is the client's.
		if (type === NON || observer.conditions !== undefined) observer.nextNon = now + observer.interval;
		observer.quiet = (observer.resource.options.confirmEvery ?? this.parameters.confirmEvery) - 1;
		observer.confirmBy = now + this.parameters.confirmInterval;
		this.sequence = (this.sequence + 1) & 0xffffff;
		this.look();
		return observer;
	}

	/** Removes the entry with the endpoint and token of a GET that asks for it (§3.6). */
	protected deregister(request: IncomingRequest): void {
		const observer = this.observers.find(request);
		if (observer !== undefined) this.remove(observer);
	}

	/** An ACK came: what was sent with `messageId` arrived. */
	protected acknowledged(messageId: number, from: Readonly<Endpoint>): void {
		const observer = this.observers.awaiting(messageId, from);
		if (observer === undefined) this.exchanges.answered(messageId, from);
		observer?.acknowledged();
		if (observer?.ended) this.remove(observer);
		else this.look();
	}

	/** A RST came: the client does not want what the message with `messageId` was about (§3.6, §4.5). */
	protected rejected(messageId: number, from: Readonly<Endpoint>): void {
		this.exchanges.answered(messageId, from);
		const observer = this.observers.told(messageId, from);
		if (observer !== undefined) this.remove(observer);
		else this.look();
	}

	/** Whether another CON to the endpoint has to wait (RFC 7252 §4.7). */
	busy(endpoint: Readonly<Endpoint>): boolean {
		return this.observers.underWay(endpoint) + this.exchanges.underWay(endpoint) >= this.parameters.NSTART;
	}

	/** Whether an observer that could be told something has to wait, as it asked for, or for another CON. */
	private waits({ conditions, told, endpoint }: Observer, now: number): boolean {
		if (!conditions?.holds(told, now)) return this.busy(endpoint);
		this.deadline = Math.min(this.deadline, conditions.deadline);
		return true;
	}

	/** A notification, or what else is due when that has to wait for a promise. */
	private notify(observer: Observer, type: number, to: Endpoint, now: number): Uint8Array | undefined {
		const resource = observer.resource;
		const version = resource.version;
		const messageId = this.messageId;
		const sequence = this.sequence;
		this.messageId = (messageId + 1) & 0xffff;
		this.sequence = (sequence + 1) & 0xffffff;
		const text = observer.promised === undefined ? this.responder.ask(observer) : this.responder.recall(observer);
		resource.version = version; // What a GET handler announces of its own resource is not news.
		observer.version = version;
		let datagram = text === undefined ? undefined : observer.notification.write(type, messageId, sequence, text);
		if (datagram === undefined) {
			const responder = this.responder;
			if (responder.promise !== undefined) {
				observer.await(responder.promised(), () => this.stir());
				return this.transmit(to, now);
			}
			responder.now = now;
			responder.budget = observer.budget;
			if (text === undefined) datagram = responder.write(type, messageId, observer, sequence);
			else datagram = responder.tell(type, messageId, observer, sequence, text);
			observer.ended = Code.classOf(responder.code) !== 2; // §4.2
			if (observer.ended && type === NON) return this.sendLast(observer, messageId, datagram, now);
			if (observer.outrun()) this.look();
		}
		observer.recent[observer.sent++ & RECENT] = messageId;
		if (type === CON) return this.sendConfirmable(observer, messageId, datagram, now);
		observer.quiet--;
		observer.nextNon = now + observer.interval;
		return datagram;
	}

	private sendConfirmable(observer: Observer, messageId: number, datagram: Uint8Array, now: number): Uint8Array {
		const parameters = this.parameters;
		observer.quiet = (observer.resource.options.confirmEvery ?? parameters.confirmEvery) - 1;
		observer.confirmBy = now + parameters.confirmInterval;
		if (observer.conditions !== undefined) observer.nextNon = now + observer.interval;
		observer.transmission.start(messageId, datagram, now, parameters, this.random);
		this.look();
		return datagram;
	}

	/** What was written as a NON ends the observation (§4.2): it goes as a CON when it may. */
	private sendLast(observer: Observer, messageId: number, datagram: Uint8Array, now: number): Uint8Array {
		if (this.busy(observer.endpoint)) {
			this.remove(observer);
			return datagram;
		}
		observer.remember(messageId);
		const last = datagram.slice();
		last[0] = last[0]! ^ ((NON ^ CON) << 4);
		return this.sendConfirmable(observer, messageId, last, now);
	}

	private repeat(transmission: Transmission, now: number): Uint8Array | undefined {
		transmission.sent(now);
		this.look();
		return transmission.datagram;
	}

	/** Looks at everything anew: when the next wants something, and, at the next `transmit`, whether one is ready. */
	private look(): void {
		const { list, exchanges } = this;
		exchanges.due = !exchanges.idle;
		this.deadline = this.earliest();
		this.unseen = list.length;
		this.due = list.length > 0 || exchanges.due;
	}

	/** When time has something to say; Infinity when never. */
	protected earliest(): number {
		const deadline = this.observers.deadline;
		return this.exchanges.idle ? deadline : Math.min(deadline, this.exchanges.deadline);
	}

	private remove(observer: Observer): void {
		this.observers.remove(observer);
		this.count(observer.resource, -1);
		this.look();
	}

	/** Tells a resource that it has another number of observers. */
	protected count(resource: Resource, more: number): void {
		resource.observed += more;
		if (resource.options.observe !== undefined) this.responder.tellObserved(resource);
	}
}
