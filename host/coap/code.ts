// SPDX-License-Identifier: MIT
import { Code } from "../../src/coap/index.ts";

/** What the codes of responses are called (RFC 7252 §12.1.2 and its successors). */
const NAMES: Readonly<Record<string, string>> = {
	"2.01": "Created",
	"2.02": "Deleted",
	"2.03": "Valid",
	"2.04": "Changed",
	"2.05": "Content",
	"2.31": "Continue",
	"4.00": "Bad Request",
	"4.01": "Unauthorized",
	"4.02": "Bad Option",
	"4.03": "Forbidden",
	"4.04": "Not Found",
	"4.05": "Method Not Allowed",
	"4.06": "Not Acceptable",
	"4.08": "Request Entity Incomplete",
	"4.09": "Conflict",
	"4.12": "Precondition Failed",
	"4.13": "Request Entity Too Large",
	"4.15": "Unsupported Content-Format",
	"4.22": "Unprocessable Entity",
	"4.29": "Too Many Requests",
	"5.00": "Internal Server Error",
	"5.01": "Not Implemented",
	"5.02": "Bad Gateway",
	"5.03": "Service Unavailable",
	"5.04": "Gateway Timeout",
	"5.05": "Proxying Not Supported",
	"5.08": "Hop Limit Reached",
};

/** The methods by name. */
export const METHODS = {
	GET: Code.GET,
	POST: Code.POST,
	PUT: Code.PUT,
	DELETE: Code.DELETE,
	FETCH: Code.FETCH,
	PATCH: Code.PATCH,
	iPATCH: Code.IPATCH,
} as const;

export type Method = keyof typeof METHODS;

/** A code as the RFC writes it, such as "2.05". */
export function codeText(code: number): string {
	return `${code >> 5}.${String(code & 31).padStart(2, "0")}`;
}

/** A code with its name, such as "4.04 Not Found". */
export function codeWithName(code: string): string {
	return code in NAMES ? `${code} ${NAMES[code]}` : code;
}
