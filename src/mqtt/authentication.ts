// SPDX-License-Identifier: MIT

/** An authentication method of 5.0 (§4.12), such as SCRAM-SHA-1; what its data are the method says. */
export interface Authentication {
	readonly method: string;
	/** What CONNECT carries; called for each connection. */
	start?(): Uint8Array | undefined;
	/** The broker asks on (0x18): what it is answered. What is thrown ends the connection. */
	onContinue(data: Uint8Array | undefined): Uint8Array | undefined;
	/** The broker is satisfied, with data by which it proves itself; throw to refuse it. */
	onSuccess?(data: Uint8Array | undefined): void;
}
