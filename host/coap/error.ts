// SPDX-License-Identifier: MIT
import type { Outcome } from "../../src/coap/client.ts";
import type { CoapResponse } from "./response.ts";

/**
 * Why there is no response:
 * - TIMEOUT: nobody answered in time;
 * - REFUSED: nobody listens there, as the network says;
 * - RESET: the server answered with a RST: it does not understand the message;
 * - FAILED: what came cannot be used;
 * - NO_ADDRESS: the name has none;
 * - ENDED: an observation or a discovery ended with an error, which is `response`;
 * - CLOSED: the client was closed.
 */
export type CoapErrorCode = "TIMEOUT" | "REFUSED" | "RESET" | "FAILED" | "NO_ADDRESS" | "ENDED" | "CLOSED";

/** A request had no response that could be returned. A response with an error code, such as 4.04, is one. */
export class CoapError extends Error {
	override name = "CoapError";
	readonly code: CoapErrorCode;
	/** What ended an observation or a discovery. */
	readonly response: CoapResponse | undefined;

	constructor(code: CoapErrorCode, message: string, response?: CoapResponse) {
		super(message);
		this.code = code;
		this.response = response;
	}
}

/** What an outcome without a response means for `what`, such as "GET coap://h/a". */
export function errorOf(outcome: Exclude<Outcome, { type: "response" }>, what: string): CoapError {
	switch (outcome.type) {
		case "timeout":
			return new CoapError(
				"TIMEOUT",
				outcome.acknowledged
					? `${what}: the server has the request, but sent no response in time`
					: `${what}: no answer`,
			);
		case "refused":
			return new CoapError("REFUSED", `${what}: nobody listens there`);
		case "reset":
			return new CoapError("RESET", `${what}: the server rejected the message`);
		case "failed":
			return new CoapError("FAILED", `${what}: ${outcome.reason}`);
		case "complete":
			return new CoapError("FAILED", `${what}: no response was wanted`);
	}
}
