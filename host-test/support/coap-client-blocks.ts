// SPDX-License-Identifier: MIT
import type { ClientRequest } from "../../src/coap/client.ts";
import { ClientPair } from "./coap-client-pair.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** The first `length` letters of a body. */
export const text = (length: number) => LETTERS.repeat(Math.ceil(length / LETTERS.length)).slice(0, length);

/** The value of a block option. */
export const block = (num: number, more: boolean, szx: number) => (num << 4) | (more ? 8 : 0) | szx;

/** What the block `num` of 16 bytes of a body of `length` is answered with. */
export function part(num: number, length: number, options = ""): string {
	const more = (num + 1) * 16 < length;
	return `Block2=${block(num, more, 0)}${options} | ${text(length).slice(num * 16, (num + 1) * 16)}`;
}

/** A client that takes bodies of 64 bytes and has asked for `/a`, and what it sent. */
export function asking(request: Partial<ClientRequest> = {}) {
	const pair = new ClientPair({ bodySize: 64 });
	pair.ask(request);
	return { pair, first: pair.sends() };
}
