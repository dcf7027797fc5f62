// SPDX-License-Identifier: MIT
import { Message } from "./message.ts";

/** Reads the options with one number from a message that has been parsed before. */
class Values extends Message {
	readonly found: Uint8Array[] = [];
	private readonly wanted: number;

	constructor(wanted: number) {
		super();
		this.wanted = wanted;
	}

	protected override option(number: number, start: number, end: number): void {
		if (number === this.wanted) this.found.push(this.bytes.subarray(start, end));
	}
}

/** The values of all options `number` of a well-formed message, in order, as views of `bytes`. */
export function optionsOf(bytes: Uint8Array, length: number, number: number): readonly Uint8Array[] {
	const values = new Values(number);
	values.parse(bytes, length);
	return values.found;
}
