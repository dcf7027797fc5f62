// SPDX-License-Identifier: MIT
import { codeWithName } from "./code.ts";
import { CoapError } from "./error.ts";
import type { CoapResponse } from "./response.ts";

/** How many states wait for their reader when nothing else is said. */
const BUFFER = 16;

/**
 * The states of an observed resource, to be read with `for await`. When the server or the network ends it, reading throws a CoapError, after
 * the states that came before.
 */
export class CoapObservation implements AsyncIterableIterator<CoapResponse> {
	/** How many states gave way to newer ones because they were not read in time. */
	dropped = 0;
	private readonly url: string;
	private readonly capacity: number;
	private readonly states: CoapResponse[] = [];
	private readonly readers: { resolve(result: IteratorResult<CoapResponse>): void; reject(error: Error): void }[] = [];
	private readonly onCancel: () => void;
	private ended = false;
	private error: Error | undefined;

	/** Keeps at most `capacity` states that nobody reads; `onCancel` is called when the reader has had enough. */
	constructor(url: string, capacity = BUFFER, onCancel: () => void) {
		if (!Number.isInteger(capacity) || capacity < 1)
			throw new RangeError(`expected a whole number from 1 on as buffer, got ${capacity}`);
		this.url = url;
		this.capacity = capacity;
		this.onCancel = onCancel;
	}

	/** Whether no state will come any more. */
	get over(): boolean {
		return this.ended;
	}

	/** The next state; `done` once it was cancelled, or for a resource that cannot be observed. Rejects with a CoapError. */
	next(): Promise<IteratorResult<CoapResponse>> {
		const promise = new Promise<IteratorResult<CoapResponse>>((resolve, reject) => {
			const state = this.states.shift();
			if (state !== undefined) resolve({ done: false, value: state });
			else if (this.error !== undefined) {
				const error = this.error;
				this.error = undefined;
				reject(error);
			} else if (this.ended) resolve({ done: true, value: undefined });
			else this.readers.push({ resolve, reject });
		});
		promise.catch(() => {}); // Nobody needs to handle it.
		return promise;
	}

	/** Leaves: the server is told. What was not read is forgotten. */
	cancel(): void {
		if (!this.ended) this.onCancel();
		this.error = undefined;
		this.states.length = 0;
		this.end();
	}

	/** What `for await` calls when its loop is left. */
	async return(): Promise<IteratorResult<CoapResponse>> {
		this.cancel();
		return { done: true, value: undefined };
	}

	[Symbol.asyncIterator](): this {
		return this;
	}

	/** For the client: a state came. */
	push(state: CoapResponse): void {
		if (this.ended) return;
		const reader = this.readers.shift();
		if (reader !== undefined) {
			reader.resolve({ done: false, value: state });
			return;
		}
		this.states.push(state);
		if (this.states.length <= this.capacity) return;
		this.states.shift();
		this.dropped++;
	}

	/** For the client: the last response came. */
	finish(response: CoapResponse): void {
		if (!response.ok) {
			const message = `observing ${this.url} ended with ${codeWithName(response.code)}`;
			this.fail(new CoapError("ENDED", message, response));
			return;
		}
		this.push(response);
		this.end();
	}

	/** For the client: there will be no more. */
	fail(error: Error): void {
		if (this.ended) return;
		const reader = this.readers.shift();
		if (reader !== undefined) reader.reject(error);
		else this.error = error;
		this.end();
	}

	private end(): void {
		this.ended = true;
		for (const { resolve } of this.readers.splice(0)) resolve({ done: true, value: undefined });
	}
}
