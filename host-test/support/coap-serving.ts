// SPDX-License-Identifier: MIT
import type { ResourceOptions, Result } from "../../src/coap/index.ts";
import { Pair } from "./coap-pair.ts";

/** A pair that serves one resource, and a client of it. */
export function serving(path: string, options: ResourceOptions) {
	const pair = new Pair();
	const resource = pair.server.resource(path, options);
	return { pair, resource, client: pair.client() };
}

/** What the server answers to `request` when the handler of `/a`, for whatever method, returns `result`. */
export function answer(request: string, result: () => Result, options: ResourceOptions = {}): string[] {
	const handlers = { get: result, put: result, post: result, delete: result };
	const others = { fetch: result, patch: result, ipatch: result };
	const { client } = serving("a", { ...handlers, ...others, ...options });
	return client.sends(request);
}

export const nothing = (): Result => undefined;
