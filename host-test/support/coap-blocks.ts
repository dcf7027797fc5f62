// SPDX-License-Identifier: MIT
import { expect } from "vitest";
import type { ResourceOptions, ServerOptions } from "../../src/coap/index.ts";
import { type Client, Pair } from "./coap-pair.ts";

export const text = (length: number, first = 0) =>
	Array.from({ length }, (_, i) => String.fromCharCode(97 + ((first + i) % 26))).join("");

/** A server with `/a`; a request by its method and options gets Message IDs of its own. */
export function serving(options: ResourceOptions, server: Partial<ServerOptions> = {}) {
	const pair = new Pair(server);
	const resource = pair.server.resource("a", options);
	let messageId = 1;
	const asking =
		(client: Client) =>
		(request: string): string => {
			const [method, ...rest] = request.split(" ");
			const id = (messageId++).toString(16).padStart(4, "0");
			const replies = client.sends(`CON ${method} ${id} Uri-Path=a ${rest.join(" ")}`.trim());
			expect(replies).toHaveLength(1);
			return replies[0]!.replace(`ACK `, "").replace(` ${id}`, "");
		};
	return { pair, resource, ask: asking(pair.client()), other: asking(pair.client(5001)) };
}

/** What a client says block by block: the value of the option for block `num` of 16 bytes. */
export const block = (num: number, more = false, szx = 0) => (num << 4) | (more ? 8 : 0) | szx;
export const first = (option: string, szx = 0) => `${option}=${block(0, true, szx)}`;
