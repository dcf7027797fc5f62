// SPDX-License-Identifier: MIT
// Observing resources (RFC 7641).
import * as Code from "./code.ts";
import type { Endpoint } from "./handler.ts";
import { CON, NON } from "./message.ts";
import { Observer, RECENT } from "./observer.ts";
import type { Parameters } from "./parameters.ts";
import type { IncomingRequest } from "./request.ts";
import type { Resource } from "./resource.ts";
import type { Responder } from "./responder.ts";
import type { Transmission } from "./transmission.ts";

/** The values of the Observe option in a request (§2). */
export const REGISTER = 0;
export const DEREGISTER = 1;

/** Without an estimate of the round-trip time, a client gets no more than one NON in these milliseconds (§4.5.1). */
const NON_INTERVAL = 3_000;

/** Stands for the version of a representation that is not the newest. */
const OUTDATED = -1;

/** How an application tunes observation. */
export interface ObserveParameters extends Parameters {
	/** How many observers there may be in all. */
	readonly observers: number;
	/** Every how many notifications one is a CON. */
	readonly confirmEvery: number;
	/** After how many milliseconds a notification is a CON at the latest. */
	readonly confirmInterval: number;
}

/** What a server says of its own accord: it keeps the list of the observers of all resources, and notifies them. */
export abstract class Notifier {
	/** Called when a change gives `transmit` something to do. */
	wake: () => void = nothing;
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
	private readonly list: Observer[] = [];
	/** Whose turn it is, and how many `transmit` has to look at, which is 0 when it is not due. */
	private turn = 0;
	private unseen = 0;
	private readonly parameters: ObserveParameters;
	private readonly random: () => number;

	constructor(
		parameters: ObserveParameters,
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
	}

	/** How many observers there are. */
	get observed(): number {
		return this.list.length;
	}

	/** The representation of `resource` is another one. */
	changed(resource: Resource): void {
		resource.version++;
		if (resource.observed === 0) return;
		this.unseen = this.list.length;
		this.due = true;
		this.wake();
	}

	expire(now: number): void {
		const { list, parameters } = this;
		for (let i = list.length - 1; i >= 0; i--) {
			const observer = list[i]!;
			if (observer.confirmBy <= now) this.confirm(observer, now);
			if (observer.transmission.deadline <= now && !observer.transmission.expire(parameters)) this.remove(observer);
		}
		this.look();
	}

	/** The next notification, of the newest state, and in `to` its observer; undefined when none is due. */
	transmit(to: Endpoint, now: number): Uint8Array | undefined {
		const list = this.list;
		let turn = this.turn;
		while (this.due) {
			if (--this.unseen === 0) this.due = false;
			if (turn >= list.length) turn = 0;
			const observer = list[turn++]!;
			const transmission = observer.transmission;
			const outdated = observer.version !== observer.resource.version;
			let type = CON;
			if (transmission.messageId >= 0) {
				if (!transmission.due) continue;
			} else if (!outdated) continue;
			else if (observer.quiet > 0 && now >= observer.nextNon) type = NON;
			else if (this.busy(observer.endpoint)) continue; // A CON comes in its turn, or when it is too soon for another NON.
			this.turn = turn;
			const endpoint = observer.endpoint;
			to.address = endpoint.address;
			to.port = endpoint.port;
			return outdated && !observer.ended ? this.notify(observer, type, now) : this.repeat(transmission, now);
		}
		return undefined;
	}

	protected nextMessageId(): number {
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
		if (list.length < this.parameters.observers || this.find(request) !== undefined) return true;
		this.refused++;
		if (list.length > 0) this.confirm(this.oldest(), now);
		this.look();
		return false;
	}

	/** Adds or replaces the entry of a client that `admit` admitted; the reply to it is a `type` with `messageId` (§4.1). */
	protected register(request: IncomingRequest, type: number, messageId: number, now: number): void {
		let observer = this.find(request);
		if (observer === undefined) {
			observer = new Observer();
			this.list.push(observer);
		} else observer.resource.observed--;
		observer.assign(request, this.responder.writer);
		observer.resource.observed++;
		if (type === NON) {
			observer.remember(messageId); // That of an ACK is the client's.
			observer.nextNon = now + NON_INTERVAL;
		}
		observer.quiet = this.parameters.confirmEvery - 1;
		observer.confirmBy = now + this.parameters.confirmInterval;
		this.sequence = (this.sequence + 1) & 0xffffff;
		this.look();
	}

	/** Removes the entry with the endpoint and token of a GET that asks for it (§3.6). */
	protected deregister(request: IncomingRequest): void {
		const observer = this.find(request);
		if (observer !== undefined) this.remove(observer);
	}

	/** An ACK came: the notification with `messageId` arrived. */
	protected acknowledged(messageId: number, from: Readonly<Endpoint>): void {
		const list = this.list;
		for (let i = 0; i < list.length; i++) {
			const observer = list[i]!;
			if (observer.transmission.messageId !== messageId || !observer.at(from)) continue;
			observer.transmission.stop();
			if (observer.ended) this.remove(observer);
			else this.look();
			return;
		}
	}

	/** A RST came: the client does not want what the notification with `messageId` was about (§3.6, §4.5). */
	protected rejected(messageId: number, from: Readonly<Endpoint>): void {
		const list = this.list;
		for (let i = 0; i < list.length; i++) {
			const observer = list[i]!;
			if (!observer.at(from) || !observer.remembers(messageId)) continue;
			this.remove(observer);
			return;
		}
	}

	/** Asks for a CON: whoever went away is found out even when the state never changes (§4.5). */
	private confirm(observer: Observer, now: number): void {
		observer.confirmBy = now + this.parameters.confirmInterval;
		observer.quiet = 0;
		observer.version = OUTDATED;
	}

	/** Who was confirmed longest ago. */
	private oldest(): Observer {
		const list = this.list;
		let oldest = list[0]!;
		for (let i = 1; i < list.length; i++) if (list[i]!.confirmBy < oldest.confirmBy) oldest = list[i]!;
		return oldest;
	}

	/** Whether a CON to the endpoint is under way: NSTART is 1 (RFC 7252 §4.7). */
	private busy(endpoint: Readonly<Endpoint>): boolean {
		const list = this.list;
		for (let i = 0; i < list.length; i++)
			if (list[i]!.transmission.messageId >= 0 && list[i]!.at(endpoint)) return true;
		return false;
	}

	private notify(observer: Observer, type: number, now: number): Uint8Array {
		const responder = this.responder;
		const resource = observer.resource;
		const version = resource.version;
		const messageId = this.messageId;
		const sequence = this.sequence;
		this.messageId = (messageId + 1) & 0xffff;
		this.sequence = (sequence + 1) & 0xffffff;
		const text = responder.ask(observer);
		resource.version = version; // What a GET handler announces of its own resource is not news.
		observer.version = version;
		observer.recent[observer.sent++ & RECENT] = messageId;
		let datagram = text === undefined ? undefined : observer.notification.write(type, messageId, sequence, text);
		if (datagram === undefined) {
			if (text === undefined) datagram = responder.write(type, messageId, observer, sequence);
			else datagram = responder.tell(type, messageId, observer, sequence, text);
			observer.ended = Code.classOf(responder.code) !== 2; // §4.2
		}
		if (type === CON) return this.sendConfirmable(observer, messageId, datagram, now);
		if (observer.ended) return this.sendLast(observer, messageId, datagram, now);
		observer.quiet--;
		observer.nextNon = now + NON_INTERVAL;
		return datagram;
	}

	private sendConfirmable(observer: Observer, messageId: number, datagram: Uint8Array, now: number): Uint8Array {
		const parameters = this.parameters;
		observer.quiet = parameters.confirmEvery - 1;
		observer.confirmBy = now + parameters.confirmInterval;
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
		const last = datagram.slice();
		last[0] = last[0]! ^ ((NON ^ CON) << 4);
		return this.sendConfirmable(observer, messageId, last, now);
	}

	private repeat(transmission: Transmission, now: number): Uint8Array | undefined {
		transmission.sent(now);
		this.look();
		return transmission.datagram;
	}

	/** Looks at all observers anew: when the next wants something, and, at the next `transmit`, whether one is ready. */
	private look(): void {
		const list = this.list;
		let deadline = Infinity;
		for (let i = 0; i < list.length; i++) {
			const observer = list[i]!;
			if (observer.confirmBy < deadline) deadline = observer.confirmBy;
			if (observer.transmission.deadline < deadline) deadline = observer.transmission.deadline;
		}
		this.deadline = deadline;
		this.unseen = list.length;
		this.due = list.length > 0;
	}

	private find(request: IncomingRequest): Observer | undefined {
		const list = this.list;
		for (let i = 0; i < list.length; i++) if (list[i]!.is(request)) return list[i];
		return undefined;
	}

	private remove(observer: Observer): void {
		this.list.splice(this.list.indexOf(observer), 1);
		observer.resource.observed--;
		this.look();
	}
}

/** Whether a request wants to register, and could: a GET of an observable resource from its first block on (RFC 7959 §2.6). */
export function registers(request: IncomingRequest): boolean {
	if (request.observe !== REGISTER || request.code !== Code.GET || request.block2 >= 16) return false;
	return request.resource?.options.observable === true;
}

function nothing(): void {}
