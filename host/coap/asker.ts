// SPDX-License-Identifier: MIT
import { isIPv4 } from "node:net";
import { type Client, type ClientRequest, type ClientResponse, type Outcome, parseUri } from "../../src/coap/client.ts";
import type { Platform } from "../../src/drive/index.ts";
import { CoapError } from "./error.ts";
import type { Streams } from "./streams.ts";

/** Who waits for an answer: told once of its end, by one of the two. */
export interface Told {
	/** A notification, or an answer from a group. It is valid until the call returns. */
	onResponse?(response: ClientResponse): void;
	onEnd(outcome: Outcome): void;
	/** It could not be asked, or its signal aborted. */
	onFailed(error: Error): void;
}

/** A request as the machine takes it, without what the URL says. */
export type Asked = Omit<ClientRequest, "endpoint" | "path" | "uriHost" | "onResponse" | "onEnd">;

/** Asks a machine what a URL names: looks names up and watches signals. */
export class Asker {
	private readonly machine: Client;
	private readonly streams: Streams;
	private readonly resolve: Platform["resolve"];
	private readonly hold: (held: boolean) => void;
	/** How many requests somebody waits for. */
	private active = 0;

	/** `hold` is told when the program must not end, and when it may. */
	constructor(machine: Client, streams: Streams, resolve: Platform["resolve"], hold: (held: boolean) => void) {
		this.machine = machine;
		this.streams = streams;
		this.resolve = resolve;
		this.hold = hold;
	}

	/** Returns what cancels the request, after which nobody is told anything. Throws TypeError or RangeError on a request that cannot be sent. */
	ask(url: string, request: Asked, signal: AbortSignal | undefined, told: Told): () => void {
		const { scheme, host, port, path, query, uriHost } = parseUri(url);
		const overTCP = scheme === "coap+tcp";
		let cancel: (() => void) | undefined;
		let over = false;
		const end = (tell: () => void) => {
			if (over) return;
			over = true;
			signal?.removeEventListener("abort", abort);
			if (--this.active === 0) this.hold(false);
			if (overTCP && cancel !== undefined) this.streams.leave(host, port);
			tell();
		};
		const abort = () => {
			cancel?.();
			end(() => told.onFailed(signal!.reason));
		};
		const ask = (address: string) => {
			const asked = {
				...request,
				path,
				query: [...query, ...(request.query ?? [])],
				uriHost,
				onResponse: (response: ClientResponse) => told.onResponse?.(response),
				onEnd: (outcome: Outcome) => end(() => told.onEnd(outcome)),
			};
			if (overTCP) cancel = this.streams.request(host, port, asked);
			else {
				const pending = this.machine.request({ ...asked, endpoint: { address, port } });
				cancel = () => pending.cancel();
			}
		};
		const found = (address: string | undefined) => {
			if (over) return;
			try {
				if (address === undefined) throw new CoapError("NO_ADDRESS", `no IPv4 address for ${host}`);
				ask(address);
			} catch (error) {
				end(() => told.onFailed(error as Error));
			}
		};
		if (signal?.aborted) {
			over = true;
			told.onFailed(signal.reason);
			return () => {};
		}
		if (this.active === 0) this.hold(true);
		this.active++;
		signal?.addEventListener("abort", abort);
		if (!isIPv4(host) && !overTCP) this.resolve(host, found);
		else
			try {
				ask(host);
			} catch (error) {
				end(() => {});
				throw error;
			}
		return () => {
			cancel?.();
			end(() => {});
		};
	}
}
