// SPDX-License-Identifier: MIT

// RFC 6455 §7.4.1 and the registry of §11.7.
export const NORMAL = 1000;
export const GOING_AWAY = 1001;
export const PROTOCOL_ERROR = 1002;
export const UNSUPPORTED_DATA = 1003;
export const NO_STATUS = 1005;
export const INVALID_PAYLOAD = 1007;
export const POLICY_VIOLATION = 1008;
export const TOO_BIG = 1009;
export const MANDATORY_EXTENSION = 1010;
export const INTERNAL_ERROR = 1011;
export const SERVICE_RESTART = 1012;
export const TRY_AGAIN_LATER = 1013;
export const BAD_GATEWAY = 1014;

/** Whether `code` may be in a Close frame (§7.4). */
export function isSendable(code: number): boolean {
	return (
		(code >= NORMAL && code <= BAD_GATEWAY && (code <= UNSUPPORTED_DATA || code >= INVALID_PAYLOAD)) ||
		(code >= 3000 && code <= 4999)
	);
}

/** `code` and its name, for people. */
export function closeCodeText(code: number): string {
	const name = nameOf(code);
	return name === undefined ? String(code) : `${code} ${name}`;
}

function nameOf(code: number): string | undefined {
	switch (code) {
		case NORMAL:
			return "normal closure";
		case GOING_AWAY:
			return "going away";
		case PROTOCOL_ERROR:
			return "protocol error";
		case UNSUPPORTED_DATA:
			return "unsupported data";
		case NO_STATUS:
			return "no status";
		case INVALID_PAYLOAD:
			return "invalid payload";
		case POLICY_VIOLATION:
			return "policy violation";
		case TOO_BIG:
			return "message too big";
		case MANDATORY_EXTENSION:
			return "mandatory extension";
		case INTERNAL_ERROR:
			return "internal error";
		case SERVICE_RESTART:
			return "service restart";
		case TRY_AGAIN_LATER:
			return "try again later";
		case BAD_GATEWAY:
			return "bad gateway";
	}
	return undefined;
}
