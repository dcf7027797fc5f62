// SPDX-License-Identifier: MIT
import * as Code from "./code.ts";
import * as Format from "./format.ts";
import type { Request, ResourceOptions, Result } from "./handler.ts";
import { link } from "./link.ts";
import type { Notifier } from "./notifier.ts";

/** Something a server offers under a path. */
export class Resource {
	readonly path: string;
	readonly segments: readonly string[];
	readonly options: Readonly<ResourceOptions>;
	/** The Content-Formats of payloads that come without one. */
	readonly textFormat: number;
	readonly bytesFormat: number;
	/** Its line in `/.well-known/core`. */
	readonly link: string;
	/** How many segments its path has. */
	readonly depth: number;
	/** Grows with each change of the representation. */
	version = 0;
	/** How many observers it has. */
	observed = 0;
	/** The methods that there is a handler for: bit 1 is GET. */
	readonly methods: number;
	private readonly notifier: Notifier;

	/** Throws TypeError on a path or an option that cannot be served. */
	constructor(path: string, options: ResourceOptions, notifier: Notifier) {
		this.path = path;
		this.segments = segmentsOf(path);
		this.depth = this.segments.length;
		checkFormats("ct", options.ct);
		checkFormats("accepts", options.accepts);
		if (options.observable && options.get === undefined)
			throw new TypeError(`expected a get handler on observable ${path}, got none`);
		this.options = options;
		this.textFormat = options.ct?.[0] ?? Format.TEXT;
		this.bytesFormat = options.ct?.[0] ?? Format.OCTET_STREAM;
		this.methods =
			bit(Code.GET, options.get) |
			bit(Code.POST, options.post) |
			bit(Code.PUT, options.put) |
			bit(Code.DELETE, options.delete);
		this.link = link(this.segments, options);
		this.notifier = notifier;
	}

	/** Whether there is a handler for a method. */
	allows(code: number): boolean {
		return ((this.methods >> code) & 1) === 1;
	}

	/** Runs the handler for a method that there is one for. */
	run(code: number, request: Request): Result {
		const options = this.options;
		switch (code) {
			case Code.GET:
				return options.get!(request);
			case Code.PUT:
				return options.put!(request);
			case Code.POST:
				return options.post!(request);
			default:
				return options.delete!(request);
		}
	}

	/** Tells every observer; each is sent the newest representation when its turn comes, so nothing queues. */
	changed(): void {
		this.notifier.changed(this);
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
	return segments;
}

function checkFormats(name: string, formats: readonly number[] | undefined): void {
	if (formats === undefined) return;
	if (formats.length === 0) throw new TypeError(`expected Content-Formats in ${name}, got none`);
	for (const format of formats)
		if (!Number.isInteger(format) || format < 0 || format > 0xffff)
			throw new TypeError(`expected a Content-Format in ${name}, got ${format}`);
}
