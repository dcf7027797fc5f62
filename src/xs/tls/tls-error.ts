// SPDX-License-Identifier: MIT

/** The SDK's `error` in words: it has terse ones, numbers of alerts, and errors without any. */
export function tlsError(error: unknown): Error {
	const message = error instanceof Error ? error.message : String(error);
	return new Error(explanation(message), { cause: error });
}

function explanation(message: string): string {
	const alert = "alert: ";
	if (message.startsWith(alert)) {
		const description = Number(message.slice(message.indexOf(",") + 1));
		return `the peer refused TLS: ${alertName(description)}`;
	}
	switch (message) {
		case "certificate: auth err":
			return "the peer's certificate is not trusted: it has another name, an unknown authority or has expired, or the clock is not set";
		case "invalid buffer (in comp)":
			return "a certificate of an authority lacks the key identifier by which the SDK finds authorities";
		case "date validation failed":
			return "a certificate of ca is not valid now, or the clock is not set";
		case "":
			return "TLS failed: the peer sent what is no TLS";
	}
	return `TLS failed: ${message}`;
}

/** RFC 5246 §7.2, RFC 8446 §6. */
function alertName(description: number): string {
	switch (description) {
		case 10:
			return "unexpected message";
		case 20:
			return "bad record MAC";
		case 40:
			return "handshake failure";
		case 42:
			return "bad certificate";
		case 43:
			return "unsupported certificate";
		case 44:
			return "certificate revoked";
		case 45:
			return "certificate expired";
		case 46:
			return "certificate unknown";
		case 47:
			return "illegal parameter";
		case 48:
			return "unknown ca";
		case 49:
			return "access denied";
		case 50:
			return "decode error";
		case 51:
			return "decrypt error";
		case 70:
			return "protocol version";
		case 71:
			return "insufficient security";
		case 80:
			return "internal error";
		case 112:
			return "unrecognized name";
		case 116:
			return "certificate required";
		case 120:
			return "no application protocol";
	}
	return `alert ${description}`;
}
