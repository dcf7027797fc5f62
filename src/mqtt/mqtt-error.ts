// SPDX-License-Identifier: MIT
import { FormatError } from "../wire/index.ts";
import type { Properties } from "./property.ts";
import { reasonCodeOf, UNSPECIFIED_ERROR } from "./reason-code.ts";

/** What happened, for programs: the `code` of an MqttError. */
export type MqttErrorCode =
	// Reasons why a connection ended, or was not made.
	| "CONNECT_FAILED"
	| "CONNECT_TIMEOUT"
	| "CONNACK_TIMEOUT"
	| "CONNECTION_REFUSED"
	| "CONNECTION_LOST"
	| "PING_TIMEOUT"
	| "BROKEN_FORMAT"
	| "SESSION_UNKNOWN"
	| "SESSION_DISCARDED"
	| "DISCONNECTED"
	| "AUTHENTICATION_FAILED"
	| "STORE_FAILED"
	| "PAYLOAD_FAILED"
	| "CLOSED"
	// What the connection survives.
	| "SUBSCRIPTION_REFUSED"
	| "PUBLISH_REFUSED"
	| "DROPPED"
	| "REPLACED"
	| "CALLBACK";

/** Something went wrong between this client and its broker, or in a callback of the application. */
export class MqttError extends Error {
	override name = "MqttError";
	readonly code: MqttErrorCode;
	/** The code that the broker sent (a return code in 3.1.1), or that its mistake deserves (5.0 §2.4). */
	readonly reasonCode: number | undefined;
	/** What the broker's CONNACK or DISCONNECT said beside its code (5.0). */
	readonly properties: Properties | undefined;

	constructor(code: MqttErrorCode, message: string, reasonCode?: number, cause?: unknown, properties?: Properties) {
		super(message, cause === undefined ? undefined : { cause });
		this.code = code;
		this.reasonCode = reasonCode;
		this.properties = properties;
	}
}

/** What `error`, thrown while a packet was read, says of the broker; or of the store, which is the only other that can fail then. */
export function failure(error: unknown): MqttError {
	if (error instanceof MqttError) return error;
	const { message } = error as Error;
	if (!(error instanceof FormatError)) {
		return new MqttError("STORE_FAILED", `the session could not be kept: ${message}`, UNSPECIFIED_ERROR, error);
	}
	return new MqttError(
		"BROKEN_FORMAT",
		`the broker sent what is not MQTT: ${message}`,
		reasonCodeOf(error.code),
		error,
	);
}
