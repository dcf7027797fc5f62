// SPDX-License-Identifier: MIT
// From a request to its response (RFC 7252 §5.8–5.10).
import { FormatError, type Payload, payloadBytes } from "../wire/index.ts";
import * as Block from "./block.ts";
import * as Code from "./code.ts";
import { PAYLOAD_SIZE } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";
import * as Option from "./option.ts";
import { refusalOf } from "./refusal.ts";
import { Reply, type Result } from "./reply.ts";
import type { IncomingRequest } from "./request.ts";
import type { Resource } from "./resource.ts";

/** Runs handlers and writes what they answer. Nothing that a handler throws gets past it. */
export class Responder {
	/** The response that `respond` wrote last. */
	readonly reply = new Reply();
	private readonly writer = new MessageWriter();
	private readonly onError: (error: Error) => void;

	constructor(onError: (error: Error) => void) {
		this.onError = onError;
	}

	/**
	 * Writes the response to `request` into `into`; returns its length. `observe` is the number that a success carries, or -1.
	 */
	respond(
		into: Uint8Array,
		type: number,
		messageId: number,
		token: Uint8Array,
		request: IncomingRequest,
		observe: number,
	): number {
		const reply = this.reply;
		const writer = this.writer;
		reply.observe = -1;
		try {
			this.answer(request);
			if (reply.successful) reply.observe = observe; // RFC 7641 §4.2
			writer.over(into).header(type, reply.code, messageId, token);
			reply.write(writer);
		} catch (error) {
			reply.observe = -1;
			reply.only(error instanceof FormatError ? Code.BAD_REQUEST : Code.INTERNAL_SERVER_ERROR);
			if (!(error instanceof FormatError)) this.report(error, request);
			writer.over(into).header(type, reply.code, messageId, token);
		}
		return writer.at;
	}

	private answer(request: IncomingRequest): void {
		const reply = this.reply;
		const resource = request.resource;
		const code = request.code;
		const refusal = refusalOf(request, resource);
		if (refusal !== 0 || resource === undefined) {
			reply.only(refusal);
			return;
		}
		if (request.conditional && !this.preconditionsHold(request, resource)) {
			reply.only(Code.PRECONDITION_FAILED);
			return;
		}
		reply.take(run(resource, code, request), code, resource);
		if (request.block1 >= 0) reply.block1 = request.block1;
		if (code === Code.GET && reply.successful) this.select(request);
		else checkLength(reply.payload);
	}

	/** Of the representation, what this client asked for: its format, not what it has already, one block. */
	private select(request: IncomingRequest): void {
		const reply = this.reply;
		if (request.accept !== undefined && reply.format >= 0 && reply.format !== request.accept) {
			reply.only(Code.NOT_ACCEPTABLE); // §5.10.4
		} else if (reply.etag !== undefined && request.names(Option.ETAG, reply.etag)) {
			reply.code = Code.VALID; // §5.6.2
			reply.payload = undefined;
			reply.format = -1;
		} else if (request.block2 >= 0 || !short(reply.payload)) this.cut(request);
	}

	private cut(request: IncomingRequest): void {
		const reply = this.reply;
		const bytes = payloadBytes(reply.payload ?? "");
		if (request.block2 < 0 && !Block.needed(bytes.length)) return;
		const asked = request.block2 < 0 ? Block.LARGEST : request.block2;
		const block2 = Block.slice(asked, bytes.length);
		if (block2 === undefined) {
			reply.only(Code.BAD_REQUEST); // RFC 7959 §2.4
			return;
		}
		const size = 16 << Block.szx(asked);
		const start = Block.num(asked) * size;
		reply.block2 = block2;
		reply.payload = bytes.subarray(start, start + size);
	}

	/** If-None-Match fails on what is there; If-Match needs the current ETag, which GET tells (§5.10.8). */
	private preconditionsHold(request: IncomingRequest, resource: Resource): boolean {
		if (request.has(Option.IF_NONE_MATCH)) return false;
		if (request.names(Option.IF_MATCH, undefined)) return true;
		if (resource.options.get === undefined) return false;
		const reply = this.reply;
		const code = request.code;
		request.code = Code.GET;
		reply.take(resource.options.get(request), Code.GET, resource);
		request.code = code;
		return reply.successful && request.names(Option.IF_MATCH, reply.etag);
	}

	private report(cause: unknown, request: IncomingRequest): void {
		try {
			const what = cause instanceof Error ? cause.message : String(cause);
			this.onError(new Error(`${methodName(request.code)} ${request.path}: ${what}`, { cause }));
		} catch {
			// An exception that escapes would reboot the device: whoever throws while told of an error is not told of that one.
		}
	}
}

function run(resource: Resource, code: number, request: IncomingRequest): Result {
	const options = resource.options;
	switch (code) {
		case Code.GET:
			return options.get!(request);
		case Code.PUT:
			return options.put!(request);
		case Code.POST:
			return options.post!(request);
		default:
			return options.delete!(request);
	}
}

/** Whether a payload certainly fits: UTF-8 takes at most three bytes for each UTF-16 unit. */
function short(payload: Payload | undefined): boolean {
	return payload === undefined || payload.length * 3 <= PAYLOAD_SIZE;
}

function checkLength(payload: Payload | undefined): void {
	if (payload === undefined || short(payload)) return;
	const { length } = payloadBytes(payload);
	if (length > PAYLOAD_SIZE) throw new RangeError(`expected at most ${PAYLOAD_SIZE} bytes of payload, got ${length}`);
}

function methodName(code: number): string {
	switch (code) {
		case Code.GET:
			return "GET";
		case Code.PUT:
			return "PUT";
		case Code.POST:
			return "POST";
		default:
			return "DELETE";
	}
}
