// SPDX-License-Identifier: MIT
import type { MessageWriter } from "./message-writer.ts";

/** One option of a message: its number and its value as it is on the wire. */
export interface OptionValue {
	readonly number: number;
	readonly value: Uint8Array;
}

/** The options of a message in ascending order, those that repeat in the order in which they were added. */
export class OptionList {
	private readonly options: OptionValue[] = [];

	add(number: number, value: Uint8Array): void {
		const options = this.options;
		let at = options.length;
		while (at > 0 && options[at - 1]!.number > number) at--;
		options.splice(at, 0, { number, value });
	}

	/** Replaces what there is of an option by one `value`, or by none. */
	set(number: number, value: Uint8Array | undefined): void {
		const options = this.options;
		for (let i = options.length - 1; i >= 0; i--) if (options[i]!.number === number) options.splice(i, 1);
		if (value !== undefined) this.add(number, value);
	}

	setUint(number: number, value: number): void {
		this.set(number, uintValue(value));
	}

	/** How many bytes they take at most. */
	get length(): number {
		const options = this.options;
		let length = 0;
		for (let i = 0; i < options.length; i++) length += 5 + options[i]!.value.length;
		return length;
	}

	has(number: number): boolean {
		const options = this.options;
		for (let i = 0; i < options.length; i++) if (options[i]!.number === number) return true;
		return false;
	}

	write(writer: MessageWriter): void {
		const options = this.options;
		for (let i = 0; i < options.length; i++) writer.opaqueOption(options[i]!.number, options[i]!.value);
	}
}

/** A number below 2^32 as an option's value, in as few bytes as it takes (RFC 7252 §3.2). */
export function uintValue(value: number): Uint8Array {
	const length = value > 0xffffff ? 4 : value > 0xffff ? 3 : value > 0xff ? 2 : value > 0 ? 1 : 0;
	const bytes = new Uint8Array(length);
	for (let i = 0; i < length; i++) bytes[i] = value >>> (8 * (length - 1 - i));
	return bytes;
}

/** Whether two values, or two tokens, have the same bytes. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false;
	for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
	return true;
}
