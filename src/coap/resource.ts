// SPDX-License-Identifier: MIT
import * as Code from "./code.ts";
import { link } from "./link.ts";
import type { Result } from "./reply.ts";
import type { Request } from "./request.ts";

/** What a resource is and does. A method without a handler is answered 4.05. Handlers are synchronous. */
export interface ResourceOptions {
	/** A name for people. */
	title?: string;
	/** Resource types, separated by spaces (RFC 6690 §3.1). */
	rt?: string;
	/** Interface descriptions, separated by spaces (RFC 6690 §3.2). */
	if?: string;
	/** Content-Formats of the representation, the default one first; a GET whose Accept is not among them is answered 4.06. */
	ct?: readonly number[];
	/** Content-Formats that PUT and POST take, `ct` when absent; another one is answered 4.15. */
	accepts?: readonly number[];
	/** Whether clients may observe it; then call `changed()`. */
	observable?: boolean;
	get?(request: Request): Result;
	put?(request: Request): Result;
	post?(request: Request): Result;
	delete?(request: Request): Result;
}

/** Something a server offers under a path. */
export class Resource {
	readonly path: string;
	readonly segments: readonly string[];
	readonly options: Readonly<ResourceOptions>;
	/** The Content-Format of a bare payload; -1 when that depends on what it is. */
	readonly format: number;
	/** Its line in `/.well-known/core`. */
	readonly link: string;
	private readonly methods: number;
	private readonly onChanged: (resource: Resource) => void;

	/** Throws TypeError on a path or an option that cannot be served. */
	constructor(path: string, options: ResourceOptions, onChanged: (resource: Resource) => void) {
		this.path = path;
		this.segments = segmentsOf(path);
		checkFormats("ct", options.ct);
		checkFormats("accepts", options.accepts);
		if (options.observable && options.get === undefined)
			throw new TypeError(`expected a get handler on observable ${path}, got none`);
		this.options = options;
		this.format = options.ct === undefined ? -1 : options.ct[0]!;
		this.methods =
			bit(Code.GET, options.get) |
			bit(Code.POST, options.post) |
			bit(Code.PUT, options.put) |
			bit(Code.DELETE, options.delete);
		this.link = link(this.segments, options);
		this.onChanged = onChanged;
	}

	/** Whether there is a handler for a method. */
	allows(code: number): boolean {
		return ((this.methods >> code) & 1) === 1;
	}

	/** Tells every observer; each is sent the newest representation when its turn comes, so nothing queues. */
	changed(): void {
		this.onChanged(this);
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
