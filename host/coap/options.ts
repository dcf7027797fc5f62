// SPDX-License-Identifier: MIT
import type { ClientOptions, OptionValue } from "../../src/coap/client.ts";
import type { Asked } from "./asker.ts";
import { type Format, formatNumber } from "./formats.ts";

/** What a client on Node is made with. Times are milliseconds. */
export interface CoapClientOptions extends Omit<ClientOptions, "random" | "messageId"> {
	/** The local IPv4 address to speak from, to groups, too; the system chooses when absent. */
	readonly address?: string;
	/** How many requests there may be at a time; 1,024 when absent. */
	readonly requests?: number;
	/** How many bytes a response's body may have; 16 MiB when absent. */
	readonly bodySize?: number;
}

/** What a request says beside its method, URL and payload. */
export interface CoapRequestOptions {
	/** The payload's Content-Format, such as 50 or "json". */
	readonly format?: Format;
	/** The Content-Format that is wanted. */
	readonly accept?: Format;
	/** Uri-Query options beside those of the URL. */
	readonly query?: readonly string[];
	/** As a CON, which is sent again until it is acknowledged; true when absent. */
	readonly confirmable?: boolean;
	/** The representations that are there already: the answer may be 2.03. */
	readonly etags?: readonly Uint8Array[];
	/** Only if the representation is one of these; an empty one means any. */
	readonly ifMatch?: readonly Uint8Array[];
	/** Only if there is none. */
	readonly ifNoneMatch?: boolean;
	/** How many bytes a block has, 16 to 1,024, when a body comes or goes in blocks (RFC 7959); 1,024 when absent. */
	readonly blockSize?: number;
	/** Further options. */
	readonly options?: readonly OptionValue[];
	/** How many milliseconds may pass without a word from the server; 93,000 when absent. */
	readonly timeout?: number;
	/** Ends the request: the promise rejects with the signal's reason. */
	readonly signal?: AbortSignal;
}

/** How a resource is observed. */
export interface CoapObserveOptions extends CoapRequestOptions {
	/** How many states wait for their reader; 16 when absent. Older ones give way. */
	readonly buffer?: number;
}

/** The machine's words for `options`. Throws TypeError on a format without a number. */
export function requestOf(options: CoapRequestOptions): Asked {
	const { format, accept, signal, ...rest } = options;
	return {
		...rest,
		...(format !== undefined && { contentFormat: formatNumber(format) }),
		...(accept !== undefined && { accept: formatNumber(accept) }),
	};
}
