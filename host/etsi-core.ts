// SPDX-License-Identifier: MIT
// TD_COAP_CORE: methods, separate responses, options.
import { type Answer, Code, Format, type Request } from "../src/coap/index.ts";
import type { CoapServer } from "./coap/index.ts";

/** application/xml */
const XML = 41;

/** How long the separate response takes, in milliseconds. */
const SEPARATE = 1_000;

/** /test, /separate, /seg1/seg2/seg3, /query, /location-query, /multi-format, /validate and /create1. */
export function serveCore(server: CoapServer): void {
	server.resource("test", {
		title: "Default test resource",
		get: said,
		post: () => ({ code: Code.CREATED, locationPath: ["location1", "location2", "location3"] }), // TD_COAP_CORE_18
		put: () => undefined,
		delete: () => undefined,
	});
	server.resource("separate", {
		title: "Resource which cannot be served immediately",
		get: (request) => {
			const text = said(request);
			return new Promise<string>((resolve) => setTimeout(() => resolve(text), SEPARATE));
		},
	});
	server.resource("seg1/seg2/seg3", { title: "Long path resource", get: said });
	server.resource("query", { title: "Resource accepting query parameters", get: said });
	server.resource("location-query", {
		title: "Perform POST transaction with responses containing several Location-Query options",
		post: () => ({ code: Code.CREATED, locationQuery: ["first=1", "second=2"] }), // TD_COAP_CORE_19
	});
	server.resource("multi-format", {
		title: "Resource that exists in different content formats (text/plain utf8 and application/xml)",
		ct: [Format.TEXT, XML],
		get: (request) =>
			request.accept === XML
				? { format: XML, payload: `<msg type="${request.method}" path="/${request.path}"/>` }
				: { format: Format.TEXT, payload: said(request) },
	});
	serveValidate(server);
	serveCreate(server);
}

/** What was asked, as text. */
function said({ method, path, query }: Request): string {
	return [`${method} /${path}`, ...query].join("\n");
}

/** TD_COAP_CORE_21 and 22: an ETag that changes with each PUT. */
function serveValidate(server: CoapServer): void {
	let version = 1;
	let text = "validate";
	const etag = () => Uint8Array.of(version >> 8, version);
	server.resource("validate", {
		title: "Resource which varies",
		get: () => ({ payload: text, format: Format.TEXT, etag: etag() }),
		put(request) {
			text = request.text();
			version++;
			return { code: Code.CHANGED, etag: etag() };
		},
		delete() {
			text = "validate";
			version++;
			return undefined;
		},
	});
}

/** TD_COAP_CORE_23: it is there once it was PUT. */
function serveCreate(server: CoapServer): void {
	let text: string | undefined;
	server.resource("create1", {
		title: "Resource which does not exist yet (to perform atomic PUT)",
		get: (): Answer => text ?? { code: Code.NOT_FOUND },
		put(request) {
			const code = text === undefined ? Code.CREATED : Code.CHANGED;
			text = request.text();
			return { code };
		},
		delete() {
			text = undefined;
			return undefined;
		},
	});
}
