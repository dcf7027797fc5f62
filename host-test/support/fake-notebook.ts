// SPDX-License-Identifier: MIT
import type { Notebook } from "../../src/runtime/index.ts";

/** What a device keeps over its resets, with the limits of the SDK's `preference` on an ESP32. */
export class FakeNotebook implements Notebook {
	readonly values = new Map<string, string | number>();
	/** Changes of flash. */
	writes = 0;
	/** When true, nothing can be kept. */
	full = false;
	/** When true, nothing can be read. */
	broken = false;

	get(domain: string, name: string): unknown {
		if (this.broken) throw new Error("nvs get fail");
		return this.values.get(`${domain}/${name}`);
	}

	set(domain: string, name: string, value: string | number): void {
		if (domain.length > 15 || name.length > 15) throw new Error("nvs set fail");
		if (this.full || String(value).length > 4000) throw new Error("nvs set fail");
		this.writes++;
		this.values.set(`${domain}/${name}`, value);
	}

	delete(domain: string, name: string): void {
		if (this.full) throw new Error("nvs erase fail");
		if (this.values.delete(`${domain}/${name}`)) this.writes++;
	}
}
