// SPDX-License-Identifier: MIT
// CoRE link format, incoming (RFC 6690 §2).

/** A link: where it leads, and its attributes by name; one without a value has "". Of an attribute that repeats, the first counts. */
export interface Link {
	readonly target: string;
	readonly attributes: Readonly<Record<string, string>>;
}

/** The links of a document in link format. Throws TypeError when it is none. */
export function parseLinks(text: string): Link[] {
	// Made here, for they change as they are used, which a module that is preloaded to flash cannot.
	const link = /\s*<([^>]*)>/y;
	const attribute = /\s*;\s*([^\s=;,"<>]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"<>]*)))?/y;
	const comma = /\s*(,|$)/y;
	const links: Link[] = [];
	let at = 0;
	const next = (pattern: RegExp) => {
		pattern.lastIndex = at;
		const found = pattern.exec(text);
		if (found !== null) at = pattern.lastIndex;
		return found;
	};
	while (at < text.trimEnd().length) {
		const target = next(link);
		if (target === null) throw unexpected(text, at);
		const attributes: Record<string, string> = {};
		for (let found = next(attribute); found !== null; found = next(attribute)) {
			const [, name, quoted, bare] = found;
			if (!Object.hasOwn(attributes, name!)) attributes[name!] = quoted?.replaceAll(/\\(.)/gs, "$1") ?? bare ?? "";
		}
		links.push({ target: target[1]!, attributes });
		if (next(comma) === null) throw unexpected(text, at);
	}
	return links;
}

function unexpected(text: string, at: number): TypeError {
	return new TypeError(`expected a link such as </a>;rt="b", got "${text.slice(at, at + 20)}" at character ${at}`);
}
