// SPDX-License-Identifier: MIT
import { Client, type ClientResponse, parseUri } from "../../src/coap/client.ts";
import { DatagramDriver, type UDPOptions } from "../../src/drive/index.ts";
import { Promises } from "../mqtt/promises.ts";
import { nodePlatform } from "../platform.ts";
import { unguessable } from "../unguessable.ts";
import { type Asked, Asker, type Told } from "./asker.ts";
import { METHODS, type Method } from "./code.ts";
import { type CoapLink, linksOf } from "./discovery.ts";
import { CoapError, errorOf } from "./error.ts";
import { CoapObservation } from "./observation.ts";
import { type CoapClientOptions, type CoapObserveOptions, type CoapRequestOptions, requestOf } from "./options.ts";
import { isMulticast, PeerSockets } from "./peer-sockets.ts";
import { CoapResponse } from "./response.ts";
import { Streams } from "./streams.ts";

/** All CoAP Nodes (RFC 7252 §12.8). */
const ALL_NODES = "coap://224.0.1.187";

/** How many milliseconds a group has to answer: DEFAULT_LEISURE (RFC 7252 §4.8), and the way. */
const GROUP_TIMEOUT = 7_000;

/**
 * A CoAP client on Node. A promise resolves with any response, be it a success or not (`ok`); it rejects with a CoapError when there is none, which
 * nobody needs to handle. A caller's mistake throws a TypeError or RangeError at once. While nothing is asked, a client keeps no program from
 * ending; `close` ends it before.
 */
export class CoapClient {
	private readonly asker: Asker;
	private readonly driver: DatagramDriver;
	private readonly streams: Streams;
	private readonly promises = new Promises();
	private readonly observations = new Set<CoapObservation>();
	private closed = false;

	/** Throws RangeError on a number that is out of range. */
	constructor(options: CoapClientOptions = {}) {
		const { address, requests = 1024, bodySize = 2 ** 24, onError = () => {}, ...rest } = options;
		const machine = new Client({ ...rest, requests, bodySize, onError, random: unguessable });
		const platform = nodePlatform("0.0.0.0", unguessable);
		let sockets: PeerSockets | undefined;
		const UDP = class extends PeerSockets {
			constructor(given: UDPOptions) {
				super({ ...given, address }, (endpoint) => machine.refused(endpoint));
				sockets = this;
			}
		};
		this.driver = new DatagramDriver(machine, { ...platform, UDP }, 0, onError);
		this.streams = new Streams({ ...rest, requests, bodySize, onError, random: unguessable }, platform);
		this.asker = new Asker(machine, this.streams, platform.resolve, (held) => sockets!.hold(held));
	}

	get(url: string, options?: CoapRequestOptions): Promise<CoapResponse> {
		return this.request("GET", url, undefined, options);
	}

	put(url: string, payload?: string | Uint8Array, options?: CoapRequestOptions): Promise<CoapResponse> {
		return this.request("PUT", url, payload, options);
	}

	post(url: string, payload?: string | Uint8Array, options?: CoapRequestOptions): Promise<CoapResponse> {
		return this.request("POST", url, payload, options);
	}

	delete(url: string, options?: CoapRequestOptions): Promise<CoapResponse> {
		return this.request("DELETE", url, undefined, options);
	}

	/** Part of a resource, as the payload says (RFC 8132 §2). */
	fetch(url: string, payload?: string | Uint8Array, options?: CoapRequestOptions): Promise<CoapResponse> {
		return this.request("FETCH", url, payload, options);
	}

	/** Changes part of a resource (RFC 8132 §3). */
	patch(url: string, payload?: string | Uint8Array, options?: CoapRequestOptions): Promise<CoapResponse> {
		return this.request("PATCH", url, payload, options);
	}

	/** As `patch`; done twice it does no more than done once (RFC 8132 §3). */
	ipatch(url: string, payload?: string | Uint8Array, options?: CoapRequestOptions): Promise<CoapResponse> {
		return this.request("iPATCH", url, payload, options);
	}

	/** Any method. A payload must stay as it is until the promise is settled. */
	request(
		method: Method,
		url: string,
		payload?: string | Uint8Array,
		options: CoapRequestOptions = {},
	): Promise<CoapResponse> {
		return this.promises.make((settle) => {
			this.ask(url, { ...requestOf(options), code: METHODS[method], payload }, options.signal, {
				onEnd: (outcome) => {
					if (outcome.type === "response") settle.resolve(new CoapResponse(outcome.response));
					else settle.reject(errorOf(outcome, `${method} ${url}`));
				},
				onFailed: settle.reject,
			});
		});
	}

	/** Asks, and wants no response (RFC 7967): resolves when the request was sent or, as a CON, acknowledged. A NON unless `options` say otherwise. */
	send(method: Method, url: string, payload?: string | Uint8Array, options: CoapRequestOptions = {}): Promise<void> {
		return this.promises.make((settle) => {
			const request = { confirmable: false, ...requestOf(options), code: METHODS[method], payload, noResponse: 26 };
			this.ask(url, request, options.signal, {
				onEnd: (outcome) => {
					if (outcome.type === "complete" || outcome.type === "response") settle.resolve();
					else settle.reject(errorOf(outcome, `${method} ${url}`));
				},
				onFailed: settle.reject,
			});
		});
	}

	/**
	 * Observes a resource (RFC 7641): `for await (const response of client.observe(url))`. To leave the loop, or `cancel`, ends it. A resource that
	 * cannot be observed gives one response.
	 */
	observe(url: string, options: CoapObserveOptions = {}): CoapObservation {
		const { buffer, ...rest } = options;
		let cancel: (() => void) | undefined;
		const observation = new CoapObservation(url, buffer, () => {
			this.observations.delete(observation);
			cancel?.();
		});
		cancel = this.ask(url, { ...requestOf(rest), observe: true }, options.signal, {
			onResponse: (response) => observation.push(new CoapResponse(response)),
			onEnd: (outcome) => {
				this.observations.delete(observation);
				if (outcome.type === "response") observation.finish(new CoapResponse(outcome.response));
				else observation.fail(errorOf(outcome, `observing ${url}`));
			},
			onFailed: (error) => {
				this.observations.delete(observation);
				observation.fail(error);
			},
		});
		if (!observation.over) this.observations.add(observation);
		return observation;
	}

	/**
	 * The links of a server's `/.well-known/core`, unless the URL has another path (RFC 6690); without a URL, or with that of a group, those of all
	 * who answer within `timeout` (7 s when absent). A query filters: `rt=temperature`.
	 */
	discover(url = ALL_NODES, options: CoapRequestOptions = {}): Promise<CoapLink[]> {
		const { scheme, host, port, path, query } = parseUri(url);
		const core = path.length > 0 ? url : `${scheme}://${host}:${port}/.well-known/core`;
		const all = {
			accept: 40,
			...options,
			query: path.length > 0 ? options.query : [...query, ...(options.query ?? [])],
		};
		return this.promises.make((settle) => {
			if (!isMulticast(host)) {
				this.get(core, all)
					.then((response) => linksOf(response, core))
					.then(settle.resolve, settle.reject);
				return;
			}
			const found: Promise<CoapLink[]>[] = [];
			const request = { timeout: GROUP_TIMEOUT, multicast: true, ...requestOf(all) };
			this.ask(core, request, options.signal, {
				onResponse: (response) => void found.push(this.linksFrom(response, core, all)),
				onEnd: () => Promise.all(found).then((links) => settle.resolve(links.flat()), settle.reject),
				onFailed: settle.reject,
			});
		});
	}

	/** Ends all requests with a CoapError CLOSED, and all observations without a word to their servers. */
	close(): void {
		if (this.closed) return;
		this.closed = true;
		const error = new CoapError("CLOSED", "the client was closed");
		this.promises.end(error);
		for (const observation of this.observations) observation.fail(error);
		this.driver.close();
		this.streams.close();
	}

	/** The links that one endpoint of a group answers `GET url` with; when there are more than a message takes, asks it for them. */
	private async linksFrom(answer: ClientResponse, url: string, options: CoapRequestOptions): Promise<CoapLink[]> {
		const response = new CoapResponse(answer);
		const its = url.replace(/^coap:\/\/[^/?]*/i, `coap://${response.address}:${response.port}`);
		try {
			return linksOf(response.partial ? await this.get(its, { ...options, timeout: undefined }) : response, its);
		} catch {
			return []; // One that answers nonsense does not hide the others.
		}
	}

	private ask(url: string, request: Asked, signal: AbortSignal | undefined, told: Told): () => void {
		if (this.closed) throw new CoapError("CLOSED", "the client was closed");
		return this.asker.ask(url, request, signal, told);
	}
}
