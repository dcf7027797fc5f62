// SPDX-License-Identifier: MIT
import type { ClientRequest } from "../../src/coap/client.ts";
import { TcpClient, type TcpClientOptions } from "../../src/coap/client-tcp.ts";
import { type Platform, StreamDriver } from "../../src/drive/index.ts";

/** How many milliseconds a connection stays for the next request, and how often it waits so long for what is left to be said. */
const LINGER = 50;
const LINGERS = 40;

interface Stream {
	readonly client: TcpClient;
	/** How many requests somebody waits for. */
	active: number;
}

/** Connections to servers over TCP: one to each, for as long as something is asked there. */
export class Streams {
	private readonly options: TcpClientOptions;
	private readonly platform: Platform;
	private readonly streams = new Map<string, Stream>();

	constructor(options: TcpClientOptions, platform: Platform) {
		this.options = options;
		this.platform = platform;
	}

	/** Asks; returns what cancels the request. Call `leave` once when it is over. Throws TypeError or RangeError on a request that cannot be sent. */
	request(host: string, port: number, request: Omit<ClientRequest, "endpoint">): () => void {
		const stream = this.to(host, port);
		const pending = stream.client.request(request);
		stream.active++;
		return () => pending.cancel();
	}

	/** Somebody waits no more. */
	leave(host: string, port: number): void {
		const stream = this.streams.get(`${host}:${port}`);
		if (stream !== undefined && --stream.active === 0) linger(stream, LINGERS);
	}

	close(): void {
		for (const { client } of this.streams.values()) close(client);
		this.streams.clear();
	}

	private to(host: string, port: number): Stream {
		const key = `${host}:${port}`;
		const there = this.streams.get(key);
		if (there !== undefined && there.client.target !== undefined && !there.client.releasing) return there;
		const client = new TcpClient({ host, port }, this.options);
		const stream = { client, active: 0 };
		this.streams.set(key, stream);
		new StreamDriver(client, this.platform);
		return stream;
	}
}

/** Closes a connection that nobody uses, when a cancellation under way was answered. */
function linger(stream: Stream, times: number): void {
	setTimeout(() => {
		const { client, active } = stream;
		if (active > 0 || client.target === undefined) return;
		if (client.requests === 0 || times === 0) close(client);
		else linger(stream, times - 1);
	}, LINGER);
}

function close(client: TcpClient): void {
	if (client.ready) client.release();
	else {
		client.closed(0);
		client.wake();
	}
}
