// SPDX-License-Identifier: MIT
import type { Echo } from "./echo.ts";
import type { PromiseParameters } from "./exchanges.ts";
import type { Resource } from "./resource.ts";
import type { Resources } from "./resources.ts";
import type { Responder } from "./responder.ts";

/** Whoever else tells observers of changes. */
export interface Follower {
	/** The representation of `resource` is another one; with `path`, the one of the several that it has there. */
	changed(resource: Resource, path?: string): void;
}

/** What of a server is the same over any transport. */
export interface Backend {
	readonly resources: Resources;
	readonly responder: Responder;
	readonly echo: Echo;
	readonly parameters: PromiseParameters;
	readonly random: () => number;
	/** Told of every change from now on. */
	readonly followers: Follower[];
	/** `resource` has more observers, or fewer. */
	count(resource: Resource, more: number): void;
}
