// SPDX-License-Identifier: MIT
// Responses as a client sees them (RFC 7252 §5.9, §5.10).
import type { OptionValue } from "./client-options.ts";
import * as Code from "./code.ts";
import type { Endpoint } from "./handler.ts";
import { Message } from "./message.ts";
import * as Option from "./option.ts";

/** For how many seconds a response without Max-Age is fresh (§5.10.5). */
const MAX_AGE = 60;

/** What came back. The record and its bytes are reused: they are valid until the callback returns. */
export interface ClientResponse {
	/** A code such as Code.CONTENT. */
	readonly code: number;
	readonly contentFormat: number | undefined;
	/** The payload, assembled when it came in blocks; empty when there is none. */
	readonly payload: Uint8Array;
	readonly etag: Uint8Array | undefined;
	/** For how many seconds it is fresh. */
	readonly maxAge: number;
	/** The number of a notification; undefined when it is none. */
	readonly observe: number | undefined;
	/** Where the resource that POST created is. */
	readonly locationPath: readonly string[];
	readonly locationQuery: readonly string[];
	/** All options in ascending order, those that are known by name, too. */
	readonly options: readonly OptionValue[];
	/** Who answered. */
	readonly endpoint: Readonly<Endpoint>;
	/** The payload as text. Throws FormatError when it is not UTF-8. */
	text(): string;
}

/** How a request ended. */
export type Outcome =
	/** With a response, be it a success or an error. */
	| { readonly type: "response"; readonly response: ClientResponse }
	/** No response was wanted, or the time for those to a multicast request is over. */
	| { readonly type: "complete" }
	/** Nobody answered in time; `acknowledged` when the request did arrive. */
	| { readonly type: "timeout"; readonly acknowledged: boolean }
	/** The peer does not understand the message (§4.2): it sent a RST. */
	| { readonly type: "reset" }
	/** Nobody listens there, as the network says. */
	| { readonly type: "refused" }
	/** What came cannot be used; `reason` says why. */
	| { readonly type: "failed"; readonly reason: string };

/** The one response record of a client. */
export class IncomingResponse extends Message implements ClientResponse {
	endpoint!: Readonly<Endpoint>;
	/** A critical option that is not known, or not as it must be (§5.4.1, §5.4.3, §5.4.5); 0 for none. */
	critical = 0;
	/** What its blocks were put together to. */
	body: Uint8Array | undefined;
	/** The number of the notification that it is the last block of. */
	notification: number | undefined;
	/** Of each option its number, start and end. */
	private readonly values: number[] = [];
	private readonly decoder = new TextDecoder("utf-8", { ignoreBOM: true });

	/** Reads a datagram, as `parse` does. The bytes and `from` must stay as they are while the response is of use. */
	read(bytes: Uint8Array, from: Readonly<Endpoint>): void {
		this.endpoint = from;
		this.critical = 0;
		this.body = this.notification = undefined;
		this.values.length = 0;
		this.parse(bytes, bytes.length);
	}

	protected override option(number: number, start: number, end: number): void {
		const values = this.values;
		if (!recognized(number, end - start, values.length > 0 ? values[values.length - 3]! : 0)) {
			if (Option.critical(number)) this.critical = number;
			else if (Option.definition(number) !== undefined) return;
		}
		values.push(number, start, end);
	}

	/** Whether its code is one of a response (§4.2): of class 2, 4 or 5. */
	get answers(): boolean {
		const of = Code.classOf(this.code);
		return of === 2 || of === 4 || of === 5;
	}

	get contentFormat(): number | undefined {
		return this.number(Option.CONTENT_FORMAT);
	}

	get etag(): Uint8Array | undefined {
		return this.value(Option.ETAG);
	}

	get maxAge(): number {
		return this.number(Option.MAX_AGE) ?? MAX_AGE;
	}

	get observe(): number | undefined {
		return this.number(Option.OBSERVE) ?? this.notification;
	}

	get locationPath(): readonly string[] {
		return this.strings(Option.LOCATION_PATH);
	}

	get locationQuery(): readonly string[] {
		return this.strings(Option.LOCATION_QUERY);
	}

	get options(): readonly OptionValue[] {
		const { values, bytes } = this;
		const options: OptionValue[] = [];
		for (let i = 0; i < values.length; i += 3)
			options.push({ number: values[i]!, value: bytes.subarray(values[i + 1]!, values[i + 2]!) });
		return options;
	}

	get payload(): Uint8Array {
		return this.body ?? this.bytes.subarray(this.payloadAt, this.end);
	}

	text(): string {
		const payload = this.payload;
		return this.reader.over(payload).text(payload.length);
	}

	/** The value of an option; undefined when it is not there. */
	value(number: number): Uint8Array | undefined {
		const { values, bytes } = this;
		for (let i = 0; i < values.length; i += 3)
			if (values[i] === number) return bytes.subarray(values[i + 1]!, values[i + 2]!);
		return undefined;
	}

	/** The value of an option that is a number; undefined when it is not there. */
	number(number: number): number | undefined {
		const values = this.values;
		for (let i = 0; i < values.length; i += 3)
			if (values[i] === number) return this.uint(values[i + 1]!, values[i + 2]!);
		return undefined;
	}

	private strings(number: number): readonly string[] {
		const { values, bytes } = this;
		const strings: string[] = [];
		for (let i = 0; i < values.length; i += 3)
			if (values[i] === number) strings.push(this.decoder.decode(bytes.subarray(values[i + 1]!, values[i + 2]!)));
		return strings;
	}
}

function recognized(number: number, length: number, previous: number): boolean {
	const known = Option.definition(number);
	if (known === undefined || length < known.shortest || length > known.longest) return false;
	return number !== previous || known.repeatable;
}
