// SPDX-License-Identifier: MIT
// Codes of RFC 7252 §12.1 and its successors, for an application to answer with: three bits of class, five of detail.

export const EMPTY = 0x00;

export const GET = 0x01;
export const POST = 0x02;
export const PUT = 0x03;
export const DELETE = 0x04;
export const FETCH = 0x05;
export const PATCH = 0x06;
export const IPATCH = 0x07;

export const CREATED = 0x41;
export const DELETED = 0x42;
export const VALID = 0x43;
export const CHANGED = 0x44;
export const CONTENT = 0x45;
export const CONTINUE = 0x5f;

export const BAD_REQUEST = 0x80;
export const UNAUTHORIZED = 0x81;
export const BAD_OPTION = 0x82;
export const FORBIDDEN = 0x83;
export const NOT_FOUND = 0x84;
export const METHOD_NOT_ALLOWED = 0x85;
export const NOT_ACCEPTABLE = 0x86;
export const REQUEST_ENTITY_INCOMPLETE = 0x88;
export const CONFLICT = 0x89;
export const PRECONDITION_FAILED = 0x8c;
export const REQUEST_ENTITY_TOO_LARGE = 0x8d;
export const UNSUPPORTED_CONTENT_FORMAT = 0x8f;
export const UNPROCESSABLE_ENTITY = 0x96;
export const TOO_MANY_REQUESTS = 0x9d;

export const INTERNAL_SERVER_ERROR = 0xa0;
export const NOT_IMPLEMENTED = 0xa1;
export const SERVICE_UNAVAILABLE = 0xa3;
export const PROXYING_NOT_SUPPORTED = 0xa5;

const METHODS = ["", "GET", "POST", "PUT", "DELETE", "FETCH", "PATCH", "iPATCH"] as const;

/** The method's name; its code as in "0.31" when it has none. */
export function methodName(code: number): string {
	return METHODS[code] || `0.${String(code).padStart(2, "0")}`;
}

/** The class of a code: 0 for requests, 2, 4 and 5 for responses. */
export function classOf(code: number): number {
	return code >> 5;
}
