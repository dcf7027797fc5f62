// SPDX-License-Identifier: MIT
// What a server and the application that it serves say to each other.
import type { Payload } from "../wire/index.ts";
import type { Access } from "./access.ts";

/** A peer's IPv4 address and port. */
export interface Endpoint {
	address: string;
	port: number;
	/** Who it is, when security has shown that. */
	subject?: string | undefined;
}

/** What a resource is and does. A method without a handler is answered 4.05. */
export interface ResourceOptions {
	/** A name for people. */
	title?: string;
	/** Resource types, separated by spaces (RFC 6690 §3.1). */
	rt?: string;
	/** Interface descriptions, separated by spaces (RFC 6690 §3.2). */
	if?: string;
	/** Content-Formats of the representation, the default one first; a GET whose Accept is not among them is answered 4.06. */
	ct?: readonly number[];
	/** Content-Formats that a request's payload may have, `ct` when absent; another one is answered 4.15. */
	accepts?: readonly number[];
	/** Whether `/.well-known/core` lists it; true when absent, unless its path has parameters. */
	listed?: boolean;
	/**
	 * Whether a body that comes in blocks is handed on block by block as it comes, and not put together before: then `offset` and `more` of the
	 * request tell where it is. What a handler returns counts when there is no more, or it is an error, which ends the transfer.
	 */
	streamed?: boolean;
	/**
	 * How old a request may be that changes something, in milliseconds, so that nobody can repeat it later: one that does not show how old it
	 * is, by an Echo option, is answered 4.01 with a value for that (RFC 9175 §2.3).
	 */
	freshness?: number;
	/** Who may do what; everybody everything when absent. Who may not is answered 4.01, or 4.03 when it is known who it is. */
	access?: Access;
	/** Whether clients may observe it; then call `changed()`. True when absent and there is `observe`. */
	observable?: boolean;
	/** Every how many notifications to an observer one is a CON; what the server says when absent. */
	confirmEvery?: number;
	/** Told how many observers there are now: 0 says that nobody looks any more. */
	observe?(observers: number): void;
	get?(request: Request): Answer;
	put?(request: Request): Answer;
	post?(request: Request): Answer;
	delete?(request: Request): Answer;
	/** A query that comes as a payload (RFC 8132 §2). */
	fetch?(request: Request): Answer;
	/** A change of a part (RFC 8132 §3), */
	patch?(request: Request): Answer;
	/** and one that may be repeated. */
	ipatch?(request: Request): Answer;
}

/**
 * What a handler is given. The record is reused: it is valid until the handler returns, or, when that is a promise, until it settles. A
 * payload that was read before a handler waits is not: read it again, or copy it.
 */
export interface Request {
	/** The method: Code.GET, POST, PUT, DELETE, FETCH, PATCH or IPATCH. */
	readonly code: number;
	/** Its name: "GET", …, "iPATCH". */
	readonly method: string;
	/** The path that was asked for, such as "rooms/kitchen/light". */
	readonly path: string;
	/** That path, cut at its slashes. */
	readonly segments: readonly string[];
	/** What stands for the parameters of the resource's path: `{ room: "kitchen" }` for "rooms/:room/light"; for a `*`, `params["*"]`. */
	readonly params: Readonly<Record<string, string>>;
	/** The Uri-Query options, such as "unit=Cel"; what is not UTF-8 reads as U+FFFD. */
	readonly query: readonly string[];
	/** The Content-Format that the client wants. */
	readonly accept: number | undefined;
	/** The Content-Format of the payload. */
	readonly contentFormat: number | undefined;
	/** The payload; empty when there is none. */
	readonly payload: Uint8Array;
	/** Where in the body the payload starts: 0, unless the resource has it `streamed`. */
	readonly offset: number;
	/** Whether more of the body comes: false, unless the resource has it `streamed`. */
	readonly more: boolean;
	/** Who asks. */
	readonly endpoint: Readonly<Endpoint>;
	/** Who that is, when security has shown it. */
	readonly subject: string | undefined;
	/** The payload as text. Throws FormatError when it is not UTF-8, which, let through, is answered 4.00. */
	text(): string;
	/** The values of all options with a number, such as Option.URI_HOST, in order: views that are as valid as the payload. */
	options(number: number): readonly Uint8Array[];
}

/** An answer in full. What is left out takes its default. */
export interface Response {
	/** A response code; CONTENT to GET and FETCH, CHANGED to PUT, POST, PATCH and iPATCH, DELETED to DELETE when absent. */
	code?: number;
	payload?: Payload;
	/** The payload's Content-Format; the resource's first `ct` when absent, or else text/plain for a string, octet-stream for bytes. */
	format?: number;
	/** For how many seconds the representation stays fresh; clients assume 60 when absent. */
	maxAge?: number;
	/** 1 to 8 bytes that change with the representation. */
	etag?: Uint8Array;
	/** Where the resource that POST created is. */
	locationPath?: readonly string[];
	locationQuery?: readonly string[];
}

/** What stands for a response; a bare payload or nothing is a success. A number is its text. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is a handler, too
export type Result = Payload | number | Response | undefined | void;

/** What a handler may return. The response to a promise comes when it settles: piggybacked when that is soon, or else separate. */
export type Answer = Result | PromiseLike<Result>;

/** A handler throws, or its promise is rejected: the client is answered 5.00 without detail, and `onError` hears of it once. */
export type Handler = (request: Request) => Answer;
