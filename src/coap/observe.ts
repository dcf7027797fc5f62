// SPDX-License-Identifier: MIT
// What requests say of observation (RFC 7641 §2), and what an application tunes of it.
import { mayObserve } from "./access.ts";
import * as Code from "./code.ts";
import type { Parameters } from "./parameters.ts";
import type { IncomingRequest } from "./request.ts";

/** The values of the Observe option in a request (§2). */
export const REGISTER = 0;
export const DEREGISTER = 1;

/** How an application tunes observation. */
export interface ObserveParameters extends Parameters {
	/** How many observers there may be in all. */
	readonly observers: number;
	/** Every how many notifications one is a CON. */
	readonly confirmEvery: number;
	/** After how many milliseconds a notification is a CON at the latest. */
	readonly confirmInterval: number;
}

/** The longest payload of a FETCH that is kept, to be answered again and again. */
const PAYLOAD_KEPT = 256;

/** Whether a request is of a method that can be observed (RFC 8132 §2.4). */
export function observes(code: number): boolean {
	return code === Code.GET || code === Code.FETCH;
}

/** Whether a request wants to register, and could: a GET or FETCH of an observable resource from its first block on (RFC 7959 §2.6). */
export function registers(request: IncomingRequest): boolean {
	if (request.observe !== REGISTER || !observes(request.code) || request.block2 >= 16) return false;
	if (request.code === Code.FETCH && request.payload.length > PAYLOAD_KEPT) return false;
	const { resource } = request;
	if (resource?.observable !== true) return false;
	const { access } = resource.options;
	return access === undefined || mayObserve(access, request.subject);
}
