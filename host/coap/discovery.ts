// SPDX-License-Identifier: MIT
import { parseLinks } from "../../src/coap/client.ts";
import { codeWithName } from "./code.ts";
import { CoapError } from "./error.ts";
import type { CoapResponse } from "./response.ts";

/** A resource that somebody offers (RFC 6690). */
export interface CoapLink {
	/** Such as "coap://192.0.2.1:5683/light". */
	readonly url: string;
	/** Such as `rt`, `if`, `ct`, `title`; one without a value, such as `obs`, has "". */
	readonly attributes: Readonly<Record<string, string>>;
}

/** The links in a response to `GET /.well-known/core` of `url`. Throws CoapError when there are none in it. */
export function linksOf(response: CoapResponse, url: string): CoapLink[] {
	if (!response.ok) throw new CoapError("ENDED", `GET ${url}: ${codeWithName(response.code)}`, response);
	try {
		return parseLinks(response.text()).map(({ target, attributes }) => ({ url: absolute(target, url), attributes }));
	} catch (error) {
		throw new CoapError("FAILED", `GET ${url}: ${(error as Error).message}`, response);
	}
}

/** As URL would say, which knows no relative references for this scheme. */
function absolute(target: string, base: string): string {
	if (/^[a-z][a-z\d+.-]*:/i.test(target)) return target;
	const authority = /^[^:]*:\/\/[^/]*/.exec(base)![0];
	return `${authority}${target.startsWith("/") ? "" : "/"}${target}`;
}
