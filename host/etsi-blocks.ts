// SPDX-License-Identifier: MIT
// TD_COAP_BLOCK: bodies that take several messages.
import { type Answer, Code, Format, type Request } from "../src/coap/index.ts";
import type { CoapServer } from "./coap/index.ts";

/** 20 lines of 64 bytes. */
export const LARGE = Array.from({ length: 20 }, (_, line) => `${`Line ${line + 1} `.padEnd(63, ".")}\n`).join("");

/** What a resource was last given. */
interface Given {
	payload: Uint8Array;
	format: number;
}

/** /large, /large-update, /large-create and /large-post. */
export function serveBlocks(server: CoapServer): void {
	server.resource("large", { title: "Large resource", get: () => LARGE });
	let updated = given(LARGE);
	server.resource("large-update", {
		title: "Large resource that can be updated using PUT method",
		get: () => updated,
		put(request) {
			updated = taken(request);
			return undefined;
		},
	});
	let created: Given | undefined;
	server.resource("large-create", {
		title: "Large resource that can be created using POST method",
		get: (): Answer => created ?? { code: Code.NOT_FOUND },
		post(request) {
			created = taken(request);
			return { code: Code.CREATED, locationPath: ["large-create"] };
		},
		delete() {
			created = undefined;
			return undefined;
		},
	});
	server.resource("large-post", {
		title: "Handle POST with two-way blockwise transfer",
		post: (request) => ({ payload: request.text().toUpperCase(), format: Format.TEXT }),
	});
}

function taken({ payload, contentFormat = Format.OCTET_STREAM }: Request): Given {
	return { payload: payload.slice(), format: contentFormat };
}

function given(text: string): Given {
	return { payload: new TextEncoder().encode(text), format: Format.TEXT };
}
