// SPDX-License-Identifier: MIT
import { Reader } from "../wire/index.ts";
import * as Code from "./code.ts";
import { type Conditions, conditionsOf } from "./conditions.ts";
import type { Endpoint, ResourceOptions, Result } from "./handler.ts";
import type { MessageWriter } from "./message-writer.ts";
import { Notification } from "./notification.ts";
import { type Outcome, whenSettled } from "./promise.ts";
import type { Asked, IncomingRequest } from "./request.ts";
import type { Resource } from "./resource.ts";
import { NO_PARAMS } from "./route.ts";
import { Transmission } from "./transmission.ts";

/** Which bits of `sent` tell where a Message ID is remembered. */
export const RECENT = 3;

/** Without an estimate of the round-trip time, a client gets no more than one NON in these milliseconds (§4.5.1). */
const NON_INTERVAL = 3_000;

/** Stands for the version of a representation that is not the newest. */
export const OUTDATED = -1;

/**
 * An entry of the list of observers: a client's interest in a resource, and what is under way to it. Handlers see it as the request
 * that it was registered with.
 */
export class Observer implements Asked {
	readonly endpoint: Endpoint = { address: "", port: 0 };
	code = Code.GET;
	/** Whose `get` tells the state. */
	handlers!: Pick<ResourceOptions, "get">;
	/** What a FETCH asks with. */
	private asked: Uint8Array | undefined;
	contentFormat: number | undefined;
	notification!: Notification;
	resource!: Resource;
	subject: string | undefined;
	path = "";
	segments: readonly string[] = [];
	params = NO_PARAMS;
	query: readonly string[] = [];
	accept: number | undefined;
	block2 = -1;
	plain = true;
	/** Of the resource's representations, the one that it was sent. */
	version = 0;
	/** Whether the notification under way is the last one. */
	ended = false;
	/** A promise of what it is to be told, then what that became. */
	promised: PromiseLike<Result> | Outcome<Result> | undefined;
	/** Whether the state changed while it was waited for. */
	again = false;
	/** How many NON may go out before the client has to show that it is there. */
	quiet = 0;
	/** When a notification may be a NON again, which is so long after the one before. */
	nextNon = 0;
	interval = NON_INTERVAL;
	/** How many bytes a long notification may have: Infinity once it acknowledged one (RFC 9175 §2.4). */
	budget = Infinity;
	/** What it asked for with its query. */
	conditions: Conditions | undefined;
	/** When the next notification must be a CON. */
	confirmBy = 0;
	readonly transmission = new Transmission();
	/** The Message IDs of the latest notifications, of which a RST may speak; -1 for none. */
	readonly recent = [-1, -1, -1, -1];
	/** How many notifications there were. */
	sent = 0;

	/** Becomes what `request` registers; `writer` writes the heads of its notifications. Throws FormatError on conditions that make no sense. */
	assign(request: IncomingRequest, writer: MessageWriter, now: number): void {
		this.endpoint.address = request.endpoint.address;
		this.endpoint.port = request.endpoint.port;
		this.resource = request.resource!;
		this.notification = new Notification(request.token, this.resource.textFormat, writer);
		this.subject = request.subject;
		this.code = request.code;
		this.contentFormat = request.contentFormat;
		const { options } = this.resource;
		const fetched = request.code === Code.FETCH;
		this.handlers = fetched ? { get: (observer) => options.fetch!(observer) } : options;
		this.asked = fetched ? request.payload.slice() : undefined;
		this.path = request.path;
		this.segments = request.segments;
		this.params = request.params;
		this.query = request.query;
		this.accept = request.accept;
		this.block2 = request.block2;
		this.plain = request.accept === undefined && request.block2 < 0;
		this.version = this.resource.version;
		this.conditions = conditionsOf(request.query);
		this.interval = Math.max(NON_INTERVAL, this.conditions?.pmin ?? 0);
		this.conditions?.expire(now, now);
		this.ended = false;
		this.promised = undefined;
		this.again = false;
		this.transmission.stop();
	}

	/** When the latest notification was sent that sets `nextNon`: each of one with conditions. */
	get told(): number {
		return this.nextNon - this.interval;
	}

	/** It has what was under way to it, so it is where it says. */
	acknowledged(): void {
		this.transmission.stop();
		this.budget = Infinity;
	}

	/** Asks for a CON at once, and one by `by`: whoever went away is found out even when the state never changes (§4.5). */
	confirm(by: number): void {
		this.confirmBy = by;
		this.quiet = 0;
		this.version = OUTDATED;
	}

	/** What it is to be told was promised: calls `ready` when it is known. */
	await(promise: PromiseLike<Result>, ready: () => void): void {
		if (this.promised === promise) return;
		this.promised = promise;
		whenSettled(promise, (outcome) => {
			if (this.promised !== promise) return; // It was registered anew meanwhile.
			this.promised = outcome;
			this.version = OUTDATED;
			ready();
		});
	}

	/** Whether the state changed while what was promised of it was waited for: then there is news again. */
	outrun(): boolean {
		if (!this.again) return false;
		this.again = false;
		this.version = OUTDATED;
		return true;
	}

	/** Whether it has the endpoint and the token of `request`. */
	is(request: IncomingRequest): boolean {
		const token = this.token;
		if (token.length !== request.tokenLength || !this.at(request.endpoint)) return false;
		const theirs = request.token;
		for (let i = 0; i < token.length; i++) if (token[i] !== theirs[i]) return false;
		return true;
	}

	at(endpoint: Readonly<Endpoint>): boolean {
		return this.endpoint.port === endpoint.port && this.endpoint.address === endpoint.address;
	}

	/** A notification has `messageId`. */
	remember(messageId: number): void {
		this.recent[this.sent++ & RECENT] = messageId;
	}

	/** Whether one of the latest notifications had `messageId`. */
	remembers(messageId: number): boolean {
		return this.recent.includes(messageId);
	}

	get token(): Uint8Array {
		return this.notification.token;
	}

	get method(): string {
		return Code.methodName(this.code);
	}

	options(): readonly Uint8Array[] {
		return [];
	}

	get payload(): Uint8Array {
		return this.asked ?? new Uint8Array(0);
	}

	text(): string {
		return new Reader().over(this.payload).text(this.payload.length);
	}

	get block1(): number {
		return -1;
	}

	get offset(): number {
		return 0;
	}

	get more(): boolean {
		return false;
	}

	cacheKey(): undefined {
		return undefined;
	}

	get conditional(): boolean {
		return false;
	}

	get refusal(): number {
		return 0;
	}

	names(): boolean {
		return false;
	}

	has(): boolean {
		return false;
	}
}
