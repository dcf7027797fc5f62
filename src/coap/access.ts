// SPDX-License-Identifier: MIT
// Who may do what with a resource.
import * as Code from "./code.ts";

/** Whoever asks; whoever has shown by security who it is; or those subjects only. */
export type Who = "anyone" | "secured" | readonly string[];

/** Who may do what. What is left out is for `others`. */
export interface Access {
	get?: Who;
	put?: Who;
	post?: Who;
	delete?: Who;
	fetch?: Who;
	patch?: Who;
	ipatch?: Who;
	/** Who may observe it, of those who may GET it: others are answered once. */
	observe?: Who;
	/** "anyone" when absent. */
	others?: Who;
}

const KEYS = ["", "get", "post", "put", "delete", "fetch", "patch", "ipatch"] as const;

/** The code that refuses a method to `subject`, or 0: Unauthorized to who has not shown who it is, Forbidden to who is another (RFC 7252 §5.9.2). */
export function refusedAccess(access: Access, method: number, subject: string | undefined): number {
	return refused(access[KEYS[method] || "others"] ?? access.others, subject);
}

/** Whether `subject` may observe. */
export function mayObserve(access: Access, subject: string | undefined): boolean {
	return refused(access.observe ?? access.others, subject) === 0;
}

function refused(who: Who = "anyone", subject: string | undefined): number {
	if (who === "anyone") return 0;
	if (subject === undefined) return Code.UNAUTHORIZED;
	return who === "secured" || who.includes(subject) ? 0 : Code.FORBIDDEN;
}
