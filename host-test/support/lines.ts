// SPDX-License-Identifier: MIT

/** How long a line is waited for, in milliseconds, before its absence is the failure of a test. */
const PATIENCE = 20_000;

/** Text that comes in pieces, as lines that can be waited for. */
export class Lines {
	/** Every whole line so far. */
	readonly all: string[] = [];
	private partial = "";
	private next = 0;
	private ended = false;
	private changed: () => void = () => {};

	push(text: string): void {
		const lines = (this.partial + text).split("\n");
		this.partial = lines.pop()!;
		this.all.push(...lines);
		this.changed();
	}

	/** Nothing more will come: what is left is a line, and waiting for another fails. */
	end(): void {
		if (this.partial) this.push("\n");
		this.ended = true;
		this.changed();
	}

	/** Waits for a line that matches, from the one after that which was returned last. Throws when none comes. */
	line(pattern: RegExp): Promise<string> {
		return new Promise((resolve, reject) => {
			const fail = (why: string) => {
				stop();
				reject(new Error(`no line like ${pattern} ${why}, in\n${this.all.slice(this.next).join("\n") || "nothing"}`));
			};
			const timer = setTimeout(() => fail(`in ${PATIENCE / 1000} s`), PATIENCE);
			const stop = () => {
				clearTimeout(timer);
				this.changed = () => {};
			};
			this.changed = () => {
				const at = this.all.findIndex((line, at) => at >= this.next && pattern.test(line));
				if (at < 0) return this.ended ? fail("until the end") : undefined;
				stop();
				this.next = at + 1;
				resolve(this.all[at]!);
			};
			this.changed();
		});
	}
}
