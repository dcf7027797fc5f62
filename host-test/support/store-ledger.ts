// SPDX-License-Identifier: MIT
import type { Store } from "../../src/mqtt/store.ts";

/** What a store may have: what it had before the change that was under way when it was cut short, or after it. */
export class Ledger {
	/** How often the change that was cut short was found to have been made, or not. */
	found = 0;
	/** False: what it once had is still allowed, as if no change had been sure to last. */
	forgets = true;
	/** Bytes of a record, drawn from these. */
	lengths: readonly number[] = [0, 1, 5, 17, 40, 90];
	keys = 5;
	private allowed: string[] = [""];
	private kept = new Map<number, Uint8Array>();

	/** Puts or deletes something; whether it was done is known when this returns. */
	changes(store: Store, random: () => number): void {
		const pick = (count: number) => Math.floor(random() * count);
		const key = pick(this.keys) * 1_000_000_000;
		const bytes = new Uint8Array(this.lengths[pick(this.lengths.length)]!).fill(pick(256));
		const next = new Map(this.kept);
		const removes = random() < 0.25;
		if (removes) next.delete(key);
		else next.set(key, bytes);
		this.allowed.push(text(next));
		if (removes) store.delete(key);
		else store.put(key, bytes);
		if (this.forgets) this.allowed = [text(next)];
		this.kept = next;
	}

	/** A store was opened, and this is what it has. */
	finds(entries: [key: number, bytes: Uint8Array][]): void {
		this.kept = new Map(entries);
		const has = text(this.kept);
		if (this.allowed.length > 1) this.found++;
		if (!this.allowed.includes(has))
			throw new Error(`expected to find ${this.allowed.map((one) => `<${one}>`).join(" or ")}, got <${has}>`);
		this.allowed = [has];
	}
}

function text(records: Map<number, Uint8Array>): string {
	return Array.from(records, ([key, bytes]) => `${key}:${bytes.length}:${sum(bytes)}`)
		.sort()
		.join(" ");
}

/** Tells records apart, and a record from what it and another were mixed to; of long ones it looks at some bytes. */
function sum(bytes: Uint8Array): number {
	let sum = 7;
	const stride = bytes.length > 1000 ? 61 : 1;
	for (let at = 0; at < bytes.length; at += stride) sum = (Math.imul(sum, 31) + bytes[at]!) | 0;
	return sum;
}
