// SPDX-License-Identifier: MIT
// One request of a client and what becomes of it (RFC 7252 §5.2, RFC 7641 §3): the request layer, above the message layer of client.ts.
import { DEREGISTER, Observation, REGISTER } from "./client-observation.ts";
import { same } from "./client-options.ts";
import type { ClientRequest } from "./client-request.ts";
import type { IncomingResponse, Outcome } from "./client-response.ts";
import { Transfer } from "./client-transfer.ts";
import * as Code from "./code.ts";
import type { Endpoint } from "./handler.ts";
import { CON, NON } from "./message.ts";
import type { MessageWriter } from "./message-writer.ts";
import * as Option from "./option.ts";
import type { Parameters } from "./parameters.ts";
import { Transmission } from "./transmission.ts";

/** What an exchange waits for: nothing but the next notification; */
export const IDLE = 0;
/** its turn to be sent; */
export const QUEUED = 1;
/** an ACK or a response, while it counts for NSTART (RFC 7252 §4.7); */
export const OUTSTANDING = 2;
/** a response, when it does not. */
export const WAITING = 3;
export const ENDED = 4;

/** How often a request is repeated with the Echo option that the server asks for (RFC 9175 §2.3). */
const ECHOES = 2;

/** What exchanges need of their client. */
export interface Home {
	readonly parameters: Parameters;
	readonly random: () => number;
	/** Whether the transport loses, repeats and reorders nothing (RFC 8323). */
	readonly reliable: boolean;
	/** How many bytes a response's body may have. */
	readonly bodySize: number;
	/** A token that no exchange uses. */
	freshToken(): Uint8Array;
	/** A Request-Tag that no other body has now. */
	freshTag(): Uint8Array;
	/** Calls the application; what it throws is reported. */
	tell<Argument>(callback: ((argument: Argument) => void) | undefined, argument: Argument): void;
	/** An exchange wants to be sent, or is over. */
	changed(): void;
}

/** A request under way. */
export interface PendingRequest {
	/** Ends it: nothing is called any more. A server that notifies is told so, by a GET (RFC 7641 §3.6). */
	cancel(): void;
	/** Ends it without a word: the next notification is answered with a RST (RFC 7641 §3.6). */
	forget(): void;
}

/** Call `write` and `sent` when it is its turn, `acknowledged` and `respond` for what comes, `expired` at its deadline. */
export class Exchange implements PendingRequest {
	readonly endpoint: Endpoint;
	readonly multicast: boolean;
	readonly transmission = new Transmission();
	state = QUEUED;
	token: Uint8Array;
	messageId = -1;
	/** When the peer was silent for too long; Infinity while nothing is asked. */
	waitUntil = Infinity;
	/** Until when a NON that nobody answers counts for NSTART. */
	outstandingUntil = Infinity;
	private readonly request: ClientRequest;
	private readonly timeout: number;
	private readonly type: number;
	private readonly transfer: Transfer;
	private readonly home: Home;
	private observation: Observation | undefined;
	/** The token that notifications have; other messages have others (RFC 7959 §2.6). */
	private registration: Uint8Array | undefined;
	/** Whether the server notifies. */
	private registered = false;
	/** Cancelled, but the server is still to be told. */
	private leaving = false;
	private echoes = 0;

	/** Throws TypeError or RangeError on a request that cannot be sent. */
	constructor(request: ClientRequest, timeout: number, home: Home) {
		const { address, port } = request.endpoint;
		this.endpoint = { address, port };
		this.multicast = request.multicast === true;
		const confirmable = request.confirmable !== false && !this.multicast && !home.reliable; // RFC 7252 §8.1
		this.type = confirmable ? CON : NON;
		this.timeout = timeout;
		this.request = request;
		this.transfer = new Transfer(request, home.bodySize, () => home.freshTag());
		this.home = home;
		this.token = home.freshToken();
		if (request.observe) this.observe();
	}

	/** When it wants `expire`. */
	get deadline(): number {
		const refreshAt = this.state === IDLE ? this.observation!.refreshAt : Infinity;
		return Math.min(this.transmission.deadline, this.waitUntil, this.outstandingUntil, refreshAt);
	}

	/** Whether `token` is in use here. */
	uses(token: Uint8Array): boolean {
		return same(token, this.token) || (this.registration !== undefined && same(token, this.registration));
	}

	/** Whether a response with `token` is for it; to a multicast request any endpoint may answer (RFC 7252 §8.2). */
	matches(token: Uint8Array, from: Readonly<Endpoint>): boolean {
		return this.uses(token) && this.messageId >= 0 && (this.multicast || this.at(from));
	}

	/** Whether its latest message may still be acknowledged or rejected. */
	get waits(): boolean {
		return this.state === OUTSTANDING || this.state === WAITING;
	}

	at(endpoint: Readonly<Endpoint>): boolean {
		return this.endpoint.port === endpoint.port && this.endpoint.address === endpoint.address;
	}

	/** Writes the message that is its turn. Throws RangeError when it does not fit. */
	write(writer: MessageWriter, into: Uint8Array, messageId: number): void {
		const { code, options, payload } = this.transfer;
		writer.header(into, this.type, code, messageId, this.token);
		options.write(writer);
		if (payload.length > 0) writer.payload(payload);
	}

	/** What was written is sent; `rate` is PROBING_RATE. */
	sent(messageId: number, datagram: Uint8Array, now: number, rate: number): void {
		const { parameters, random, reliable } = this.home;
		this.messageId = messageId;
		this.state = this.multicast || reliable ? WAITING : OUTSTANDING;
		this.waitUntil = now + (this.type === NON && this.silent ? 0 : this.timeout);
		if (this.type === CON) this.transmission.start(messageId, datagram, now, parameters, random);
		else if (!reliable) this.outstandingUntil = now + (datagram.length / rate) * 1_000;
	}

	/** An ACK without a response came: there may be one later (RFC 7252 §5.2.2). */
	acknowledged(now: number): void {
		if (this.type === NON) return;
		this.transmission.stop();
		this.state = WAITING;
		this.waitUntil = now + (this.silent ? 0 : this.timeout);
	}

	/** Whether a response has a critical option that nobody here knows (RFC 7252 §5.4.1); what the request had its application knows. */
	rejects({ critical }: IncomingResponse): boolean {
		return critical > 0 && !this.transfer.options.has(critical);
	}

	/** A response came, `piggybacked` in the ACK to this very request or on its own. */
	respond(response: IncomingResponse, piggybacked: boolean, now: number): void {
		const notification = this.registration !== undefined && same(response.token, this.registration);
		if (this.leaving) {
			if (response.observe === undefined) this.forget();
		} else if (this.rejects(response)) {
			const reason = `the response has option ${response.critical}, which is critical, and unknown or malformed`;
			this.end({ type: "failed", reason });
		} else if (this.multicast) this.home.tell(this.request.onResponse, response);
		else if (response.code === Code.UNAUTHORIZED && this.echo(response.value(Option.ECHO))) return;
		else if (!notification) this.take(response);
		else if (response.observe !== undefined && Code.classOf(response.code) === 2)
			this.notified(response, piggybacked, now);
		else {
			this.registered = false; // RFC 7641 §3.2
			this.transfer.renew();
			this.take(response);
		}
	}

	/** One of its deadlines passed. */
	expire(now: number): void {
		if (this.transmission.deadline <= now && !this.transmission.expire(this.home.parameters)) this.giveUp();
		else if (this.waitUntil <= now) this.giveUp();
		else if (this.outstandingUntil <= now) {
			this.outstandingUntil = Infinity;
			this.state = WAITING;
		} else if (this.state === IDLE && this.observation!.refreshAt <= now) this.register(REGISTER); // RFC 7641 §3.3.1
	}

	end(outcome: Outcome): void {
		const told = !this.leaving;
		this.forget();
		if (told) this.home.tell(this.request.onEnd, outcome);
	}

	cancel(): void {
		const registered = this.observation !== undefined && this.messageId >= 0;
		if (!registered) this.forget();
		else if (!this.leaving && this.state !== ENDED) {
			this.leaving = true;
			this.register(DEREGISTER);
		}
	}

	forget(): void {
		if (this.state === ENDED) return;
		this.state = ENDED;
		this.rest();
		this.home.changed();
	}

	/** Whether no response is wanted, of class 2, 4 or 5 (RFC 7967 §2.1). */
	private get silent(): boolean {
		return ((this.request.noResponse ?? 0) & 26) === 26;
	}

	private observe(): void {
		const { code } = this.transfer;
		if ((code !== Code.GET && code !== Code.FETCH) || this.multicast)
			throw new TypeError("expected a GET or FETCH of one endpoint to observe, got another request"); // RFC 8132 §2.4
		this.observation = new Observation();
		this.registration = this.token;
		this.transfer.observe(REGISTER);
	}

	/** Tells the server whether it is to notify. */
	private register(value: number): void {
		this.transfer.observe(value);
		this.ask(this.registration!);
	}

	/** A state of the resource came, or its first block. */
	private notified(response: IncomingResponse, piggybacked: boolean, now: number): void {
		const observation = this.observation!;
		const number = response.observe!;
		// What comes on its own after an empty ACK is most likely what that promised.
		const promised = this.token === this.registration && this.state === WAITING && this.type === CON;
		const { reliable, random } = this.home;
		if (!observation.newer(number, now, piggybacked || promised || reliable)) return;
		this.registered = true;
		if (!reliable) observation.fresh(response.maxAge, now, random); // RFC 8323 §7.1
		this.transfer.renew();
		this.take(response);
	}

	/** A response that is neither late nor strange. */
	private take(response: IncomingResponse): void {
		switch (this.transfer.take(response)) {
			case "send":
				this.ask(this.token); // Some servers know by it what belongs together.
				break;
			case "ask":
				this.ask(this.home.freshToken()); // Notifications have another (RFC 7959 §2.6).
				break;
			case "failed":
				this.end({ type: "failed", reason: this.transfer.reason });
				break;
			default:
				this.complete(response);
		}
	}

	private complete(response: IncomingResponse): void {
		if (!this.registered || Code.classOf(response.code) !== 2) {
			this.end({ type: "response", response });
			return;
		}
		response.notification = this.observation!.latest;
		this.idle();
		this.home.tell(this.request.onResponse, response);
	}

	/** Waits for the next notification. */
	private idle(): void {
		this.rest();
		this.state = IDLE;
		this.token = this.registration!;
		this.home.changed();
	}

	/** Sends the next message when it is its turn. */
	private ask(token: Uint8Array): void {
		this.rest();
		this.token = token;
		this.state = QUEUED;
		this.home.changed();
	}

	private giveUp(): void {
		if (this.multicast || this.silent) this.end({ type: "complete" });
		else this.end({ type: "timeout", acknowledged: this.type === CON && this.state === WAITING });
	}

	/** Repeats the request with what the server wants to see again; returns false when it wants nothing, or too often. */
	private echo(value: Uint8Array | undefined): boolean {
		if (value === undefined || this.echoes++ >= ECHOES) return false;
		this.transfer.options.set(Option.ECHO, value.slice());
		this.ask(this.token);
		return true;
	}

	/** Nothing is asked any more. */
	private rest(): void {
		this.transmission.stop();
		this.waitUntil = this.outstandingUntil = Infinity;
	}
}
