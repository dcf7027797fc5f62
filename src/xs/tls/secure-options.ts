// SPDX-License-Identifier: MIT
import type { TLSSettings } from "../../drive/index.ts";
import { derParts } from "./der.ts";

/** What the SDK's `ssl/session` takes, as far as it is used. */
export interface SecureOptions {
	serverName: string;
	verify: boolean;
	/** An authority beside those that are built in. */
	certificate?: ArrayBuffer;
	clientCertificates?: ArrayBuffer[];
	clientKey?: ArrayBuffer;
	applicationLayerProtocolNegotiation?: string[];
	/** Whether the session is kept under the server's name, and resumed by whoever connects to it next. */
	cache?: boolean;
}

/** rsaEncryption, 1.2.840.113549.1.1.1, in DER. */
const RSA = "06092a864886f70d010101";

/** `settings` as the SDK wants them. Throws TypeError for what it cannot do: it has one authority and RSA keys only. */
export function secureOptions(settings: TLSSettings, host: string): SecureOptions {
	const { ca, certificate, key, alpn, verify = true } = settings;
	const options: SecureOptions = { serverName: settings.serverName ?? host, verify };
	// Who verifies must not resume the session of a server that nobody verified.
	if (!verify) options.cache = false;
	if (ca !== undefined) {
		const authorities = derParts("ca", "CERTIFICATE", ca);
		if (authorities.length > 1)
			throw new TypeError(`expected one authority in ca, as the device takes no more, got ${authorities.length}`);
		options.certificate = authorities[0]!;
	}
	if ((certificate === undefined) !== (key === undefined))
		throw new TypeError(`expected a certificate and its key, got only a ${key === undefined ? "certificate" : "key"}`);
	if (certificate !== undefined && key !== undefined) {
		options.clientCertificates = derParts("certificate", "CERTIFICATE", certificate);
		options.clientKey = derParts("key", "PRIVATE KEY", key)[0]!;
		if (!isRSA(options.clientKey))
			throw new TypeError("expected an RSA key in PKCS #8, as the device signs with no other, got another");
	}
	if (alpn !== undefined && alpn.length > 0) options.applicationLayerProtocolNegotiation = alpn.slice();
	return options;
}

/** Whether a PKCS #8 key's algorithm (RFC 5958 §2), which is near its beginning, is RSA. */
function isRSA(key: ArrayBuffer): boolean {
	const bytes = new Uint8Array(key);
	let hex = "";
	for (let at = 0; at < bytes.length && at < 32; at++) hex += (256 + bytes[at]!).toString(16).slice(1);
	return hex.includes(RSA);
}
