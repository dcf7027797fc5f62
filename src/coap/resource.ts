// SPDX-License-Identifier: MIT
import * as Code from "./code.ts";
import * as Format from "./format.ts";
import type { Answer, Request, ResourceOptions } from "./handler.ts";
import { link } from "./link.ts";
import type { Notifier } from "./notifier.ts";
import { checkPattern, isPattern } from "./route.ts";

/** Something a server offers under a path. */
export class Resource {
	readonly path: string;
	readonly segments: readonly string[];
	readonly options: Readonly<ResourceOptions>;
	/** Whether the path has parameters. */
	readonly pattern: boolean;
	readonly observable: boolean;
	/** The Content-Formats of payloads that come without one. */
	readonly textFormat: number;
	readonly bytesFormat: number;
	/** Its line in `/.well-known/core`; undefined when it has none. */
	readonly link: string | undefined;
	/** How many segments its path has. */
	readonly depth: number;
	/** Grows with each change of the representation. */
	version = 0;
	/** How many observers it has. */
	observed = 0;
	/** Whether a handler of it was seen to promise its answer. */
	defers = false;
	/** The methods that there is a handler for: bit 1 is GET. */
	private readonly methods: number;
	/** Those of them whose handler may run without further questions. */
	direct: number;
	private readonly notifier: Notifier;

	/** Throws TypeError on a path or an option that cannot be served. */
	constructor(path: string, options: ResourceOptions, notifier: Notifier) {
		const { get, put, post, delete: remove, fetch, patch, ipatch, ct } = options;
		this.path = path;
		this.segments = segmentsOf(path);
		this.depth = this.segments.length;
		this.pattern = isPattern(this.segments);
		checkFormats("ct", ct);
		checkFormats("accepts", options.accepts);
		this.observable = options.observable ?? options.observe !== undefined;
		if (this.observable && get === undefined && fetch === undefined)
			throw new TypeError(`expected a get or a fetch handler on observable ${path}, got none`);
		this.options = options;
		this.textFormat = ct?.[0] ?? Format.TEXT;
		this.bytesFormat = ct?.[0] ?? Format.OCTET_STREAM;
		this.methods =
			bit(Code.GET, get) |
			bit(Code.POST, post) |
			bit(Code.PUT, put) |
			bit(Code.DELETE, remove) |
			bit(Code.FETCH, fetch) |
			bit(Code.PATCH, patch) |
			bit(Code.IPATCH, ipatch);
		this.direct = options.freshness === undefined ? this.methods : this.methods & bit(Code.GET, get);
		if (options.access !== undefined) this.direct = 0;
		const text = link(this.segments, options, this.observable);
		this.link = (options.listed ?? !this.pattern) ? text : undefined;
		this.notifier = notifier;
	}

	/** Whether there is a handler for a method. */
	allows(code: number): boolean {
		return ((this.methods >> code) & 1) === 1;
	}

	/** Whether a request must show how old it is: any that may change something, if the resource is such (RFC 9175 §2.3). */
	stale(code: number, age: number): boolean {
		const { freshness } = this.options;
		return freshness !== undefined && code !== Code.GET && code !== Code.FETCH && age > freshness;
	}

	/** Runs the handler for a method that there is one for. */
	run(code: number, request: Request): Answer {
		const options = this.options;
		switch (code) {
			case Code.GET:
				return options.get!(request);
			case Code.PUT:
				return options.put!(request);
			case Code.POST:
				return options.post!(request);
			case Code.DELETE:
				return options.delete!(request);
			case Code.FETCH:
				return options.fetch!(request);
			case Code.PATCH:
				return options.patch!(request);
			default:
				return options.ipatch!(request);
		}
	}

	/** A handler promised its answer: from now on, whether there is room for another promise is asked before one runs. */
	deferred(): void {
		this.defers = true;
		this.direct = 0;
	}

	/** Tells every observer; each is sent the newest representation when its turn comes, so nothing queues. */
	changed(): void {
		this.notifier.changed(this);
	}

	/** Tells the observers of one of the paths that a path with parameters means, such as "rooms/kitchen/light". */
	changedAt(path: string): void {
		this.notifier.changedAt(this, path);
	}
}

function bit(code: number, handler: unknown): number {
	return handler === undefined ? 0 : 1 << code;
}

function segmentsOf(path: string): readonly string[] {
	if (typeof path !== "string" || !path.isWellFormed()) throw new TypeError(`expected a path, got ${path}`);
	const segments = path.split("/");
	for (const segment of segments)
		if (segment === "" || segment === "." || segment === ".." || new TextEncoder().encode(segment).length > 255)
			throw new TypeError(`expected a path such as "light" or "a/b", got "${path}"`);
	checkPattern(segments);
	return segments;
}

function checkFormats(name: string, formats: readonly number[] | undefined): void {
	if (formats === undefined) return;
	if (formats.length === 0) throw new TypeError(`expected Content-Formats in ${name}, got none`);
	for (const format of formats)
		if (!Number.isInteger(format) || format < 0 || format > 0xffff)
			throw new TypeError(`expected a Content-Format in ${name}, got ${format}`);
}
