// SPDX-License-Identifier: MIT
import { connect as connectTCP, createServer as createTCPServer, type Server, type Socket } from "node:net";
import { connect, createServer, type TLSSocketOptions } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KeyExchangeGuard } from "../../src/xs/tls/key-exchange.ts";
import { Authority, type Identity } from "../support/certificates.ts";

const HANDSHAKE = 22;
const SERVER_KEY_EXCHANGE = 12;

let authority: Authority;
const identities: Record<string, Identity> = {};

beforeAll(() => {
	authority = new Authority("handshakes");
	for (const algorithm of ["RSA", "EC"] as const)
		identities[algorithm] = authority.issue("server", { names: ["IP:127.0.0.1"], algorithm });
});
afterAll(() => authority.remove());

function listening(server: Server): Promise<number> {
	return new Promise((resolve) => {
		server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
	});
}

/** What OpenSSL's server sends of a TLS 1.2 handshake with this suite to a client that offers what the SDK offers. */
async function handshake(ciphers: string, identity: Identity): Promise<Uint8Array> {
	const chunks: Buffer[] = [];
	const server = createServer({ cert: identity.certificate, key: identity.key, ciphers, dhparam: "auto" } as object);
	const port = await listening(server);
	const sockets: Socket[] = [];
	const between = createTCPServer((client) => {
		const upstream = connectTCP(port, "127.0.0.1");
		sockets.push(client, upstream);
		upstream.on("data", (chunk) => chunks.push(Buffer.from(chunk)));
		upstream.pipe(client).pipe(upstream);
	});
	const options = {
		ciphers,
		maxVersion: "TLSv1.2",
		ecdhCurve: "prime256v1",
		sigalgs: "RSA+SHA256:ECDSA+SHA256",
		ca: authority.identity.certificate,
	};
	const client = connect({ host: "127.0.0.1", port: await listening(between), ...options } as TLSSocketOptions);
	await new Promise<void>((resolve, reject) => client.once("secureConnect", resolve).once("error", reject));
	for (const socket of [client, ...sockets]) socket.destroy();
	server.close();
	between.close();
	return new Uint8Array(Buffer.concat(chunks));
}

/** Where the body of the ServerKeyExchange begins; 0 when there is none. */
function keyExchangeAt(bytes: Uint8Array): number {
	const uint16 = (at: number) => (bytes[at]! << 8) | bytes[at + 1]!;
	for (let at = 0; bytes[at] === HANDSHAKE; at += 5 + uint16(at + 3)) {
		for (let message = at + 5; message < at + 5 + uint16(at + 3); ) {
			if (bytes[message] === SERVER_KEY_EXCHANGE) return message + 4;
			message += 4 + (bytes[message + 1]! << 16) + uint16(message + 2);
		}
	}
	return 0;
}

/** Where its two bytes of algorithms are. */
function algorithmsAt(bytes: Uint8Array, suite: string): number {
	let at = keyExchangeAt(bytes);
	if (suite.startsWith("ECDHE")) return at + 4 + bytes[at + 3]!;
	for (let i = 0; i < 3; i++) at += 2 + ((bytes[at]! << 8) | bytes[at + 1]!);
	return at;
}

function check(bytes: Uint8Array, piece = bytes.length): KeyExchangeGuard {
	const guard = new KeyExchangeGuard();
	for (let at = 0; at < bytes.length; at += piece) guard.check(bytes.subarray(at, at + piece));
	return guard;
}

describe.each([
	["ECDHE-RSA-AES128-GCM-SHA256", "RSA", [4, 1]],
	["ECDHE-RSA-AES128-SHA256", "RSA", [4, 1]],
	["ECDHE-ECDSA-AES128-GCM-SHA256", "EC", [4, 3]],
	["DHE-RSA-AES128-GCM-SHA256", "RSA", [4, 1]],
])("the handshake of OpenSSL with %s", (suite, key, algorithms) => {
	let bytes: Uint8Array;
	beforeAll(async () => {
		bytes = await handshake(suite, identities[key]!);
	});

	test("passes, however it is cut, and is over when it is encrypted", () => {
		const at = algorithmsAt(bytes, suite);
		expect([...bytes.subarray(at, at + 2)]).toEqual(algorithms);
		for (const piece of [1, 2, 3, 5, 7, 64, bytes.length]) expect(check(bytes, piece).over).toBe(true);
	});

	test.each([
		["no hash", [0, 1]],
		["no signature", [4, 0]],
		["neither", [0, 0]],
		["SHA-1", [2, 1]],
		["a hash that is not known", [9, 1]],
		["RSA-PSS, which was not offered", [8, 4]],
		["DSA", [4, 2]],
	])("does not with %s", (_, forged) => {
		const changed = bytes.slice();
		changed.set(forged, algorithmsAt(bytes, suite));
		const message = `serverKeyExchange: expected a signature of RSA or ECDSA with SHA-256, got ${forged.join("/")}`;
		for (const piece of [1, 5, bytes.length]) expect(() => check(changed, piece)).toThrow(message);
	});

	test("does not when it is said to be shorter, longer or without end", () => {
		const at = keyExchangeAt(bytes);
		for (const size of [0, 1, 3, 5, 70]) {
			const changed = bytes.slice();
			changed.set([0, 0, size], at - 3);
			expect(() => check(changed)).toThrow("serverKeyExchange");
		}
		const changed = bytes.slice();
		changed.set([1, 0, 0], at - 3);
		expect(() => check(changed)).toThrow("serverKeyExchange: too long");
	});
});

test("a key exchange by the certificate's own key has none to be signed", async () => {
	const bytes = await handshake("AES128-SHA256", identities.RSA!);
	expect(keyExchangeAt(bytes)).toBe(0);
	expect(check(bytes).over).toBe(true);
});

test("one before ServerHello is looked at, too", () => {
	const message = [SERVER_KEY_EXCHANGE, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0];
	expect(() => check(Uint8Array.from([HANDSHAKE, 3, 3, 0, message.length, ...message]))).toThrow("got 0/0");
});

test("after ChangeCipherSpec nothing is looked at, since it is encrypted", () => {
	const guard = check(Uint8Array.of(20, 3, 3, 0, 1, 1));
	expect(guard.over).toBe(true);
	guard.check(Uint8Array.of(HANDSHAKE, 3, 3, 0, 4, SERVER_KEY_EXCHANGE, 0, 0, 0));
});
