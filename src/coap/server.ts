// SPDX-License-Identifier: MIT
// A CoAP server (RFC 7252): the message layer of §4 and the server's side of §5.
import { FormatError } from "../wire/index.ts";
import { type BlockOptions, BlockTransfers } from "./block-transfers.ts";
import * as Code from "./code.ts";
import type { Exchange } from "./exchange.ts";
import * as Format from "./format.ts";
import type { Endpoint, Request, ResourceOptions, Response } from "./handler.ts";
import { matches } from "./link.ts";
import { ACK, CON, NON, RST, TOKEN_AT } from "./message.ts";
import { empty } from "./message-writer.ts";
import { Notifier } from "./notifier.ts";
import { DEREGISTER, registers } from "./observe.ts";
import { atLeast, exchangeLifetime, nonLifetime, type Parameters, parametersOf } from "./parameters.ts";
import { Peers } from "./peer.ts";
import { IncomingRequest } from "./request.ts";
import { Resource } from "./resource.ts";
import { Responder } from "./responder.ts";
import { compare, match } from "./route.ts";

const CORE = ".well-known/core";

/** What a server is made with. */
export interface ServerOptions extends Partial<Parameters>, BlockOptions {
	/** Numbers in [0, 1). */
	random: () => number;
	/** Told once of everything that a handler throws; the message names the method and the path. */
	onError?: (error: Error) => void;
	/** The first Message ID; random when absent. */
	messageId?: number;
	/** The first Observe number, below 2^24; one that grows over reboots lets clients tell new from old. */
	sequence?: number;
	/** Of how many endpoints requests are remembered, 8 when absent; each takes about 1 kB once used, 3 kB at most. */
	peers?: number;
	/** How many observers there may be in all, 16 when absent. */
	observers?: number;
	/** Every how many notifications to an observer one is a CON, 5 when absent. */
	confirmEvery?: number;
	/** After how many milliseconds a notification is a CON at the latest; 23 hours when absent; RFC 7641 §4.5 allows 24. */
	confirmInterval?: number;
	/** How many answers may be promised and not given at a time, 8 when absent, half of them to one endpoint; then requests are refused. */
	promises?: number;
	/** After how many milliseconds a CON whose answer was promised gets an empty ACK; a quarter of ACK_TIMEOUT when absent. */
	acknowledgeAfter?: number;
	/** Whether `/.well-known/core` is served; true when absent. */
	discovery?: boolean;
}

/**
 * A datagram machine that answers requests: give each datagram to `receive` and send what it returns, then call `transmit` while `due`,
 * then `expire` at `deadline`.
 */
export class Server extends Notifier {
	private readonly resources = new Map<string, Resource>();
	/** Those whose path has parameters, the ones that say most first. */
	private readonly patterns: Resource[] = [];
	private request = new IncomingRequest();
	private readonly peers: Peers;
	private readonly exchangeLifetime: number;
	private readonly nonLifetime: number;
	private readonly core: Resource | undefined;

	/** Throws RangeError on a number that is out of range. */
	constructor(options: ServerOptions) {
		const { random, onError = nothing, sequence = 0, peers = 8, observers = 16, discovery = true } = options;
		const basic = parametersOf(options);
		const { promises = 8, acknowledgeAfter = basic.ACK_TIMEOUT / 4 } = options;
		const { messageId = Math.floor(random() * 0x10000), confirmEvery = 5, confirmInterval = 82_800_000 } = options;
		atLeast("messageId", messageId, 0);
		atLeast("sequence", sequence, 0);
		atLeast("peers", peers, 1);
		atLeast("observers", observers, 0);
		atLeast("confirmEvery", confirmEvery, 1);
		atLeast("confirmInterval", confirmInterval, 1);
		atLeast("promises", promises, 0);
		if (!(acknowledgeAfter >= 0 && acknowledgeAfter < basic.ACK_TIMEOUT))
			throw new RangeError(`expected acknowledgeAfter from 0 ms to below ACK_TIMEOUT, got ${acknowledgeAfter}`);
		const parameters = { ...basic, observers, confirmEvery, confirmInterval, promises, acknowledgeAfter };
		super(
			parameters,
			new Responder(new BlockTransfers(options, basic), onError),
			messageId & 0xffff,
			random,
			sequence & 0xffffff,
		);
		this.exchangeLifetime = exchangeLifetime(parameters);
		this.nonLifetime = nonLifetime(parameters);
		this.peers = new Peers(peers, this.exchangeLifetime);
		const { blocks } = this.responder;
		blocks.armed = () => {
			this.deadline = Math.min(this.deadline, blocks.deadline);
		};
		this.responder.crowded = ({ endpoint }) => this.exchanges.crowded(endpoint);
		if (discovery)
			this.core = this.resource(CORE, {
				ct: [Format.LINK_FORMAT],
				listed: false,
				get: (request) => this.discover(request),
			});
	}

	/**
	 * Offers a resource under a path such as "light" or "a/b", or under many: "rooms/:room/light", "files/*". Throws TypeError when the path
	 * is taken or cannot be one.
	 */
	resource(path: string, options: ResourceOptions): Resource {
		const present = this.resources.get(path);
		if (present !== undefined && present !== this.core) throw new TypeError(`expected a free path, got "${path}"`);
		const resource = new Resource(path, options, this);
		this.resources.set(path, resource);
		if (resource.pattern) {
			this.patterns.push(resource);
			this.patterns.sort((a, b) => compare(a.segments, b.segments));
		}
		return resource;
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
			if (code !== Code.EMPTY) return undefined;
			if (type === ACK) this.acknowledged(request.messageId, from);
			else this.rejected(request.messageId, from);
		} else if (code !== Code.EMPTY && code >> 5 === 0) return this.exchange(from, now);
		else if (type === CON) return empty(RST, request.messageId); // a ping, an unexpected response, or a reserved class (§4.2, §4.3)
		return undefined;
	}

	/** A request: a repeated CON gets the reply it got, a repeated NON nothing, a new one is answered (§4.5). */
	private exchange(from: Readonly<Endpoint>, now: number): Uint8Array | undefined {
		const request = this.request;
		const messageId = request.messageId;
		this.responder.now = now;
		const peer = this.peers.at(from, now);
		const known = peer.find(messageId, now);
		if (known >= 0) return peer.reply(known) ?? this.repeated(from);
		if (this.exchanges.list.length > 0 && this.exchanges.find(from, messageId) !== undefined)
			return this.repeated(from);
		const resource = this.resources.get(request.path);
		if (resource !== undefined && resource.depth === request.depth) request.resource = resource;
		else this.route();
		if (request.type === CON) {
			const reply = request.plain
				? this.responder.respond(ACK, messageId, request, -1)
				: this.answer(ACK, messageId, now);
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
		const observe = request.observe >= 0 ? this.observe(now) : -1;
		const response = this.responder.respond(type, messageId, request, observe);
		if (response === undefined) return undefined;
		if (observe >= 0 && Code.classOf(this.responder.code) === 2) this.register(request, type, messageId, now);
		return this.filtered(response, request, type, messageId);
	}

	respond(exchange: Exchange, type: number, messageId: number, now: number): Uint8Array | undefined {
		const { request, version } = exchange;
		this.responder.now = now;
		const observe = exchange.observes && this.admit(request, now) ? this.sequence : -1;
		const response = this.responder.settle(type, messageId, request, observe, exchange.outcome!);
		if (observe >= 0 && Code.classOf(this.responder.code) === 2)
			this.register(request, type, messageId, now).version = version;
		return this.filtered(response, request, type, messageId);
	}

	replied({ request }: Exchange, reply: Uint8Array): void {
		this.peers.find(request.endpoint)?.replace(request.messageId, reply);
	}

	/** `response`, or what is left of it when the client does not want it (RFC 7967 §2). */
	private filtered(
		response: Uint8Array,
		{ noResponse }: IncomingRequest,
		type: number,
		messageId: number,
	): Uint8Array | undefined {
		if (noResponse === 0 || wanted(noResponse, this.responder.code)) return response;
		return type === ACK ? empty(ACK, messageId) : undefined;
	}

	/** The request's answer was promised: it becomes an exchange, which takes its record. */
	private open(now: number): void {
		const request = this.request;
		this.request = new IncomingRequest();
		request.keep();
		this.exchanges.open(request, this.responder.promised(), registers(request), now);
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

	/** Finds a resource whose path has parameters, for a request that asks for no other. */
	private route(): void {
		const { patterns, request } = this;
		if (patterns.length === 0) return;
		const path = request.uriPath();
		for (const resource of patterns) {
			const params = match(resource.segments, path);
			if (params === undefined) continue;
			request.route(resource, path, params);
			return;
		}
	}

	/** A GET with an Observe option: the number that its response may carry, or -1 (RFC 7641 §4.1). */
	private observe(now: number): number {
		const request = this.request;
		if (request.observe === DEREGISTER && request.code === Code.GET) this.deregister(request);
		return registers(request) && this.admit(request, now) ? this.sequence : -1;
	}

	/** The links to all resources that the query does not filter out (RFC 6690 §4). */
	private discover(request: Request): Response {
		const links: string[] = [];
		for (const resource of this.resources.values())
			if (resource.link !== undefined && matches(resource, request.query)) links.push(resource.link);
		return { payload: links.join(","), format: Format.LINK_FORMAT };
	}
}

/** Whether a No-Response option leaves an interest in the class of `code`: bit 1 is class 2, bit 3 class 4 (RFC 7967 §2.1). */
function wanted(noResponse: number, code: number): boolean {
	return ((noResponse >> (Code.classOf(code) - 1)) & 1) === 0;
}

function nothing(): void {}
