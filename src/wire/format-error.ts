// SPDX-License-Identifier: MIT

/** The peer broke the format: `code` says how, `at` is the byte offset where. */
export class FormatError extends Error {
	override name = "FormatError";
	readonly code: string;
	readonly at: number;

	constructor(code: string, at: number) {
		super(`${code} at byte ${at}`);
		this.code = code;
		this.at = at;
	}
}
