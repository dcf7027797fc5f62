// SPDX-License-Identifier: MIT
// RFC 5246, the TLS that the SDK speaks.

// §6.2.1
const CHANGE_CIPHER_SPEC = 20;
const HANDSHAKE = 22;
const RECORD_HEADER = 5;
// §7.4
const SERVER_HELLO = 2;
const SERVER_KEY_EXCHANGE = 12;
const MESSAGE_HEADER = 4;
/** More than any of the two messages that matter has. */
const LONGEST = 8192;
// §7.4.1.4.1
const SHA256 = 4;
const RSA = 1;
const ECDSA = 3;
/** The SDK's cipher suites without ServerKeyExchange: the server's key in its certificate is what decrypts. */
const RSA_SUITES: readonly number[] = Object.freeze([0x002f, 0x0035, 0x003c, 0x003d]);
const ECDHE_SUITES = 0xc0;

/**
 * Reads along with the SDK's handshake, of which 8.2.3 does not verify a ServerKeyExchange that names no signature algorithm or one that it
 * does not know: anybody between could then give a key exchange of his own beside the server's certificate. §7.4.3 allows only what the
 * client offered, and the SDK offers SHA-256 with RSA or ECDSA, which it does verify.
 */
export class KeyExchangeGuard {
	/** What comes from now on is encrypted. */
	over = false;
	private readonly record = new Uint8Array(RECORD_HEADER);
	private recordAt = 0;
	/** Bytes of the record that are to come. */
	private left = 0;
	/** How much of a message there was; its header as a number; its body, if it matters. */
	private at = 0;
	private header = 0;
	private body: Uint8Array | undefined;
	private suite = 0;

	/** These bytes came next. Throws Error when they have a key exchange that nobody would verify. */
	check(bytes: Uint8Array): void {
		for (let at = 0; at < bytes.length && !this.over; at++) {
			const byte = bytes[at]!;
			if (this.left === 0) this.begin(byte);
			else {
				this.left--;
				if (this.record[0] === HANDSHAKE) this.take(byte);
			}
		}
	}

	private begin(byte: number): void {
		const { record } = this;
		record[this.recordAt++] = byte;
		if (this.recordAt < RECORD_HEADER) return;
		this.recordAt = 0;
		this.left = (record[3]! << 8) | record[4]!;
		this.over = record[0] === CHANGE_CIPHER_SPEC;
	}

	/** The next byte of the messages. */
	private take(byte: number): void {
		const at = this.at++;
		if (at >= MESSAGE_HEADER) {
			if (this.body !== undefined) this.body[at - MESSAGE_HEADER] = byte;
		} else {
			this.header = ((this.header << 8) | byte) >>> 0;
			if (this.at < MESSAGE_HEADER) return;
			const type = this.header >>> 24;
			const matters = type === SERVER_HELLO || type === SERVER_KEY_EXCHANGE;
			if (matters && this.size > LONGEST) throw new Error("serverKeyExchange: too long");
			this.body = matters ? new Uint8Array(this.size) : undefined;
		}
		if (this.at === MESSAGE_HEADER + this.size) this.finish();
	}

	private get size(): number {
		return this.header & 0xffffff;
	}

	private finish(): void {
		const { body } = this;
		this.at = 0;
		this.body = undefined;
		if (body === undefined) return;
		if (this.header >>> 24 === SERVER_HELLO) {
			// §7.4.1.3: version, random, the session's identifier, the suite.
			this.suite = uint16(body, 35 + body[34]!);
		} else if (!RSA_SUITES.includes(this.suite)) this.checkSignature(body);
	}

	private checkSignature(body: Uint8Array): void {
		let at = 0;
		// RFC 8422 §5.4: the kind of curve, its name, a point.
		if (this.suite >> 8 === ECDHE_SUITES) at = 4 + body[3]!;
		// §7.4.3: p, g and Ys.
		else for (let i = 0; i < 3; i++) at += 2 + uint16(body, at);
		const hash = body[at];
		const signature = body[at + 1];
		if (hash === SHA256 && (signature === RSA || signature === ECDSA)) return;
		throw new Error(`serverKeyExchange: expected a signature of RSA or ECDSA with SHA-256, got ${hash}/${signature}`);
	}
}

function uint16(bytes: Uint8Array, at: number): number {
	return (bytes[at]! << 8) | bytes[at + 1]!;
}
