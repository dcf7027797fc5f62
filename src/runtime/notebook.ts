// SPDX-License-Identifier: MIT

/** What a device keeps when its power is off: the SDK's module `preference`, with names of 15 characters at most. `set` may throw when there is no room. */
export interface Notebook {
	get(domain: string, name: string): unknown;
	set(domain: string, name: string, value: string | number): void;
	delete(domain: string, name: string): void;
}
