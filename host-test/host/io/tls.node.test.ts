// SPDX-License-Identifier: MIT
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer as createPlainServer } from "node:net";
import { createServer, type TLSSocket, type TlsOptions } from "node:tls";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { freePort, TLS } from "../../../host/io/index.ts";
import type { TLSOptions, TLSSettings } from "../../../src/drive/index.ts";
import { Authority, derOf, type Identity } from "../../support/certificates.ts";
import { bytes, text } from "./bytes.ts";
import { Journal, settled } from "./journal.ts";
import { received } from "./peer.ts";

const WINDOW = 1536;

const authority = new Authority("Katydid test authority");
const stranger = new Authority("Somebody else");
const server = authority.issue("broker", { names: ["DNS:broker.local", "DNS:*.example.com", "IP:127.0.0.1"] });
const device = authority.issue("device");
const ca = authority.identity.certificate;

afterAll(() => {
	authority.remove();
	stranger.remove();
});

const shown = ({ certificate, key }: Identity) => ({ certificate, key });

/** A TLS server on loopback that takes one connection, closed after the test. */
async function serve(options: TlsOptions = {}): Promise<{ port: number; accepted: Promise<TLSSocket> }> {
	const listener = createServer({ cert: server.certificate, key: server.key, ...options }).listen(0, "127.0.0.1");
	await once(listener, "listening");
	onTestFinished(() => void listener.close());
	listener.on("tlsClientError", () => {});
	const accepted = new Promise<TLSSocket>((resolve) =>
		listener.once("secureConnection", (socket: TLSSocket) => {
			onTestFinished(() => void socket.destroy());
			resolve(socket.on("error", () => {}));
		}),
	);
	return { port: (listener.address() as AddressInfo).port, accepted };
}

/** A TLS instance that notes what it is told. */
function dial(port: number, secure: TLSSettings = {}, more: Partial<TLSOptions> = {}): { tls: TLS; journal: Journal } {
	const journal = new Journal();
	const where = { address: "127.0.0.1", port, host: "broker.local" };
	const tls = new TLS({ ...where, secure: { ca, ...secure }, ...journal.tcp(), ...more } as TLSOptions);
	onTestFinished(() => tls.close());
	return { tls, journal };
}

/** Both ends of a connection whose handshake is over. */
async function connected(secure: TLSSettings = {}, options: TlsOptions = {}) {
	const { port, accepted } = await serve(options);
	const ends = dial(port, secure);
	await ends.journal.has(`writable ${WINDOW}`);
	return { ...ends, port, peer: await accepted };
}

/** The line that a failed connection ends with. */
async function failure(journal: Journal): Promise<string> {
	for (;;) {
		const line = journal.lines.find((other) => other.startsWith("error"));
		if (line !== undefined) return line;
		await journal.changed();
	}
}

describe("TLS", () => {
	test("carries bytes both ways when the handshake is over, which the first onWritable says", async () => {
		const { port, accepted } = await serve();
		const { tls, journal } = dial(port);
		expect(() => tls.write(bytes("early"))).toThrow(/not connected/);
		expect(tls.read()).toBeUndefined();
		await journal.has(`writable ${WINDOW}`);
		expect(journal.lines).toEqual([`writable ${WINDOW}`]);
		expect(tls.write(bytes("hello"))).toBe(WINDOW - 5);
		const peer = await accepted;
		expect(String((await once(peer, "data"))[0])).toBe("hello");
		peer.write("welcome");
		await journal.has("readable 7");
		expect(text(tls.read(3))).toBe("wel");
		expect(() => tls.read(5)).toThrow(/expected 1 to 4 bytes to read, got 5/);
		expect(text(tls.read())).toBe("come");
		expect([tls.remoteAddress, tls.remotePort, tls.format]).toEqual(["127.0.0.1", port, "buffer"]);
	});

	test("has the limits of a device's socket, both ways", async () => {
		const { tls, journal, peer } = await connected();
		expect(() => tls.write(new Uint8Array(WINDOW + 1))).toThrow(/expected at most 1536 bytes to write, got 1537/);
		peer.write(new Uint8Array(5 * WINDOW).fill(7));
		let total = 0;
		while (total < 5 * WINDOW) {
			const read = tls.read();
			if (read === undefined) await journal.changed();
			else {
				expect(read.byteLength).toBeLessThanOrEqual(WINDOW);
				total += read.byteLength;
			}
		}
		expect(journal.lines).not.toContain("error");
	});

	test("asks for the host's name, or for serverName", async () => {
		expect((await connected()).peer.servername).toBe("broker.local");
		expect((await connected({ serverName: "a.example.com" })).peer.servername).toBe("a.example.com");
	});

	test("asks for no name when it has only an address, which the certificate must have", async () => {
		expect((await connected({ serverName: "127.0.0.1" })).peer.servername).toBe(false);
	});

	test("offers protocols (ALPN)", async () => {
		const offered = { alpn: ["x-other", "mqtt"] };
		expect((await connected(offered, { ALPNProtocols: ["mqtt"] })).peer.alpnProtocol).toBe("mqtt");
		expect((await connected({}, { ALPNProtocols: ["mqtt"] })).peer.alpnProtocol).toBe(false);
	});

	test("a protocol that the server does not have is refused by it", async () => {
		const { port } = await serve({ ALPNProtocols: ["mqtt"] });
		const { journal } = dial(port, { alpn: ["x-other"] });
		expect(await failure(journal)).toBe("error the peer refused TLS: no application protocol");
	});

	const forms: [string, TLSSettings][] = [
		["PEM text", { ca, ...shown(device) }],
		["the bytes of PEM", { ca: bytes(ca), certificate: bytes(device.certificate), key: bytes(device.key) }],
		["DER", { ca: derOf(ca), certificate: derOf(device.certificate), key: derOf(device.key) }],
		["several authorities", { ca: stranger.identity.certificate + ca, ...shown(device) }],
	];
	for (const [name, secure] of forms)
		for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const)
			test(`shows its certificate to a server that asks, over ${maxVersion}, given ${name}`, async () => {
				const { peer } = await connected(secure, { requestCert: true, ca, maxVersion });
				expect(peer.authorized).toBe(true);
				expect(peer.getPeerCertificate().subject.CN).toBe("device");
				expect(peer.getProtocol()).toBe(maxVersion);
			});
});

describe("TLS refuses a server", () => {
	const expired = authority.issue("broker", { names: ["DNS:broker.local"], expired: true });
	const strange = stranger.issue("broker", { names: ["DNS:broker.local"] });
	const rows: [string, Identity, TLSSettings, RegExp][] = [
		["whose certificate has expired", expired, {}, /^error certificate has expired$/],
		["of an unknown authority", strange, {}, /^error unable to verify the first certificate$/],
		["of an authority that only the platform could know", server, { ca: undefined }, /^error unable to verify/],
		["of another name", server, { serverName: "other.local" }, /^error Hostname\/IP does not match .*other\.local/],
		["of another address", server, { serverName: "127.0.0.2" }, /^error Hostname\/IP does not match .*127\.0\.0\.2/],
	];
	for (const [name, identity, secure, message] of rows) {
		test(name, async () => {
			const { port } = await serve({ cert: identity.certificate, key: identity.key });
			const { tls, journal } = dial(port, secure);
			expect(await failure(journal)).toMatch(message);
			await settled();
			expect(journal.lines).toHaveLength(1);
			expect(tls.write(bytes("x"))).toBeUndefined();
		});

		test(`${name}, but not when it shall verify none`, async () => {
			const { port } = await serve({ cert: identity.certificate, key: identity.key });
			const { journal } = dial(port, { ...secure, verify: false });
			await journal.has(`writable ${WINDOW}`);
		});
	}
});

// Node's server says nothing when a certificate is wrong: interop/tls.test.ts has a server that does.
for (const [maxVersion, reason] of [
	["TLSv1.2", "handshake failure"],
	["TLSv1.3", "certificate required"],
] as const)
	test(`TLS without the certificate that a server wants is refused by it, over ${maxVersion}`, async () => {
		const { port } = await serve({ requestCert: true, rejectUnauthorized: true, ca, maxVersion });
		expect(await failure(dial(port).journal)).toBe(`error the peer refused TLS: ${reason}`);
	});

describe("TLS end", () => {
	test("a connection that is refused gives onError with the reason", async () => {
		const port = await freePort("tcp", 0, "127.0.0.1");
		expect(await failure(dial(port).journal)).toBe(`error connect ECONNREFUSED 127.0.0.1:${port}`);
	});

	/** A server without TLS that does `greet` with each connection. */
	async function plain(greet: (socket: import("node:net").Socket) => void): Promise<number> {
		const listener = createPlainServer(greet).listen(0, "127.0.0.1");
		await once(listener, "listening");
		onTestFinished(() => void listener.close());
		return (listener.address() as AddressInfo).port;
	}

	test("a peer that speaks something else is said to", async () => {
		const port = await plain((socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
		expect(await failure(dial(port).journal)).toBe(
			"error the peer does not speak TLS on this port: wrong version number",
		);
	});

	test("a peer that hangs up during the handshake is said to", async () => {
		const port = await plain((socket) => void socket.once("data", () => socket.end()));
		expect(await failure(dial(port).journal)).toMatch(/^error .*before secure TLS connection was established/);
	});

	for (const [name, how] of [
		["a peer that closes", "end"],
		["a peer that vanishes", "destroy"],
	] as const)
		test(`${name} gives one onError, without argument, when all was read`, async () => {
			const { tls, journal, peer } = await connected();
			peer.write("last");
			await journal.has("readable 4");
			peer[how]();
			await settled();
			expect(journal.lines).not.toContain("error");
			expect(text(tls.read())).toBe("last");
			await journal.has("error");
			await settled();
			expect(journal.lines.filter((line) => line.startsWith("error"))).toEqual(["error"]);
		});

	test("close sends what was written before, and is the end of all callbacks", async () => {
		const { tls, journal, peer } = await connected();
		tls.write(bytes("goodbye"));
		tls.close();
		tls.close();
		expect(await received(peer)).toBe("goodbye");
		expect(journal.lines).toEqual([`writable ${WINDOW}`]);
		expect(() => tls.write(bytes("x"))).toThrow(/closed/);
	});

	test("close during the handshake gives up", async () => {
		const { port } = await serve();
		const { tls, journal } = dial(port);
		tls.close();
		await settled();
		expect(journal.lines).toEqual([]);
	});
});

describe("TLS settings that cannot work throw", () => {
	const other = authority.issue("other");
	const rows: [string, TLSSettings, RegExp][] = [
		[
			"a certificate without key",
			{ certificate: device.certificate },
			/expected a certificate and its key, got only a cert/,
		],
		["a key without certificate", { key: device.key }, /expected a certificate and its key, got only a key/],
		["a ca that is none", { ca: "nonsense" }, /expected ca as PEM or DER of a CERTIFICATE, got neither/],
		["a ca that is a key", { ca: device.key }, /expected ca as PEM or DER of a CERTIFICATE, got neither/],
		["a key that is a certificate", { ...shown(device), key: ca }, /expected key as PEM or DER of a PRIVATE KEY/],
		[
			"the key of another",
			{ ...shown(device), key: other.key },
			/usable ca, certificate and key, got: key values mismatch/,
		],
		[
			"a broken certificate",
			{ ...shown(device), certificate: derOf(ca).slice(0, 50) },
			/usable ca, certificate and key/,
		],
	];
	for (const [name, secure, message] of rows)
		test(name, () => {
			expect(() => dial(1, secure)).toThrow(TypeError);
			expect(() => dial(1, secure)).toThrow(message);
		});

	test("a name as address", () =>
		expect(() => dial(1, {}, { address: "broker.local" })).toThrow(/expected an IPv4 address, got broker.local/));
	test("another format", () =>
		expect(() => dial(1, {}, { format: "string" as "buffer" })).toThrow(/expected format buffer, got string/));
});
