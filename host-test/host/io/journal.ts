// SPDX-License-Identifier: MIT
import type { TCPOptions } from "../../../src/drive/index.ts";

/** What happened, in order, one line each; a test waits for lines instead of sleeping. */
export class Journal {
	readonly lines: string[] = [];
	private waiting: (() => void)[] = [];

	note(line: string): void {
		this.lines.push(line);
		for (const wake of this.waiting.splice(0)) wake();
	}

	/** Waits for the next line. */
	changed(): Promise<void> {
		return new Promise((resolve) => this.waiting.push(resolve));
	}

	/** Waits until `count` lines equal `line`. */
	async has(line: string, count = 1): Promise<void> {
		while (this.lines.filter((other) => other === line).length < count) await this.changed();
	}

	/** TCP callbacks that note what they were told. */
	tcp(): Required<Pick<TCPOptions, "onReadable" | "onWritable" | "onError">> {
		return {
			onReadable: (count) => this.note(`readable ${count}`),
			onWritable: (count) => this.note(`writable ${count}`),
			onError: (...details) => this.note(["error", ...details.map((error) => error?.message)].join(" ")),
		};
	}
}

/** Everything that was due by now has called back. */
export async function settled(): Promise<void> {
	for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
