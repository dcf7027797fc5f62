// SPDX-License-Identifier: MIT

/** Equal as vitest's toEqual says: by content, a property that is undefined being as good as none. */
export function equal(actual: unknown, expected: unknown): boolean {
	return compare(actual, expected, true);
}

/** Equal as vitest's toMatchObject says: `actual` may have more properties, at every depth. */
export function contains(actual: unknown, expected: unknown): boolean {
	return compare(actual, expected, false);
}

type Properties = { [name: string]: unknown };

function compare(actual: unknown, expected: unknown, whole: boolean): boolean {
	if (Object.is(actual, expected)) return true;
	if (typeof actual !== "object" || typeof expected !== "object" || !actual || !expected) return false;
	const kind = kindOf(expected);
	if (["Map", "Set", "Date", "RegExp", "ArrayBuffer", "DataView"].includes(kind))
		throw new TypeError(`the shim does not compare a ${kind}`);
	if (kindOf(actual) !== kind && (whole || hasLength(actual) || hasLength(expected))) return false;
	if (actual instanceof Error && expected instanceof Error && !sameError(actual, expected)) return false;
	if (hasLength(actual) && actual.length !== (expected as typeof actual).length) return false;
	const [a, b] = [actual as Properties, expected as Properties];
	const names = whole ? [...Object.keys(a), ...Object.keys(b)] : Object.keys(b);
	return names.every((name) => (whole || name in a) && compare(a[name], b[name], whole));
}

function sameError(a: Error, b: Error): boolean {
	return a.name === b.name && a.message === b.message;
}

function kindOf(value: object): string {
	return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

function hasLength(value: object): value is { length: number } {
	return Array.isArray(value) || ArrayBuffer.isView(value);
}
