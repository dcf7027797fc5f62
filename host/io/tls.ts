// SPDX-License-Identifier: MIT
import { isIP } from "node:net";
import { checkServerIdentity, connect, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import type { Credential, TLSOptions, TLSSettings } from "../../src/drive/index.ts";
import { checkAddress, checkPort } from "./check.ts";
import { Connection } from "./connection.ts";
import { TCP } from "./tcp.ts";

/** What node:tls adds to its errors. */
interface NodeError extends Error {
	code?: string;
	reason?: string;
}

/** A TLS client on node:tls, with TCP's contract and its limits. `onError` says why a handshake failed, or what the peer's alert was. */
export class TLS extends TCP {
	/** Throws TypeError or RangeError when an option is wrong, or ca, certificate and key cannot be used. */
	constructor(options: TLSOptions) {
		super({ ...options, from: dial(options) });
	}
}

/** Milliseconds that a server has to say what it thinks of our certificate, before anything is sent to it. */
const GRACE = 100;

class SecureConnection extends Connection {
	private readonly secure: TLSSocket;

	constructor(socket: TLSSocket) {
		super(socket, "secureConnect");
		this.secure = socket;
	}

	/**
	 * In TLS 1.3 the server looks at our certificate when the handshake is over for us already, and hangs up after its alert, which is lost
	 * when a write fails before it was read. A server that is content sends a ticket (RFC 8446 §4.6.1) first of all, most often.
	 */
	protected override opened(): void {
		const { secure } = this;
		if (secure.getProtocol() !== "TLSv1.3") {
			super.opened();
			return;
		}
		const proceed = () => {
			clearTimeout(timer);
			secure.off("session", proceed).off("data", proceed);
			if (!secure.destroyed) super.opened();
		};
		const timer = setTimeout(proceed, GRACE);
		secure.once("session", proceed).once("data", proceed);
		secure.once("close", () => clearTimeout(timer));
	}

	protected override reason(error: NodeError): Error | undefined {
		const text = explanation(error) ?? this.early(error);
		return text === undefined ? super.reason(error) : new Error(text, { cause: error });
	}

	/** What a reset means before the server said anything: most often an alert that was lost with it. */
	private early({ code, message }: NodeError): string | undefined {
		if (!this.connected || this.heard || (code !== "ECONNRESET" && code !== "EPIPE")) return undefined;
		return `the peer hung up right after the TLS handshake, as when it refuses a certificate: ${message}`;
	}
}

function dial({ address, port, host, secure }: TLSOptions): Connection {
	const name = secure.serverName ?? host;
	const socket = connect({
		host: checkAddress(address),
		port: checkPort(port),
		secureContext: secureContext(secure),
		rejectUnauthorized: secure.verify ?? true,
		// An address is no name that can be asked for, RFC 6066 §3.
		servername: isIP(name) ? undefined : name,
		checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
		ALPNProtocols: secure.alpn && [...secure.alpn],
	});
	return new SecureConnection(socket);
}

function secureContext({ ca, certificate, key }: TLSSettings): SecureContext {
	if ((certificate === undefined) !== (key === undefined))
		throw new TypeError(`expected a certificate and its key, got only a ${key === undefined ? "certificate" : "key"}`);
	const options = {
		ca: ca && pem("ca", "CERTIFICATE", ca),
		cert: certificate && pem("certificate", "CERTIFICATE", certificate),
		key: key && pem("key", "PRIVATE KEY", key),
	};
	try {
		return createSecureContext(options);
	} catch (error) {
		const { reason, message } = error as NodeError;
		throw new TypeError(`expected a usable ca, certificate and key, got: ${reason ?? message}`, { cause: error });
	}
}

/** `credential` as PEM, all that node:tls takes. Throws TypeError when it has nothing with that label in it. */
function pem(name: string, label: string, credential: Credential): string {
	const isDER = typeof credential !== "string" && credential[0] === 0x30;
	if (isDER) {
		const lines = Buffer.from(credential).toString("base64").replaceAll(/.{64}/g, "$&\n");
		return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
	}
	const text = typeof credential === "string" ? credential : Buffer.from(credential).toString();
	// Node takes any text as ca, and trusts nobody then.
	if (!text.includes(`${label}-----`)) throw new TypeError(`expected ${name} as PEM or DER of a ${label}, got neither`);
	return text;
}

/** What an error of OpenSSL's means, for people; undefined when it is another's, which says it well itself. */
function explanation({ code, reason }: NodeError): string | undefined {
	if (reason === undefined || !code?.startsWith("ERR_SSL_")) return undefined;
	const alert = / alert (.*)/.exec(reason)?.[1];
	if (alert !== undefined) return `the peer refused TLS: ${alert}`;
	if (reason === "wrong version number") return "the peer does not speak TLS on this port: wrong version number";
	return `TLS failed: ${reason}`;
}
