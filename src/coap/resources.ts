// SPDX-License-Identifier: MIT

import * as Format from "./format.ts";
import type { Response } from "./handler.ts";
import { matches } from "./link.ts";
import type { IncomingRequest } from "./request.ts";
import type { Resource } from "./resource.ts";
import { compare, match } from "./route.ts";

/** All that a server offers. */
export class Resources {
	/** By path, the ones with parameters as they are written. */
	readonly all = new Map<string, Resource>();
	/** Those whose path has parameters, the ones that say most first. */
	private readonly patterns: Resource[] = [];

	add(resource: Resource): void {
		this.all.set(resource.path, resource);
		if (!resource.pattern) return;
		this.patterns.push(resource);
		this.patterns.sort((a, b) => compare(a.segments, b.segments));
	}

	/** Finds what a request asks for, if it is there. */
	find(request: IncomingRequest): void {
		const resource = this.all.get(request.path);
		if (resource !== undefined && resource.depth === request.depth) request.resource = resource;
		else this.route(request);
	}

	/** Finds a resource whose path has parameters, for a request that asks for no other. */
	route(request: IncomingRequest): void {
		const { patterns } = this;
		if (patterns.length === 0) return;
		const path = request.uriPath();
		for (const resource of patterns) {
			const params = match(resource.segments, path);
			if (params === undefined) continue;
			request.route(resource, path, params);
			return;
		}
	}

	/** The links to all that the query does not filter out (RFC 6690 §4). */
	links(query: readonly string[]): Response {
		const links: string[] = [];
		for (const resource of this.all.values())
			if (resource.link !== undefined && matches(resource, query)) links.push(resource.link);
		return { payload: links.join(","), format: Format.LINK_FORMAT };
	}
}
