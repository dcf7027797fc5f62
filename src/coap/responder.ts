// SPDX-License-Identifier: MIT
// From a request to its response (RFC 7252 §5.8–5.10).
import { FormatError } from "../wire/index.ts";
import type { BlockTransfers } from "./block-transfers.ts";
import * as Code from "./code.ts";
import * as Format from "./format.ts";
import type { Answer, Result } from "./handler.ts";
import { MESSAGE_SIZE, NON } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";
import type { Observer } from "./observer.ts";
import * as Option from "./option.ts";
import { isPromise, type Outcome } from "./promise.ts";
import type { Reachability } from "./reachability.ts";
import { refusalOf } from "./refusal.ts";
import { Reply } from "./reply.ts";
import type { Asked, IncomingRequest } from "./request.ts";
import type { Resource } from "./resource.ts";
import { ShortResponse } from "./short-response.ts";

/** After how many seconds a client that was refused for now may try again. */
const RETRY_AFTER = 2;

/** Runs handlers and writes what they answer. Nothing that a handler throws gets past it. */
export class Responder {
	/** The code of the latest response. */
	code = Code.EMPTY;
	/** The promise that the latest handler gave when `respond` or `ask` returned undefined. */
	promise: PromiseLike<Result> | undefined;
	/** The time of the request that is answered, */
	now = 0;
	/** and how many bytes its response may have: Infinity when its endpoint is known to be where it says (RFC 9175 §2.4). */
	budget = Infinity;
	/** Whether there is room for another promise to `request`: 0, or the code that refuses it. The server puts its own here. */
	crowded: (request: Asked) => number = () => 0;
	private readonly reply: Reply;
	/** Where messages are written. */
	private readonly buffer = new ArrayBuffer(MESSAGE_SIZE);
	private readonly bytes = new Uint8Array(this.buffer);
	readonly writer = new MessageWriter();
	private readonly short: ShortResponse;
	readonly blocks: BlockTransfers;
	private readonly reachability: Reachability;
	private readonly onError: (error: Error) => void;

	constructor(blocks: BlockTransfers, reachability: Reachability, onError: (error: Error) => void) {
		this.blocks = blocks;
		this.reachability = reachability;
		this.reply = new Reply(blocks.blockSize);
		this.short = new ShortResponse(this.buffer, blocks.blockSize);
		this.onError = onError;
	}

	/**
	 * The response to `request`, as `type` with `messageId`; `observe` is the number that a success carries, or -1. A CON or an ACK is the
	 * caller's to keep, a NON stays as it is until the next call. Undefined when there is a `promise` of one: `settle` has it then.
	 */
	respond(type: number, messageId: number, request: IncomingRequest, observe: number): Uint8Array | undefined {
		const resource = request.resource;
		const method = request.code;
		try {
			if (!request.plain || resource === undefined || ((resource.direct >> method) & 1) === 0) {
				const promise = this.answer(request, this.reply);
				if (promise !== undefined) return this.defer(promise, request);
			} else {
				const result = method === Code.GET ? resource.options.get!(request) : resource.run(method, request);
				const code = method === Code.GET ? Code.CONTENT : successOf(method);
				if (typeof result === "string" && result !== "") {
					const format = resource.textFormat;
					const datagram = this.short.write(type, code, messageId, request.token, format, result);
					if (datagram !== undefined && datagram.length <= this.budget) {
						this.code = code;
						return datagram;
					}
				}
				if (isPromise(result)) return this.defer(result, request);
				this.reply.take(result, code, resource);
				if (this.reply.long) this.select(request, this.reply);
			}
		} catch (error) {
			this.fail(error, request);
		}
		return this.write(type, messageId, request, observe);
	}

	/** The response to a request whose handler's promise has become `outcome`, as `respond` returns it. */
	settle(type: number, messageId: number, request: Asked, observe: number, outcome: Outcome<Result>): Uint8Array {
		this.settled(request, outcome);
		return this.write(type, messageId, request, observe);
	}

	/** The reply becomes what a promise has become: `write` writes it. */
	settled(request: Asked, outcome: Outcome<Result>): void {
		try {
			if (outcome.failed) throw outcome.error;
			this.reply.take(outcome.value, successOf(request.code), request.resource!);
			this.select(request, this.reply);
		} catch (error) {
			this.fail(error, request);
		}
	}

	/** What an observer is to be told: some text, or undefined when it takes `write` to say it, or there is a `promise` of it. */
	ask(observer: Observer): string | undefined {
		try {
			const result = observer.handlers.get!(observer);
			if (typeof result === "string" && observer.plain && result !== "") return result;
			if (isPromise(result)) this.defer(result, observer);
			else this.take(result, observer);
		} catch (error) {
			this.fail(error, observer);
		}
		return undefined;
	}

	/** As `ask`, when the answer was promised before: what the promise became, or else that promise once more. */
	recall(observer: Observer): undefined {
		const promised = observer.promised!;
		if ("failed" in promised) {
			observer.promised = undefined;
			this.settled(observer, promised);
		} else {
			observer.again = true;
			this.promise = promised;
		}
		return undefined;
	}

	/** Tells a resource how many observers it has. */
	tellObserved(resource: Resource): void {
		try {
			resource.options.observe!(resource.observed);
		} catch (error) {
			this.report(error, "observe", resource.path);
		}
	}

	/** The promise that the latest handler gave: it is the caller's to wait for. */
	promised(): PromiseLike<Result> {
		const promise = this.promise!;
		this.promise = undefined;
		return promise;
	}

	/** What an observer is to be told with `text`, when that is too much for its notification. */
	tell(type: number, messageId: number, observer: Observer, observe: number, text: string): Uint8Array {
		try {
			this.take(text, observer);
		} catch (error) {
			this.fail(error, observer);
		}
		return this.write(type, messageId, observer, observe);
	}

	/** The datagram with what was answered last, as `respond` returns it. */
	write(type: number, messageId: number, request: Asked, observe: number): Uint8Array {
		const { reply, writer, buffer, bytes } = this;
		if (observe >= 0 && reply.successful) reply.observe = observe; // RFC 7641 §4.2
		if (request.accept === Format.PROBLEM_DETAILS && !reply.successful) reply.detail();
		try {
			reply.write(writer, bytes, type, messageId, request.token);
		} catch (error) {
			this.fail(error, request);
			reply.write(writer, bytes, type, messageId, request.token);
		}
		if (this.budget < Infinity && (writer.at > this.budget || reply.block2 >= 0))
			this.reachability.adapt(reply, request, this.budget, writer.at, this.now, () => {
				reply.write(writer, bytes, type, messageId, request.token);
				return writer.at;
			});
		this.code = reply.code;
		return type === NON ? new Uint8Array(buffer, 0, writer.at) : new Uint8Array(buffer.slice(0, writer.at));
	}

	/** What stands for an exception. */
	private fail(error: unknown, request: Asked): void {
		const malformed = error instanceof FormatError;
		this.reply.only(malformed ? Code.BAD_REQUEST : Code.INTERNAL_SERVER_ERROR);
		if (request.more) this.blocks.streamed(request, this.reply);
		if (!malformed) this.report(error, request.method, request.path);
	}

	private take(result: Result, observer: Observer): void {
		this.reply.take(result, Code.CONTENT, observer.resource);
		this.select(observer, this.reply);
	}

	private defer(promise: PromiseLike<Result>, request: Asked): undefined {
		this.promise = promise;
		request.resource!.deferred();
		return undefined;
	}

	/** A request that may be refused, or asks for more than its path says; returns the promise of an answer to it, if it is one. */
	private answer(request: IncomingRequest, reply: Reply): PromiseLike<Result> | undefined {
		const resource = request.resource;
		const refusal = refusalOf(request, resource);
		if (refusal !== 0 || resource === undefined) {
			// §5.4.1: which option it is should be told.
			reply.only(refusal, refusal === Code.BAD_OPTION ? `option ${request.unrecognized}` : undefined);
			return undefined;
		}
		const crowded = resource.defers ? this.crowded(request) : 0;
		if (crowded !== 0) {
			reply.retry(crowded, RETRY_AFTER);
			return undefined;
		}
		if (resource.stale(request.code, request.age)) {
			this.reachability.challenge(reply, request, this.now); // RFC 9175 §2.3
			return undefined;
		}
		if ((request.block1 >= 0 || request.block2 >= 0) && this.blocks.intercept(request, reply, this.now))
			return undefined;
		const result = request.conditional ? this.runIf(request, resource) : resource.run(request.code, request);
		if (isPromise(result)) return result;
		reply.take(result, successOf(request.code), resource);
		this.select(request, reply);
		return undefined;
	}

	/** Runs the handler of a request with If-Match or If-None-Match when what GET tells meets them. */
	private runIf(request: Asked, resource: Resource): Answer {
		const code = request.code;
		request.code = Code.GET;
		const current = resource.options.get?.(request);
		request.code = code;
		const proceed = (result: Result): Answer =>
			this.holds(request, resource, result) ? resource.run(code, request) : { code: Code.PRECONDITION_FAILED };
		return isPromise(current) ? Promise.resolve(current).then(proceed) : proceed(current);
	}

	/** Of the representation, what this client asked for: its format, not what it has already, one block. */
	private select(request: Asked, reply: Reply): void {
		if (request.more) this.blocks.streamed(request, reply);
		if (request.block1 >= 0) reply.block1 = request.block1;
		if (reply.code === Code.CONTENT) {
			if (request.accept !== undefined && reply.format >= 0 && reply.format !== request.accept) {
				reply.only(Code.NOT_ACCEPTABLE); // §5.10.4
				return;
			}
			if (reply.etag !== undefined && request.names(Option.ETAG, reply.etag)) {
				reply.code = Code.VALID; // §5.6.2
				reply.payload = undefined;
				reply.format = -1;
				return;
			}
		}
		if (request.block2 >= 0 || reply.long) this.blocks.cut(request, reply, this.now);
	}

	/** If-None-Match fails on what is there; If-Match needs the current ETag; a resource without GET is there (§5.10.8). */
	private holds(request: Asked, resource: Resource, current: Result): boolean {
		const reply = this.reply;
		reply.take(current, Code.CONTENT, resource);
		if (reply.successful && request.has(Option.IF_NONE_MATCH)) return false;
		return !request.has(Option.IF_MATCH) || (reply.successful && request.names(Option.IF_MATCH, reply.etag));
	}

	private report(cause: unknown, method: string, path: string): void {
		try {
			const what = cause instanceof Error ? cause.message : String(cause);
			this.onError(new Error(`${method} ${path}: ${what}`, { cause }));
		} catch {
			// An exception that escapes would reboot the device: whoever throws while told of an error is not told of that one.
		}
	}
}

/** What a handler's bare result stands for. */
function successOf(method: number): number {
	if (method === Code.GET || method === Code.FETCH) return Code.CONTENT;
	return method === Code.DELETE ? Code.DELETED : Code.CHANGED;
}
