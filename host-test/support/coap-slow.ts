// SPDX-License-Identifier: MIT
import type { Request, ResourceOptions, Result, ServerOptions } from "../../src/coap/index.ts";
import { Pair } from "./coap-pair.ts";
import { promised, settle } from "./promised.ts";

/** A server of `/slow`, whose GET and POST promise what `answer` and `fail` tell; ACK_TIMEOUT is 2.5 s. */
export function slow(options: Partial<ServerOptions> = {}, resource: ResourceOptions = {}) {
	const pair = new Pair(options);
	let asked = 0;
	const waiting: { resolve(result: Result): void; reject(error: unknown): void; request: Request }[] = [];
	const handler = (request: Request) => {
		asked++;
		const { promise, ...settled } = promised<Result>();
		waiting.push({ ...settled, request });
		return promise;
	};
	const served = pair.server.resource("slow", { get: handler, post: handler, ...resource });
	pair.server.resource("quick", { get: () => "quick" });
	/** Settles the oldest promise; returns what the server sends thereupon. */
	async function then(act: (oldest: (typeof waiting)[number]) => void): Promise<string[]> {
		act(waiting.shift()!);
		await settle();
		return pair.drain().map(({ text }) => text);
	}
	return {
		pair,
		client: pair.client(),
		resource: served,
		asked: () => asked,
		waiting,
		answer: (result: Result) => then(({ resolve }) => resolve(result)),
		fail: (error: unknown) => then(({ reject }) => reject(error)),
	};
}
