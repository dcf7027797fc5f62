// SPDX-License-Identifier: MIT
// What an application asks a client for (RFC 7252 §5.10).
import { type Payload, payloadBytes } from "../wire/index.ts";
import { OptionList, type OptionValue, uintValue } from "./client-options.ts";
import type { ClientResponse, Outcome } from "./client-response.ts";
import * as Code from "./code.ts";
import type { Endpoint } from "./handler.ts";
import * as Option from "./option.ts";

/** One request. What is left out is not sent, or takes its default. */
export interface ClientRequest {
	/** Where it goes: an IPv4 address and a port. */
	readonly endpoint: Readonly<Endpoint>;
	/** A method such as Code.PUT; Code.GET when absent. */
	readonly code?: number;
	/** Such as "light" or "a/b"; as a list when a segment has a slash in it. Empty is the root. */
	readonly path?: string | readonly string[];
	/** Uri-Query options such as "unit=Cel". */
	readonly query?: readonly string[];
	/** Uri-Host: the name that was looked up, for servers with several. */
	readonly uriHost?: string;
	/** The Content-Format that is wanted. */
	readonly accept?: number;
	/** The payload's Content-Format. */
	readonly contentFormat?: number;
	/** Bytes must stay as they are until the request has ended. */
	readonly payload?: Payload;
	/** The representations that are there already: the answer may be 2.03 (§5.6.2). */
	readonly etags?: readonly Uint8Array[];
	/** Only if the representation is one of these; an empty one means any (§5.10.8.1). */
	readonly ifMatch?: readonly Uint8Array[];
	/** Only if there is none (§5.10.8.2). */
	readonly ifNoneMatch?: boolean;
	/** As a CON, which is sent again until it is acknowledged; true when absent. False sends a NON. */
	readonly confirmable?: boolean;
	/** Which responses are not wanted: 2 for class 2, 8 for class 4, 16 for class 5, or their sum (RFC 7967 §2.1). */
	readonly noResponse?: number;
	/** Further options. */
	readonly options?: readonly OptionValue[];
	/** How many milliseconds may pass without a word from the peer; MAX_TRANSMIT_WAIT when absent (§4.8.2). */
	readonly timeout?: number;
	/** How many bytes a block of the bodies has, 16 to 1,024: what is wanted, and what is sent when a body has more. As many as fit when absent. */
	readonly blockSize?: number;
	/** Observes the resource (RFC 7641): each state is one call of `onResponse`, until the server or `cancel` ends it. With GET or FETCH. */
	readonly observe?: boolean;
	/** To a group: each endpoint that answers within `timeout` is one call of `onResponse` (§8). It is sent as a NON. */
	readonly multicast?: boolean;
	/** A notification, or a response to a multicast request. It is valid until the call returns. */
	onResponse?(response: ClientResponse): void;
	/** Called once, unless the request was cancelled. A response is valid until the call returns. */
	onEnd(outcome: Outcome): void;
}

/** The options that `request` gives. Throws TypeError or RangeError on what cannot be sent. */
export function optionsOf(request: ClientRequest): OptionList {
	const { path = "", query = [], uriHost, accept, contentFormat, etags = [], ifMatch = [], noResponse } = request;
	const options = new OptionList();
	addBytes(options, Option.IF_MATCH, ifMatch, 0, 8);
	if (uriHost !== undefined) options.add(Option.URI_HOST, textValue("uriHost", uriHost));
	addBytes(options, Option.ETAG, etags, 1, 8);
	if (request.ifNoneMatch) options.add(Option.IF_NONE_MATCH, new Uint8Array(0));
	for (const segment of typeof path === "string" ? segmentsOf(path) : path)
		options.add(Option.URI_PATH, textValue("path", segment));
	for (const argument of query) options.add(Option.URI_QUERY, textValue("query", argument));
	addUint(options, Option.ACCEPT, "accept", accept, 0xffff);
	addUint(options, Option.CONTENT_FORMAT, "contentFormat", contentFormat, 0xffff);
	addUint(options, Option.NO_RESPONSE, "noResponse", noResponse, 0xff);
	for (const { number, value } of request.options ?? []) {
		checked("an option's number", number, 0xffff);
		options.add(number, value);
	}
	return options;
}

/** The payload's bytes. Throws TypeError when it is neither text nor bytes. */
export function bodyOf({ payload = "" }: ClientRequest): Uint8Array {
	if (typeof payload !== "string" && !(payload instanceof Uint8Array))
		throw new TypeError(`expected text or bytes as payload, got ${typeof payload}`);
	return payloadBytes(payload);
}

/** The request's method. Throws RangeError when it is no code of class 0. */
export function methodOf({ code = Code.GET }: ClientRequest): number {
	if (!Number.isInteger(code) || code <= Code.EMPTY || code > 31)
		throw new RangeError(`expected a method from 1 to 31 as code, got ${code}`);
	return code;
}

function segmentsOf(path: string): readonly string[] {
	if (path === "" || path === "/") return [];
	return (path.startsWith("/") ? path.slice(1) : path).split("/");
}

function addBytes(
	options: OptionList,
	number: number,
	values: readonly Uint8Array[],
	shortest: number,
	longest: number,
): void {
	for (const value of values) {
		if (value.length < shortest || value.length > longest)
			throw new RangeError(`expected an ETag of ${shortest} to ${longest} bytes, got ${value.length}`);
		options.add(number, value);
	}
}

function addUint(options: OptionList, number: number, name: string, value: number | undefined, most: number): void {
	if (value !== undefined) options.add(number, uintValue(checked(name, value, most)));
}

function checked(name: string, value: number, most: number): number {
	if (!Number.isInteger(value) || value < 0 || value > most)
		throw new RangeError(`expected a whole number up to ${most} as ${name}, got ${value}`);
	return value;
}

/** Throws RangeError when `text` is longer than an option may be, TypeError on a lone surrogate. */
function textValue(name: string, text: string): Uint8Array {
	const bytes = payloadBytes(text);
	if (bytes.length > 255)
		throw new RangeError(`expected at most 255 bytes for each part of ${name}, got ${bytes.length}`);
	return bytes;
}
