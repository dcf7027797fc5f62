// SPDX-License-Identifier: MIT
// A server's resources over TCP (RFC 8323).
import type { Backend, Follower } from "./backend.ts";
import * as Code from "./code.ts";
import type { Exchange } from "./exchange.ts";
import { Exchanges } from "./exchanges.ts";
import type { Endpoint, Result } from "./handler.ts";
import { MESSAGE_SIZE, NON } from "./message.ts";
import { DEREGISTER, observes, registers } from "./observe.ts";
import * as Option from "./option.ts";
import { atLeast } from "./parameters.ts";
import { IncomingRequest } from "./request.ts";
import type { Resource } from "./resource.ts";
import type { Server } from "./server.ts";
import { CONNECTION_PARAMETERS, type ConnectionParameters, TcpConnection } from "./tcp-connection.ts";
import { TcpObservers } from "./tcp-observers.ts";
import { BASE_MESSAGE_SIZE } from "./tcp-signal.ts";

/** How an application bounds connections. */
export interface TcpServerOptions extends Partial<ConnectionParameters> {
	/** How many connections there may be, 4 when absent; each takes about 4 kB, and twice what `maxMessageSize` has above 1,152. */
	connections?: number;
	/** How many observers each may have, 8 when absent. */
	observers?: number;
}

/** What serves over TCP what a Server serves over UDP: give each connection that is accepted to `accept`, and drive what it returns. */
export class TcpServer implements Follower {
	private readonly backend: Backend;
	private readonly parameters: ConnectionParameters;
	private readonly most: number;
	private readonly observers: number;
	private readonly connections = new Set<ServerConnection>();

	/** Throws RangeError on a number that is out of range. */
	constructor(server: Server, options: TcpServerOptions = {}) {
		const { connections = 4, observers = 8, ...parameters } = options;
		this.parameters = { ...CONNECTION_PARAMETERS, ...parameters };
		atLeast("connections", connections, 1);
		atLeast("observers", observers, 0);
		atLeast("maxMessageSize", this.parameters.maxMessageSize, BASE_MESSAGE_SIZE);
		this.most = connections;
		this.observers = observers;
		this.backend = server.backend;
		this.backend.followers.push(this);
	}

	/** How many connections there are. */
	get connected(): number {
		return this.connections.size;
	}

	/** A stream machine for a connection from `endpoint`; undefined when there are too many. */
	accept(endpoint: Readonly<Endpoint>): ServerConnection | undefined {
		const { connections } = this;
		if (connections.size >= this.most) return undefined;
		const connection = new ServerConnection(this.backend, { ...endpoint }, this.parameters, this.observers, () =>
			connections.delete(connection),
		);
		connections.add(connection);
		return connection;
	}

	changed(resource: Resource, path?: string): void {
		for (const connection of this.connections) connection.changed(resource, path);
	}

	/** Takes no more requests, and ends each connection once it has answered those that came (§5.5). */
	close(): void {
		const { followers } = this.backend;
		followers.splice(followers.indexOf(this), 1);
		for (const connection of this.connections) connection.release();
	}
}

/** One connection of a server. */
export class ServerConnection extends TcpConnection {
	private readonly backend: Backend;
	private readonly endpoint: Endpoint;
	private readonly exchanges: Exchanges;
	private readonly observers: TcpObservers;
	private readonly gone: () => void;
	private readonly bert: boolean;
	private readonly to: Endpoint = { address: "", port: 0 };
	private request: IncomingRequest;

	constructor(
		backend: Backend,
		endpoint: Endpoint,
		parameters: ConnectionParameters,
		observers: number,
		gone: () => void,
	) {
		super({ host: endpoint.address, port: endpoint.port }, parameters);
		this.backend = backend;
		this.endpoint = endpoint;
		this.gone = gone;
		this.bert = parameters.maxMessageSize > BASE_MESSAGE_SIZE;
		this.request = new IncomingRequest(this.bert);
		this.exchanges = new Exchanges(backend.parameters, backend.random, this);
		this.observers = new TcpObservers(backend, observers, () => this.stir());
	}

	/** The representation of `resource` is another one. */
	changed(resource: Resource, path?: string): void {
		if (this.observers.changed(resource, path)) this.stir();
	}

	/** There may be something to send. */
	stir(): void {
		this.producing = true;
		this.wake();
	}

	nextMessageId(): number {
		return 0;
	}

	busy(): boolean {
		return false;
	}

	replied(): void {}

	respond(exchange: Exchange, _type: number, _messageId: number, now: number): Uint8Array | undefined {
		const { request, version, observes } = exchange;
		const { responder } = this.backend;
		this.limit(now);
		const observe = observes ? this.observers.admit(request) : -1;
		const response = responder.settle(NON, 0, request, observe, exchange.outcome!);
		if (observe >= 0 && Code.classOf(responder.code) === 2) this.observers.register(request, now).version = version;
		return request.wants(responder.code) ? response : undefined;
	}

	protected override get outstanding(): boolean {
		return this.exchanges.list.length > 0;
	}

	protected override get laterDeadline(): number {
		return Math.min(this.exchanges.deadline, this.observers.deadline);
	}

	protected override expireLater(now: number): void {
		this.exchanges.expire(now);
		this.observers.expire(now);
		this.exchanges.due = true;
		this.producing = true;
	}

	protected override message(bytes: Uint8Array, now: number): void {
		const { request, backend } = this;
		const { responder } = backend;
		request.read(bytes, this.endpoint);
		if (Code.classOf(request.code) !== 0 || this.releasing) return; // It answers no request of ours; or comes after the peer's last (§5.5).
		backend.resources.find(request);
		this.limit(now);
		if (request.has(Option.ECHO)) request.age = backend.echo.age(request.options(Option.ECHO)[0]!, this.endpoint, now);
		if (request.observe === DEREGISTER && observes(request.code)) this.observers.deregister(request);
		const observe = registers(request) ? this.observers.admit(request) : -1;
		const crowded = responder.crowded;
		responder.crowded = ({ endpoint }) => this.exchanges.crowded(endpoint);
		const response = responder.respond(NON, 0, request, observe);
		responder.crowded = crowded;
		if (response === undefined) this.open(responder.promised(), now);
		else {
			if (observe >= 0 && Code.classOf(responder.code) === 2) this.observers.register(request, now);
			if (request.wants(responder.code)) this.send(response);
		}
	}

	protected override produce(now: number): Uint8Array | undefined {
		if (this.exchanges.due) {
			const datagram = this.exchanges.transmit(this.to, now);
			if (datagram !== undefined) return datagram;
		}
		this.limit(now);
		const datagram = this.observers.next(now);
		if (datagram === undefined) this.producing = false;
		return datagram;
	}

	protected override ended(): void {
		this.observers.clear();
		this.gone();
	}

	/** A connection shows where the peer is; a response only has to fit what it takes. */
	private limit(now: number): void {
		const { responder } = this.backend;
		responder.now = now;
		responder.budget = this.peerMessageSize < MESSAGE_SIZE ? this.peerMessageSize : Infinity;
	}

	/** The request's answer was promised: it becomes an exchange, which takes its record. */
	private open(promise: PromiseLike<Result>, now: number): void {
		const { request } = this;
		this.request = new IncomingRequest(this.bert);
		request.keep();
		this.exchanges.open(request, promise, registers(request), now, 0);
	}
}
