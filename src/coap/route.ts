// SPDX-License-Identifier: MIT
// Paths with parameters: "rooms/:room/light", "files/*".

/** What stands for the parameters of a path that has none. */
export const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});

/** Whether a path has parameters. */
export function isPattern(segments: readonly string[]): boolean {
	return segments.some((segment) => rank(segment) > 0);
}

/** Checks the parameters of a path. Throws TypeError on one without a name, or twice, and on a `*` that is not at the end. */
export function checkPattern(segments: readonly string[]): void {
	const names = segments.filter((segment) => rank(segment) > 0);
	const star = segments.indexOf("*");
	if (names.includes(":") || new Set(names).size < names.length || (star >= 0 && star < segments.length - 1))
		throw new TypeError(`expected a path such as "rooms/:room/light" or "files/*", got "${segments.join("/")}"`);
}

/** Below 0 when `a` is to be tried before `b`, since it says more: segment by segment, a text before a `:name` before a `*`. */
export function compare(a: readonly string[], b: readonly string[]): number {
	for (let i = 0; i < Math.min(a.length, b.length); i++) {
		const difference = rank(a[i]!) - rank(b[i]!);
		if (difference !== 0) return difference;
	}
	return 0;
}

/**
 * What stands for the parameters when `path` is one of those that `pattern` means; a `*` means one segment or more. What a file system would
 * take for more than a name, or is not UTF-8, stands for none.
 */
export function match(
	pattern: readonly string[],
	path: readonly string[],
): Readonly<Record<string, string>> | undefined {
	const params: Record<string, string> = Object.create(null);
	for (let i = 0; i < pattern.length; i++) {
		const wanted = pattern[i]!;
		const segment = path[i];
		if (segment === undefined) return undefined;
		if (wanted === "*") {
			const rest = path.slice(i);
			params["*"] = rest.join("/");
			return rest.every(isName) ? params : undefined;
		}
		if (wanted.startsWith(":") && isName(segment)) params[wanted.slice(1)] = segment;
		else if (wanted !== segment) return undefined;
	}
	return pattern.length === path.length ? params : undefined;
}

function isName(segment: string): boolean {
	return segment !== "" && segment !== "." && segment !== ".." && !segment.includes("/") && !segment.includes("\ufffd");
}

function rank(segment: string): number {
	return segment === "*" ? 2 : segment.startsWith(":") ? 1 : 0;
}
