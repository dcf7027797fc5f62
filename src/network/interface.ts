// SPDX-License-Identifier: MIT

/** What a network interface is connected to, in steps, as ECMA-419 interfaces of Moddable 8.2 count them. */
export const DISCONNECTED = 200;
/** It has a link: a cable, or an access point that let it in. */
export const LINKED = 400;
/** It has its addresses, the IPv6 one for its link too. */
export const ADDRESSED = 500;

/** An access point within reach. */
export interface AccessPoint {
	readonly SSID: string;
}

/** The name of an access point and what it asks for; the SDK wants no `password` at all for an open one. */
export interface AccessPointOptions {
	readonly SSID: string;
	readonly password?: string;
}

/**
 * A network interface, as far as Moddable's `embedded:network/interface/wifi` and `…/ethernet` (8.2) are used. Its changes are told to whoever
 * opened it, never from inside a call, and not all of them: not that an address was replaced by another.
 */
export interface NetworkInterface {
	/** 200 or less: not connected; 300 or more: about to be; then LINKED and ADDRESSED. */
	readonly connection: number;
	/** The IPv4 address or, as long as there is none, perhaps an IPv6 one for its link. */
	readonly address: string | undefined;
	/** The strength of the access point's signal, in dBm. */
	readonly RSSI?: number | undefined;
	/** Begins to connect; what a wired interface is given it does not look at. Throws while it is connecting. */
	connect(options?: AccessPointOptions): void;
	/** Ends what there is; that of an attempt is told later, as if it were that of the next. */
	disconnect(): void;
	/** Throws when the host name cannot be. */
	configure(options: { hostname: string }): void;
	/** Looks for access points; absent where there are none. Throws while it cannot. */
	scan?(options: { onFound(accessPoint: AccessPoint): void; onComplete(): void }): void;
}

/** Opens an interface; `onChanged` is called after its connection or address changed. */
export type OpenInterface = (onChanged: () => void) => NetworkInterface;
