// SPDX-License-Identifier: MIT
import type { OpenInterface } from "./interface.ts";

/** Why there is no network: what was lost, or why an attempt came to nothing. */
export type NetworkErrorCode =
	/** There is no such access point within reach. */
	| "NOT_FOUND"
	/** The access point is there and does not let us in; most often the password is wrong. */
	| "REFUSED"
	/** It ended, and the platform does not say why. */
	| "FAILED"
	| "TIMEOUT"
	/** There was a link, and no DHCP server that gave an address in time. */
	| "NO_ADDRESS"
	/** The access point is gone, or the cable. */
	| "LOST"
	/** The address was taken back. */
	| "ADDRESS_LOST"
	/** Nobody wants it any more. */
	| "CLOSED";

export type NetworkEvent =
	/** There is a network, or another address than before: no connection lasts. `network` is the access point's SSID. */
	| { state: "up"; address: string; network?: string }
	/** There is none any more, until `up`. */
	| { state: "down"; code: NetworkErrorCode; reason: string }
	/** An attempt came to nothing; `retry`: milliseconds until the next one. */
	| { state: "failed"; code: NetworkErrorCode; reason: string; network?: string; retry: number };

export interface LinkOptions {
	readonly open: OpenInterface;
	/** What the DHCP server is told that this is: 1 to 32 letters, digits and hyphens. */
	readonly hostName?: string;
	/** A number in [0, 1). */
	readonly random: () => number;
	onEvent(event: NetworkEvent): void;
	/** Milliseconds for DHCP to give an address; 45 s unless given. It asks again after 2, 4, 8 and 16 s. */
	readonly addressTimeout?: number;
	/** Milliseconds between looks at an interface that does not tell everything; 5 s unless given. */
	readonly poll?: number;
}

/** An access point that is known, and how it is asked. */
export interface WifiNetwork {
	/** 1 to 32 bytes of UTF-8. */
	readonly ssid: string;
	/** 8 to 63 bytes, or the key as 64 hexadecimal digits; absent or empty for an open network. */
	readonly password?: string;
}

export interface WifiOptions extends LinkOptions {
	/** In the order in which they are tried at first. */
	readonly networks: readonly WifiNetwork[];
	/** Milliseconds for an access point to let us in; 20 s unless given. */
	readonly connectTimeout?: number;
	/** The longest wait before an access point that was not there is looked for again; 30 s unless given. */
	readonly longestAbsent?: number;
	/**
	 * The longest wait before one that did not let us in is asked again; 3 min unless given. Some remember the station that was there before a
	 * reset and ignore the new one until it was silent for 90 s: half of this is the shortest of the longest waits.
	 */
	readonly longestRefused?: number;
}

/** The limits are lwIP's and 802.11's. Throws TypeError or RangeError. */
export function checkHostName(hostName: string | undefined): void {
	// XS does not count the repetitions within a group that may be absent.
	if (hostName === undefined || (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(hostName) && hostName.length <= 32)) return;
	throw new RangeError(`expected a host name of 1 to 32 letters, digits and hyphens, got "${hostName}"`);
}

export function checkNetworks(networks: readonly WifiNetwork[]): void {
	if (networks.length === 0) throw new RangeError("expected a Wi-Fi network at least, got none");
	for (const { ssid, password } of networks) {
		const size = sizeOf(ssid);
		if (size < 1 || size > 32) throw new RangeError(`expected an SSID of 1 to 32 bytes, got ${size}: "${ssid}"`);
		const length = sizeOf(password ?? "");
		if (length === 0 || (length >= 8 && length <= 63) || (length === 64 && /^[0-9a-f]+$/i.test(password!))) continue;
		// Whoever reads logs is not to learn it.
		throw new RangeError(`expected a password of 8 to 63 bytes for "${ssid}", got ${length}`);
	}
}

function sizeOf(text: string): number {
	return new TextEncoder().encode(text).length;
}
