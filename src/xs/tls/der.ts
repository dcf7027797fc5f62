// SPDX-License-Identifier: MIT
import type { Credential } from "../../drive/index.ts";

const DASHES = "-----";

/** The DER in `credential`, which are parts labelled `label` when it is PEM (RFC 7468). Throws TypeError when there is none. */
export function derParts(name: string, label: string, credential: Credential): ArrayBuffer[] {
	if (typeof credential !== "string") {
		// SEQUENCE, as all certificates and keys begin.
		if (credential[0] === 0x30) return [credential.slice().buffer as ArrayBuffer];
		return derParts(name, label, new TextDecoder().decode(credential));
	}
	const begin = `${DASHES}BEGIN ${label}${DASHES}`;
	const parts: ArrayBuffer[] = [];
	for (let at = credential.indexOf(begin); at >= 0; at = credential.indexOf(begin, at)) {
		at += begin.length;
		const end = credential.indexOf(DASHES, at);
		parts.push(fromBase64(name, credential.slice(at, end < 0 ? credential.length : end)));
	}
	if (parts.length === 0) throw new TypeError(`expected ${name} as PEM or DER of a ${label}, got neither`);
	return parts;
}

/** RFC 4648 §4; white space and padding mean nothing. */
function fromBase64(name: string, text: string): ArrayBuffer {
	const bytes = new Uint8Array((text.length * 3) >> 2);
	let length = 0;
	let bits = 0;
	let count = 0;
	for (let at = 0; at < text.length; at++) {
		const character = text.charCodeAt(at);
		if (character <= 0x20 || character === 0x3d) continue;
		bits = ((bits << 6) | sextet(name, character)) & 0xffff;
		count += 6;
		if (count < 8) continue;
		count -= 8;
		bytes[length++] = bits >> count;
	}
	return bytes.slice(0, length).buffer;
}

function sextet(name: string, character: number): number {
	if (character >= 0x41 && character <= 0x5a) return character - 0x41;
	if (character >= 0x61 && character <= 0x7a) return character - 0x61 + 26;
	if (character >= 0x30 && character <= 0x39) return character - 0x30 + 52;
	if (character === 0x2b) return 62;
	if (character === 0x2f) return 63;
	throw new TypeError(`expected base64 in ${name}, got "${String.fromCharCode(character)}"`);
}
