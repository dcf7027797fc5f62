// SPDX-License-Identifier: MIT
// What a server and the application that it serves say to each other.
import type { Payload } from "../wire/index.ts";

/** A peer's IPv4 address and port. */
export interface Endpoint {
	address: string;
	port: number;
}

/** What a resource is and does. A method without a handler is answered 4.05. Handlers are synchronous. */
export interface ResourceOptions {
	/** A name for people. */
	title?: string;
	/** Resource types, separated by spaces (RFC 6690 §3.1). */
	rt?: string;
	/** Interface descriptions, separated by spaces (RFC 6690 §3.2). */
	if?: string;
	/** Content-Formats of the representation, the default one first; a GET whose Accept is not among them is answered 4.06. */
	ct?: readonly number[];
	/** Content-Formats that PUT and POST take, `ct` when absent; another one is answered 4.15. */
	accepts?: readonly number[];
	/** Whether clients may observe it; then call `changed()`. */
	observable?: boolean;
	get?(request: Request): Result;
	put?(request: Request): Result;
	post?(request: Request): Result;
	delete?(request: Request): Result;
}

/** What a handler is given. The record and its payload are reused: they are valid until the handler returns. */
export interface Request {
	/** Code.GET, POST, PUT or DELETE. */
	readonly code: number;
	/** The resource's path, such as "light". */
	readonly path: string;
	/** The resource's path, cut at its slashes. */
	readonly segments: readonly string[];
	/** The Uri-Query options, such as "unit=Cel"; what is not UTF-8 reads as U+FFFD. */
	readonly query: readonly string[];
	/** The Content-Format that the client wants. */
	readonly accept: number | undefined;
	/** The Content-Format of the payload. */
	readonly contentFormat: number | undefined;
	/** The payload; empty when there is none. */
	readonly payload: Uint8Array;
	/** Who asks. */
	readonly endpoint: Readonly<Endpoint>;
	/** The payload as text. Throws FormatError when it is not UTF-8, which, let through, is answered 4.00. */
	text(): string;
}

/** An answer in full. What is left out takes its default. */
export interface Response {
	/** A response code; Code.CONTENT to GET, CHANGED to PUT and POST, DELETED to DELETE when absent. */
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

/** What a handler may return; a bare payload or nothing stands for a success. */
export type Result = Payload | Response | undefined;
