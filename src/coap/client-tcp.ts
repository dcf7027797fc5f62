// SPDX-License-Identifier: MIT
// The client over TCP (RFC 8323).
import type { StreamTarget } from "../wire/index.ts";
import { Client, type ClientOptions, type ClientRequest, type PendingRequest } from "./client.ts";
import type { Endpoint } from "./handler.ts";
import { CONNECTION_PARAMETERS, type ConnectionParameters, TcpConnection } from "./tcp-connection.ts";

/** What a client over TCP is made with. What it says of messages, as NSTART, is of no use there. */
export interface TcpClientOptions extends ClientOptions, Partial<ConnectionParameters> {}

/**
 * A stream machine that asks one server, over one connection, which it opens at once. When that is gone, so are its requests and
 * observations, and the client: make another.
 */
export class TcpClient extends TcpConnection {
	private readonly client: Client;
	private readonly endpoint: Endpoint;
	private readonly to: Endpoint = { address: "", port: 0 };

	/** Throws RangeError on a number that is out of range. */
	constructor(target: StreamTarget, options: TcpClientOptions) {
		super(target, { ...CONNECTION_PARAMETERS, ...options });
		this.endpoint = { address: target.host, port: target.port };
		this.client = new Client({ ...options, reliable: true });
		this.client.wake = () => this.stir();
	}

	/** How many requests there are: under way, observing, or waiting for the connection. */
	get requests(): number {
		return this.client.requests;
	}

	/** Asks the server, as Client's `request` does. */
	request(request: Omit<ClientRequest, "endpoint" | "multicast">): PendingRequest {
		return this.client.request({ ...request, endpoint: this.endpoint });
	}

	protected override greeted(): void {
		this.stir();
	}

	protected override message(bytes: Uint8Array, now: number): void {
		this.client.receive(bytes, this.endpoint, now);
		this.producing = this.client.due;
	}

	protected override produce(now: number): Uint8Array | undefined {
		const datagram = this.client.transmit(this.to, now);
		if (datagram === undefined) this.producing = false;
		return datagram;
	}

	protected override get outstanding(): boolean {
		return this.client.requests > 0;
	}

	protected override get laterDeadline(): number {
		return this.client.deadline;
	}

	protected override expireLater(now: number): void {
		this.client.expire(now);
		this.stir();
	}

	protected override ended(error: Error | undefined): void {
		if (this.ready) this.client.abandon({ type: "failed", reason: error?.message ?? "the connection was closed" });
		else this.client.abandon({ type: "refused" });
	}

	/** There may be something to send, once the server said what it takes (§5.3). */
	private stir(): void {
		if (!this.ready || this.target === undefined) return;
		this.producing = true;
		this.wake();
	}
}
