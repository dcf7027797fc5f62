// SPDX-License-Identifier: MIT
// A CoAP server (RFC 7252): the message layer of §4 and the server's side of §5.
import { FormatError } from "../wire/index.ts";
import type { Backend } from "./backend.ts";
import { BlockTransfers } from "./block-transfers.ts";
import * as Code from "./code.ts";
import { REACHABLE } from "./echo.ts";
import type { Exchange } from "./exchange.ts";
import * as Format from "./format.ts";
import type { Endpoint, ResourceOptions } from "./handler.ts";
import { ACK, CON, Message, NON, RST, TOKEN_AT } from "./message.ts";
import { empty } from "./message-writer.ts";
import { Notifier } from "./notifier.ts";
import { DEREGISTER, observes, registers } from "./observe.ts";
import * as Option from "./option.ts";
import { atLeast, exchangeLifetime, nonLifetime } from "./parameters.ts";
import { Peers } from "./peer.ts";
import { Reachability } from "./reachability.ts";
import { Registration } from "./registration.ts";
import { IncomingRequest } from "./request.ts";
import { Resource } from "./resource.ts";
import { Resources } from "./resources.ts";
import { Responder } from "./responder.ts";
import { type ServerOptions, serverParametersOf } from "./server-options.ts";

const CORE = ".well-known/core";

/**
 * A datagram machine that answers requests: give each datagram to `receive` and send what it returns, then call `transmit` while `due`,
 * then `expire` at `deadline`.
 */
export class Server extends Notifier {
	private readonly resources = new Resources();
	private readonly paths = this.resources.all;
	private request = new IncomingRequest();
	private readonly peers: Peers;
	private readonly exchangeLifetime: number;
	private readonly nonLifetime: number;
	private readonly reachability: Reachability;
	private readonly amplification: number;
	private readonly core: Resource | undefined;
	private readonly leisure: number;
	/** Whether the request came to a multicast address. */
	private multicast = false;

	/** Throws RangeError on a number that is out of range. */
	constructor(options: ServerOptions) {
		const { random, onError = nothing, discovery = true, echoFirst = false } = options;
		const parameters = serverParametersOf(options);
		const blocks = new BlockTransfers(options, parameters);
		const reachability = new Reachability(blocks, random, echoFirst);
		const responder = new Responder(blocks, reachability, onError);
		super(parameters, responder, parameters.messageId, random, parameters.sequence);
		this.reachability = reachability;
		this.amplification = parameters.amplification;
		this.leisure = options.LEISURE ?? 5_000;
		atLeast("LEISURE", this.leisure, 0);
		this.exchangeLifetime = exchangeLifetime(parameters);
		this.nonLifetime = nonLifetime(parameters);
		this.peers = new Peers(parameters.peers, this.exchangeLifetime);
		blocks.armed = () => {
			this.deadline = Math.min(this.deadline, blocks.deadline);
		};
		responder.crowded = ({ endpoint }) => this.exchanges.crowded(endpoint);
		if (options.directory !== undefined) {
			this.exchanges.registration = new Registration(options.directory, parameters, random, onError);
			this.due = this.exchanges.due = true;
		}
		if (discovery)
			this.core = this.resource(CORE, {
				ct: [Format.LINK_FORMAT],
				listed: false,
				get: ({ query }) => this.resources.links(query),
			});
	}

	/**
	 * Offers a resource under a path such as "light" or "a/b", or under many: "rooms/:room/light", "files/*". Throws TypeError when the path
	 * is taken or cannot be one.
	 */
	resource(path: string, options: ResourceOptions): Resource {
		const present = this.paths.get(path);
		if (present !== undefined && present !== this.core) throw new TypeError(`expected a free path, got "${path}"`);
		const resource = new Resource(path, options, this);
		this.resources.add(resource);
		return resource;
	}

	/** What serves the same resources over another transport needs. */
	get backend(): Backend {
		const { resources, responder, parameters, random, followers } = this;
		const count = (resource: Resource, more: number) => this.count(resource, more);
		return { resources, responder, echo: this.reachability.echo, parameters, random, followers, count };
	}

	override expire(now: number): void {
		this.responder.blocks.expire(now);
		super.expire(now);
	}

	protected override earliest(): number {
		return Math.min(super.earliest(), this.responder.blocks.deadline);
	}

	/** How many bodies that came in part were given up: for another one, or because no more of them came. */
	get abandoned(): number {
		return this.responder.blocks.uploads.abandoned;
	}

	/** How many separate responses were given up, since no ACK came. */
	get lost(): number {
		return this.exchanges.lost;
	}

	/** Whether a resource directory knows of this server. */
	get registered(): boolean {
		return this.exchanges.registration?.registered === true;
	}

	/** How many endpoints were forgotten for another while their requests could still be repeated. */
	get forgotten(): number {
		return this.peers.forgotten;
	}

	/** One datagram came; returns what is sent back, undefined when nothing is. Bytes and `from` are read until it returns. */
	receive(bytes: Uint8Array, from: Readonly<Endpoint>, now: number): Uint8Array | undefined {
		const request = this.request;
		try {
			request.read(bytes, from);
		} catch (error) {
			if (!(error instanceof FormatError)) throw error;
			// A CON of version 1 is rejected; everything else, and what is shorter than a header, is ignored (§3, §4.2, §4.3).
			const rejected = bytes.length >= TOKEN_AT && bytes[0]! >> 4 === 4;
			return rejected ? empty(RST, (bytes[2]! << 8) | bytes[3]!) : undefined;
		}
		const type = request.type;
		const code = request.code;
		if (type >= ACK) {
			// One with a code answers no request of ours, and is never answered (§4.2).
			if (code !== Code.EMPTY) this.answered(from, now);
			else if (type === ACK) this.acknowledged(request.messageId, from);
			else this.rejected(request.messageId, from);
		} else if (code !== Code.EMPTY && code >> 5 === 0) return this.exchange(from, now);
		else if (this.answered(from, now)) return type === CON ? empty(ACK, request.messageId) : undefined;
		else if (type === CON) return empty(RST, request.messageId); // a ping, an unexpected response, or a reserved class (§4.2, §4.3)
		return undefined;
	}

	/** Whether a response is the directory's. */
	private answered(from: Readonly<Endpoint>, now: number): boolean {
		const answered = this.exchanges.registration?.answered(this.request, from, now) === true;
		if (answered) this.deadline = this.earliest();
		return answered;
	}

	/**
	 * As `receive`, for a datagram that came to a multicast address: only a NON request is answered, when there is something to say, and after a
	 * time of leisure (§8.2).
	 */
	receiveMulticast(bytes: Uint8Array, from: Readonly<Endpoint>, now: number): void {
		if (bytes.length < TOKEN_AT || bytes[0]! >> 4 !== 5) return; // §8.1
		const { request } = this;
		this.multicast = true;
		const reply = this.receive(bytes, from, now);
		this.multicast = false;
		if (reply === undefined || !this.useful(request, reply)) return;
		this.exchanges.postpone(from, reply, this.leisurely(now));
		this.deadline = this.earliest();
		this.due = this.exchanges.due = true;
	}

	/** When the response to a multicast request leaves. */
	private leisurely(now: number): number {
		return now + this.random() * this.leisure;
	}

	/** Whether a response to a multicast request is worth to be sent: a success with a payload, or what No-Response asks for (RFC 7967 §2.1). */
	private useful(request: IncomingRequest, response: Uint8Array): boolean {
		if (request.options(Option.NO_RESPONSE).length > 0) return true;
		const { end, payloadAt } = new Message().parse(response, response.length);
		return Code.classOf(this.responder.code) === 2 && payloadAt < end;
	}

	/** A request: a repeated CON gets the reply it got, a repeated NON nothing, a new one is answered (§4.5). */
	private exchange(from: Readonly<Endpoint>, now: number): Uint8Array | undefined {
		const request = this.request;
		const messageId = request.messageId;
		const peer = this.peers.at(from, now);
		const known = peer.find(messageId, now);
		if (known >= 0) return peer.reply(known) ?? this.repeated(from);
		if (this.exchanges.list.length > 0 && this.exchanges.find(from, messageId) !== undefined)
			return this.repeated(from);
		// Resources.find, without the call.
		const resource = this.paths.get(request.path);
		if (resource !== undefined && resource.depth === request.depth) request.resource = resource;
		else this.resources.route(request);
		const responder = this.responder;
		responder.now = now;
		responder.budget = peer.reachable ? Infinity : request.end * this.amplification;
		if (request.type === CON) {
			const reply = request.plain ? responder.respond(ACK, messageId, request, -1) : this.answer(ACK, messageId, now);
			peer.remember(messageId, now + this.exchangeLifetime, reply);
			if (reply === undefined && this.responder.promise !== undefined) this.open(now);
			return reply;
		}
		const reply = this.answer(NON, this.nextMessageId(), now);
		peer.remember(messageId, now + this.nonLifetime, undefined);
		if (reply === undefined && this.responder.promise !== undefined) this.open(now);
		return reply;
	}

	/** The response to a new request, as `type` with `messageId`; undefined for silence, or for a promise. */
	private answer(type: number, messageId: number, now: number): Uint8Array | undefined {
		const request = this.request;
		if (request.refusal === Code.BAD_OPTION && type === NON) return undefined; // §5.4.1
		if (request.has(Option.ECHO)) this.verify(now);
		const observe = request.observe >= 0 && !this.multicast ? this.observe(now) : -1;
		const response = this.responder.respond(type, messageId, request, observe);
		if (response === undefined) return undefined;
		if (observe >= 0 && Code.classOf(this.responder.code) === 2)
			this.register(request, type, messageId, now).budget = this.responder.budget;
		return this.filtered(response, request, type, messageId);
	}

	respond(exchange: Exchange, type: number, messageId: number, now: number): Uint8Array | undefined {
		const { request, version } = exchange;
		this.responder.now = now;
		const reachable = this.peers.find(request.endpoint)?.reachable;
		this.responder.budget = reachable ? Infinity : request.end * this.amplification;
		const observe = exchange.observes && this.admit(request, now) ? this.sequence : -1;
		const response = this.responder.settle(type, messageId, request, observe, exchange.outcome!);
		if (observe >= 0 && Code.classOf(this.responder.code) === 2) {
			const observer = this.register(request, type, messageId, now);
			observer.version = version;
			observer.budget = this.responder.budget;
		}
		const filtered = this.filtered(response, request, type, messageId);
		return filtered !== undefined && exchange.multicast && !this.useful(request, filtered) ? undefined : filtered;
	}

	replied({ request }: Exchange, reply: Uint8Array): void {
		this.peers.find(request.endpoint)?.replace(request.messageId, reply);
	}

	/** `response`, or what is left of it when the client does not want it (RFC 7967 §2). */
	private filtered(
		response: Uint8Array,
		request: IncomingRequest,
		type: number,
		messageId: number,
	): Uint8Array | undefined {
		if (request.noResponse === 0 || request.wants(this.responder.code)) return response;
		return type === ACK ? empty(ACK, messageId) : undefined;
	}

	/** A request with an Echo option: how old it is, and whether its endpoint is where it says (RFC 9175 §2.3). */
	private verify(now: number): void {
		const { request, responder } = this;
		request.age = this.reachability.echo.age(request.options(Option.ECHO)[0]!, request.endpoint, now);
		if (request.age > REACHABLE) return;
		this.peers.at(request.endpoint, now).reachable = true;
		responder.budget = Infinity;
	}

	/** The request's answer was promised: it becomes an exchange, which takes its record. */
	private open(now: number): void {
		const request = this.request;
		this.request = new IncomingRequest();
		request.keep();
		const { multicast } = this;
		const notBefore = multicast ? this.leisurely(now) : 0;
		this.exchanges.open(request, this.responder.promised(), !multicast && registers(request), now, notBefore);
		this.deadline = this.earliest();
	}

	/** What a repeated CON gets whose reply is not known: the empty ACK, when its answer was promised (§5.2.2). */
	private repeated(from: Readonly<Endpoint>): Uint8Array | undefined {
		const exchange = this.exchanges.find(from, this.request.messageId);
		if (exchange === undefined || this.request.type !== CON) return undefined;
		const reply = this.exchanges.acknowledge(exchange);
		this.deadline = this.earliest();
		return reply;
	}

	/** A GET with an Observe option: the number that its response may carry, or -1 (RFC 7641 §4.1). */
	private observe(now: number): number {
		const request = this.request;
		if (request.observe === DEREGISTER && observes(request.code)) this.deregister(request);
		return registers(request) && this.admit(request, now) ? this.sequence : -1;
	}
}

function nothing(): void {}
