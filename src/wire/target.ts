// SPDX-License-Identifier: MIT

/** A host name or an IPv4 literal, a port, and what lies between TCP and the protocol. */
export interface StreamTarget {
	readonly host: string;
	readonly port: number;
	/** TLS (mqtts, wss); plain TCP when absent. The driver looks at it. */
	readonly tls?: TLSSettings;
	/** WebSocket frames (ws, wss), and the path, with its query, to ask for. A WebSocketStream looks at it; without one it does nothing. */
	readonly webSocket?: { readonly path: string };
}

/** A certificate or key: PEM, as text or as its bytes, which may hold several certificates, or the DER bytes of one. */
export type Credential = string | Uint8Array;

/** With whom TLS is spoken, and as who. */
export interface TLSSettings {
	/** The authorities to trust; those of the platform when absent. */
	readonly ca?: Credential;
	/** The certificate that we show, with its `key`; in PEM, the rest of its chain may follow. */
	readonly certificate?: Credential;
	/** The private key of `certificate`: PKCS #8, not encrypted. */
	readonly key?: Credential;
	/** The application protocols to offer (RFC 7301), the best first. */
	readonly alpn?: readonly string[];
	/** The name to ask for (SNI, RFC 6066 §3), which the peer's certificate must have; the host when absent. */
	readonly serverName?: string;
	/** False believes any peer: for experiments only. True when absent. */
	readonly verify?: boolean;
}
