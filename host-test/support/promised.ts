// SPDX-License-Identifier: MIT

/** A promise, and the two ways to settle it. */
export interface Promised<T> {
	promise: Promise<T>;
	resolve(value: T): void;
	reject(error: unknown): void;
}

export function promised<T>(): Promised<T> {
	let resolve!: (value: T) => void;
	let reject!: (error: unknown) => void;
	const promise = new Promise<T>((kept, broken) => {
		resolve = kept;
		reject = broken;
	});
	return { promise, resolve, reject };
}

/** Lets everything run that only waits for promises that have settled. */
export async function settle(): Promise<void> {
	for (let i = 0; i < 20; i++) await undefined;
}
