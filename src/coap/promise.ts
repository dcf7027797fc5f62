// SPDX-License-Identifier: MIT

/** What a promise became. */
export type Outcome<T> =
	| { readonly failed: false; readonly value: T }
	| { readonly failed: true; readonly error: unknown };

/** Whether a value is a promise, of whatever make. */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
	return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** Tells `settled` once what a promise became, never from inside this call. */
export function whenSettled<T>(promise: PromiseLike<T>, settled: (outcome: Outcome<T>) => void): void {
	Promise.resolve(promise).then(
		(value) => settled({ failed: false, value }),
		(error) => settled({ failed: true, error }),
	);
}
