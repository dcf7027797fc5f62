// SPDX-License-Identifier: MIT

/** Why a WebSocket was not accepted, or ended. */
export class WebSocketError extends Error {
	override name = "WebSocketError";
	/** The HTTP status of a refusal; undefined when it was something else. */
	readonly status: number | undefined;
	/** The code that the peer closed with, or that it was closed with; undefined when there was none (RFC 6455 §7.4.1). */
	readonly code: number | undefined;

	constructor(message: string, code?: number, status?: number) {
		super(message);
		this.code = code;
		this.status = status;
	}
}
