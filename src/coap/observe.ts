// SPDX-License-Identifier: MIT
// Observing resources (RFC 7641).
import * as Code from "./code.ts";
import { CON, type Message, NON, TOKEN_AT } from "./message.ts";
import type { MessageIds } from "./message-ids.ts";
import type { Parameters } from "./parameters.ts";
import type { Endpoint, IncomingRequest } from "./request.ts";
import type { Resource } from "./resource.ts";
import type { Responder } from "./responder.ts";
import { Transmission } from "./transmission.ts";

/** The values of the Observe option in a request (§2). */
export const REGISTER = 0;
export const DEREGISTER = 1;

const RECENT = 4;

/** An entry of the list of observers: a client's interest in a resource, and what is under way to it. */
class Observer {
	readonly endpoint: Endpoint = { address: "", port: 0 };
	token = new Uint8Array(0);
	resource!: Resource;
	query: readonly string[] = [];
	accept: number | undefined;
	block2 = -1;
	/** Whether the client does not have the newest state. */
	due = false;
	/** Whether the notification under way is the last one. */
	ended = false;
	/** How many NON went out since the client last showed that it is there. */
	unconfirmed = 0;
	/** When the next notification must be a CON. */
	confirmBy = 0;
	readonly transmission = new Transmission();
	/** The Message IDs of the latest notifications, of which a RST may speak; -1 for none. */
	readonly recent = new Int32Array(RECENT).fill(-1);
	private next = 0;

	is(from: Readonly<Endpoint>, message: Message): boolean {
		const token = this.token;
		if (token.length !== message.tokenLength || !this.at(from)) return false;
		for (let i = 0; i < token.length; i++) if (token[i] !== message.bytes[TOKEN_AT + i]) return false;
		return true;
	}

	at(endpoint: Readonly<Endpoint>): boolean {
		return this.endpoint.port === endpoint.port && this.endpoint.address === endpoint.address;
	}

	remember(messageId: number): void {
		this.recent[this.next] = messageId;
		this.next = (this.next + 1) % RECENT;
	}
}

/** How an application tunes observation. */
export interface ObserveParameters extends Parameters {
	/** How many observers there may be in all. */
	readonly observers: number;
	/** Every how many notifications one is a CON. */
	readonly confirmEvery: number;
	/** After how many milliseconds a notification is a CON at the latest. */
	readonly confirmInterval: number;
}

/** The list of observers of all resources of a server. */
export class Observers {
	/** How many registrations found no room. */
	refused = 0;
	/** The 24-bit number of the next notification; it grows with each one, the reply to a registration included (§4.4). */
	sequence: number;
	private readonly list: Observer[] = [];
	private turn = 0;
	private notifying: Resource | undefined;
	private readonly parameters: ObserveParameters;
	private readonly responder: Responder;
	private readonly request: IncomingRequest;
	private readonly messageIds: MessageIds;
	private readonly random: () => number;

	constructor(
		parameters: ObserveParameters,
		responder: Responder,
		request: IncomingRequest,
		messageIds: MessageIds,
		random: () => number,
		sequence: number,
	) {
		this.parameters = parameters;
		this.responder = responder;
		this.request = request;
		this.messageIds = messageIds;
		this.random = random;
		this.sequence = sequence;
	}

	/** How many observers there are. */
	get size(): number {
		return this.list.length;
	}

	/** Whether a GET that wants to register finds room: its own earlier entry, or a free one (§4.1). */
	admit(message: Message, from: Readonly<Endpoint>): boolean {
		if (this.list.length < this.parameters.observers || this.find(message, from) !== undefined) return true;
		this.refused++;
		return false;
	}

	/** Adds or replaces the entry of a client that `admit` admitted; its first notification had `messageId` (§4.1). */
	register(message: Message, request: IncomingRequest, messageId: number, now: number): void {
		let observer = this.find(message, request.endpoint);
		if (observer === undefined) {
			observer = new Observer();
			this.list.push(observer);
		}
		observer.endpoint.address = request.endpoint.address;
		observer.endpoint.port = request.endpoint.port;
		observer.token = message.bytes.slice(TOKEN_AT, TOKEN_AT + message.tokenLength);
		observer.resource = request.resource!;
		observer.query = request.query;
		observer.accept = request.accept;
		observer.block2 = request.block2;
		observer.due = false;
		observer.ended = false;
		observer.unconfirmed = 0;
		observer.confirmBy = now + this.parameters.confirmInterval;
		observer.transmission.stop();
		observer.remember(messageId);
		this.advance();
	}

	/** Removes the entry with the endpoint and token of a GET that asks for it (§3.6). */
	deregister(message: Message, from: Readonly<Endpoint>): void {
		const observer = this.find(message, from);
		if (observer !== undefined) this.remove(observer);
	}

	/** Marks those who observe `resource`; returns whether there are any. What a GET handler announces of its own resource is not news. */
	changed(resource: Resource): boolean {
		if (resource === this.notifying) return false;
		const list = this.list;
		let any = false;
		for (let i = 0; i < list.length; i++) {
			const observer = list[i]!;
			if (observer.resource !== resource || observer.ended) continue;
			observer.due = true;
			any = true;
		}
		return any;
	}

	/** An ACK came: the notification with `messageId` arrived. */
	acknowledged(messageId: number, from: Readonly<Endpoint>): void {
		const list = this.list;
		for (let i = 0; i < list.length; i++) {
			const observer = list[i]!;
			if (observer.transmission.messageId !== messageId || !observer.at(from)) continue;
			observer.transmission.stop();
			if (observer.ended) this.remove(observer);
			return;
		}
	}

	/** A RST came: the client does not want what the notification with `messageId` was about (§3.6, §4.5). */
	rejected(messageId: number, from: Readonly<Endpoint>): void {
		const list = this.list;
		for (let i = 0; i < list.length; i++) {
			const observer = list[i]!;
			if (!observer.at(from) || !observer.recent.includes(messageId)) continue;
			this.remove(observer);
			return;
		}
	}

	/** When `expire` wants to be called; Infinity when never. */
	get deadline(): number {
		const list = this.list;
		let deadline = Infinity;
		for (let i = 0; i < list.length; i++) {
			const observer = list[i]!;
			if (observer.confirmBy < deadline) deadline = observer.confirmBy;
			if (observer.transmission.deadline < deadline) deadline = observer.transmission.deadline;
		}
		return deadline;
	}

	expire(now: number): void {
		const { list, parameters } = this;
		for (let i = list.length - 1; i >= 0; i--) {
			const observer = list[i]!;
			if (observer.confirmBy <= now) {
				// A day without a CON: whoever went away is found out even when the state never changes (§4.5).
				observer.confirmBy = now + parameters.confirmInterval;
				observer.unconfirmed = parameters.confirmEvery;
				observer.due = !observer.ended;
			}
			if (observer.transmission.deadline <= now && !observer.transmission.expire(parameters)) this.remove(observer);
		}
	}

	/** Writes the next notification, of the newest state; returns its length, 0 when none is due. */
	transmit(into: Uint8Array, to: Endpoint, now: number): number {
		const list = this.list;
		for (let tried = 0; tried < list.length; tried++) {
			const observer = list[(this.turn + tried) % list.length]!;
			if (!this.ready(observer)) continue;
			this.turn = (this.turn + tried + 1) % list.length;
			to.address = observer.endpoint.address;
			to.port = observer.endpoint.port;
			return observer.due ? this.notify(observer, into, now) : repeat(observer.transmission, into, now);
		}
		return 0;
	}

	private ready(observer: Observer): boolean {
		if (observer.transmission.due) return true;
		if (!observer.due || observer.transmission.messageId >= 0) return false;
		return !this.confirms(observer) || !this.busy(observer.endpoint);
	}

	private confirms(observer: Observer): boolean {
		return observer.transmission.messageId >= 0 || observer.unconfirmed >= this.parameters.confirmEvery - 1;
	}

	/** Whether a CON to the endpoint is under way: NSTART is 1 (RFC 7252 §4.7). */
	private busy(endpoint: Readonly<Endpoint>): boolean {
		const list = this.list;
		for (let i = 0; i < list.length; i++)
			if (list[i]!.transmission.messageId >= 0 && list[i]!.at(endpoint)) return true;
		return false;
	}

	private notify(observer: Observer, into: Uint8Array, now: number): number {
		const { request, responder, parameters } = this;
		const endpoint = observer.endpoint;
		const resource = observer.resource;
		const messageId = this.messageIds.next();
		observer.due = false;
		request.observed(resource, endpoint, observer.query, observer.accept, observer.block2);
		this.notifying = resource;
		const length = responder.respond(into, NON, messageId, observer.token, request, this.sequence);
		this.notifying = undefined;
		this.advance();
		observer.remember(messageId);
		observer.ended = !responder.reply.successful; // §4.2
		if (this.confirms(observer) || (observer.ended && !this.busy(endpoint))) {
			into[0] = (into[0]! & 0xcf) | (CON << 4);
			observer.unconfirmed = 0;
			observer.confirmBy = now + parameters.confirmInterval;
			observer.transmission.start(messageId, into, length, now, parameters, this.random);
		} else if (observer.ended) this.remove(observer);
		else observer.unconfirmed++;
		return length;
	}

	private advance(): void {
		this.sequence = (this.sequence + 1) & 0xffffff;
	}

	private find(message: Message, from: Readonly<Endpoint>): Observer | undefined {
		const list = this.list;
		for (let i = 0; i < list.length; i++) if (list[i]!.is(from, message)) return list[i];
		return undefined;
	}

	private remove(observer: Observer): void {
		this.list.splice(this.list.indexOf(observer), 1);
	}
}

function repeat(transmission: Transmission, into: Uint8Array, now: number): number {
	into.set(transmission.bytes.subarray(0, transmission.length));
	transmission.sent(now);
	return transmission.length;
}

/** Whether a request wants to register, and could: a GET of an observable resource from its first block on (RFC 7959 §2.6). */
export function registers(request: IncomingRequest): boolean {
	if (request.observe !== REGISTER || request.code !== Code.GET || request.block2 >= 16) return false;
	return request.resource?.options.observable === true;
}
