// SPDX-License-Identifier: MIT

/** A tool that was started failed; the message says why, in a sentence. Ends the command with code 1. */
export class BuildFailure extends Error {
	override name = "BuildFailure";
}
