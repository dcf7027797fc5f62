// SPDX-License-Identifier: MIT

/** What the user asked for cannot be; the message says what, and what to do. Ends the command with code 2. */
export class UsageError extends Error {
	override name = "UsageError";
}
