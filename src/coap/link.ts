// SPDX-License-Identifier: MIT
// CoRE link format (RFC 6690).
import type { ResourceOptions } from "./handler.ts";

/** What a link tells of. */
export interface Target {
	readonly path: string;
	readonly segments: readonly string[];
	readonly options: Readonly<ResourceOptions>;
	readonly observable: boolean;
}

/** A resource as a link: `</light>;rt="…";if="…";ct=0;obs;title="…"`. Throws TypeError on text that cannot be quoted. */
export function link(segments: readonly string[], options: Readonly<ResourceOptions>, observable: boolean): string {
	let text = `<${href(segments)}>`;
	if (options.rt !== undefined) text += `;rt=${quoted("rt", options.rt)}`;
	if (options.if !== undefined) text += `;if=${quoted("if", options.if)}`;
	if (options.ct !== undefined)
		text += options.ct.length === 1 ? `;ct=${options.ct[0]}` : `;ct="${options.ct.join(" ")}"`;
	if (observable) text += ";obs"; // RFC 7641 §6
	if (options.title !== undefined) text += `;title=${quoted("title", options.title)}`;
	return text;
}

/** Whether every filter holds for the target: `name=value`, where a value that ends in `*` is a prefix (§4.1). */
export function matches(target: Target, filters: readonly string[]): boolean {
	for (const filter of filters) {
		const equals = filter.indexOf("=");
		const name = equals < 0 ? filter : filter.slice(0, equals);
		if (!holds(valuesOf(target, name), equals < 0 ? "*" : filter.slice(equals + 1))) return false;
	}
	return true;
}

function holds(values: readonly string[], wanted: string): boolean {
	const prefix = wanted.endsWith("*") ? wanted.slice(0, -1) : undefined;
	for (const value of values) if (prefix === undefined ? value === wanted : value.startsWith(prefix)) return true;
	return false;
}

function valuesOf(target: Target, name: string): readonly string[] {
	const options = target.options;
	switch (name) {
		case "href":
			return [`/${target.path}`, href(target.segments)];
		case "rt":
			return options.rt === undefined ? [] : options.rt.split(" ");
		case "if":
			return options.if === undefined ? [] : options.if.split(" ");
		case "ct":
			return options.ct === undefined ? [] : options.ct.map(String);
		case "title":
			return options.title === undefined ? [] : [options.title];
		case "obs":
			return target.observable ? [""] : [];
		default:
			return [];
	}
}

function href(segments: readonly string[]): string {
	return `/${segments.map(encodeURIComponent).join("/")}`;
}

function quoted(name: string, text: string): string {
	if (!text.isWellFormed()) throw new TypeError(`expected well-formed text in ${name}, got a lone surrogate`);
	return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
