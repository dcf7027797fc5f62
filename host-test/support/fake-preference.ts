// SPDX-License-Identifier: MIT
import type { Preference } from "../../src/xs/preference-store.ts";

/** The SDK's `preference` on an ESP32, with its limits, whose power can be cut at each change of flash: `set` is two, as it removes before it writes. */
export class FakePreference implements Preference {
	/** By domain and name. */
	values = new Map<string, unknown>();
	/** Changes of flash. */
	steps = 0;
	sets = 0;
	/** After how many steps the power is cut. */
	cutAt = Number.POSITIVE_INFINITY;
	dead = false;
	/** Bytes that there is room for. */
	room = Number.POSITIVE_INFINITY;
	/** When true, nothing can be deleted. */
	stuck = false;
	/** Whether names come last first. */
	backwards = false;

	/** The device starts again. */
	reboot(): void {
		this.dead = false;
		this.cutAt = Number.POSITIVE_INFINITY;
	}

	set(domain: string, name: string, value: ArrayBuffer): void {
		check(domain, name);
		if (!(value instanceof ArrayBuffer)) throw new Error("unsupported type");
		// Linux reads nothing back as one byte.
		if (value.byteLength < 1 || value.byteLength > 4000) throw new Error(`nvs set fail: ${value.byteLength} bytes`);
		this.sets++;
		if (this.values.has(`${domain}/${name}`)) this.step();
		this.values.delete(`${domain}/${name}`);
		let used = 0;
		this.values.forEach((other) => {
			used += (other as ArrayBuffer).byteLength;
		});
		if (used + value.byteLength > this.room) throw new Error("nvs set fail");
		this.step();
		this.values.set(`${domain}/${name}`, value.slice(0));
	}

	get(domain: string, name: string): unknown {
		check(domain, name);
		const value = this.values.get(`${domain}/${name}`);
		return value instanceof ArrayBuffer ? value.slice(0) : value;
	}

	delete(domain: string, name: string): void {
		check(domain, name);
		if (this.stuck) throw new Error("nvs erase fail");
		if (!this.values.has(`${domain}/${name}`)) return;
		this.step();
		this.values.delete(`${domain}/${name}`);
	}

	keys(domain: string): string[] {
		const names = Array.from(this.values.keys())
			.filter((name) => name.startsWith(`${domain}/`))
			.map((name) => name.slice(domain.length + 1));
		return this.backwards ? names.reverse() : names;
	}

	private step(): void {
		if (this.steps >= this.cutAt) this.dead = true;
		if (this.dead) throw new Error("the power is cut");
		this.steps++;
	}
}

function check(domain: string, name: string): void {
	if (domain.length < 1 || domain.length > 15) throw new Error(`nvs_open fail: "${domain}"`);
	if (name.length < 1 || name.length > 15) throw new Error(`nvs set fail: "${name}"`);
}
