// SPDX-License-Identifier: MIT
import type { ResetReason } from "../device.ts";
import type { Notebook } from "./notebook.ts";

const DOMAIN = "katydid-boot";
const FAILED = "failed";
const CRASH = "crash";
const COUNT = "count";
/** So many starts in a row that came to nothing are the application's fault. */
const TOO_MANY = 3;
const LONGEST_REASON = 300;

/**
 * Counts starts, and those that come to nothing, so that an application that crashes when it starts does not do so for ever. `begin` once, early; `survived`
 * when it has run for a while; `crashed` when it is about to end.
 */
export class Boots {
	/** Starts in a row, before this one, that did not survive. */
	readonly failed: number;
	/** The number of this start, from 1 on. */
	readonly count: number;
	/** What ended the last one, as far as it could be noted. */
	readonly crash: string | undefined;
	private readonly notebook: Notebook;

	/** Switching the power off and on is how people say: try again. */
	constructor(notebook: Notebook, reason: ResetReason | undefined) {
		this.notebook = notebook;
		const failed = reason === "power" ? 0 : this.read(FAILED);
		const crash = this.read(CRASH);
		const count = this.read(COUNT);
		this.failed = typeof failed === "number" && failed > 0 ? failed : 0;
		this.count = typeof count === "number" && count > 0 ? count + 1 : 1;
		this.crash = typeof crash === "string" ? crash : undefined;
	}

	/** The application is not to be started. */
	get safe(): boolean {
		return this.failed >= TOO_MANY;
	}

	/** This start begins; until `survived` it is one that came to nothing. In safe mode it does not count: the next one tries again, once. */
	begin(): void {
		if (this.crash !== undefined) this.forget(CRASH);
		this.write(COUNT, this.count);
		this.write(FAILED, this.safe ? TOO_MANY - 1 : this.failed + 1);
	}

	survived(): void {
		this.forget(FAILED);
	}

	/** Notes why it ends, for the next start to tell. */
	crashed(reason: string): void {
		this.write(CRASH, reason.slice(0, LONGEST_REASON));
	}

	private read(name: string): unknown {
		try {
			return this.notebook.get(DOMAIN, name);
		} catch {
			return undefined;
		}
	}

	private write(name: string, value: string | number): void {
		try {
			this.notebook.set(DOMAIN, name, value);
		} catch {
			// Without room nothing is counted, and the application is started.
		}
	}

	private forget(name: string): void {
		try {
			this.notebook.delete(DOMAIN, name);
		} catch {
			// The same.
		}
	}
}
