// SPDX-License-Identifier: MIT
import type { ResourceOptions, Result, ServerOptions } from "../../src/coap/index.ts";
import { Pair } from "./coap-pair.ts";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const REGISTER = "CON GET 0001 [aa] Uri-Path=temperature Observe=0";

/** A thermometer that is observed, at first at 20, with `random` such that ACK_TIMEOUT is 2.5 s. */
export function thermometer(options: Partial<ServerOptions> = {}, resource: ResourceOptions = {}) {
	const pair = new Pair(options);
	let value: Result = "20";
	/** Changes the state; returns what is sent to whom. */
	function becomes(next: Result): string[] {
		value = next;
		temperature.changed();
		return pair.drain().map(({ text }) => text);
	}
	const temperature = pair.server.resource("temperature", { observable: true, get: () => value, ...resource });
	return {
		pair,
		client: pair.client(),
		becomes,
		/** Changes the state when another NON may be sent. */
		later(next: Result): string[] {
			pair.advance(3_000);
			return becomes(next);
		},
	};
}
