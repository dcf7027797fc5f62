// SPDX-License-Identifier: MIT
import type { ClientResponse, OptionValue } from "../../src/coap/client.ts";
import { Option } from "../../src/coap/index.ts";
import { codeText } from "./code.ts";

/** What a server answered; it stays as it is. */
export class CoapResponse {
	/** Such as "2.05". */
	readonly code: string;
	readonly payload: Buffer;
	/** The payload's Content-Format, such as 50. */
	readonly format: number | undefined;
	readonly etag: Buffer | undefined;
	/** For how many seconds it is fresh. */
	readonly maxAge: number;
	/** The number of a notification; undefined when it is none. */
	readonly observe: number | undefined;
	/** Where the resource is that POST created, such as "/a/b?x=1". */
	readonly location: string | undefined;
	/** All options in ascending order. */
	readonly options: readonly OptionValue[];
	/** Who answered. */
	readonly address: string;
	readonly port: number;

	/** Copies what `response` lends. */
	constructor(response: ClientResponse) {
		const { code, payload, contentFormat, etag, maxAge, observe, options, endpoint } = response;
		this.code = codeText(code);
		this.payload = Buffer.from(payload);
		this.format = contentFormat;
		this.etag = etag && Buffer.from(etag);
		this.maxAge = maxAge;
		this.observe = observe;
		this.location = locationOf(response);
		this.options = options.map(({ number, value }) => ({ number, value: Buffer.from(value) }));
		this.address = endpoint.address;
		this.port = endpoint.port;
	}

	/** Whether the code is of class 2. */
	get ok(): boolean {
		return this.code.startsWith("2");
	}

	/** Whether the payload is but a block of what there is, as a group's answers may be (RFC 7959 §2.8). */
	get partial(): boolean {
		const block2 = this.options.find(({ number }) => number === Option.BLOCK2)?.value.at(-1) ?? 0;
		return (block2 & 8) !== 0;
	}

	/** The payload as UTF-8; what is none reads as U+FFFD. */
	text(): string {
		return this.payload.toString();
	}

	/** The payload as JSON. Throws SyntaxError. */
	json(): unknown {
		return JSON.parse(this.text());
	}
}

function locationOf({ locationPath, locationQuery }: ClientResponse): string | undefined {
	if (locationPath.length + locationQuery.length === 0) return undefined;
	const path = `/${locationPath.map(encodeURIComponent).join("/")}`;
	return locationQuery.length === 0 ? path : `${path}?${locationQuery.map(encodeURIComponent).join("&")}`;
}
