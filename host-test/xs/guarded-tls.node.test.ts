// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import type { TLSSettings } from "../../src/drive/index.ts";
import { connected, FakeTLSSocket, HANDSHAKE_DONE, record, setUp } from "../support/fake-tls-socket.ts";
import { hex, toHex } from "../support/hex.ts";

const AUTH = "certificate: auth err";

describe("what TLSSocket throws from a callback comes to onError, once, and never escapes:", () => {
	for (const [thrown, told] of [
		["alert: 2, 45", "the peer refused TLS: certificate expired"],
		["alert: 2, 48", "the peer refused TLS: unknown ca"],
		["alert: 2, 116", "the peer refused TLS: certificate required"],
		["alert: 2, 99", "the peer refused TLS: alert 99"],
		[
			AUTH,
			"the peer's certificate is not trusted: it has another name, an unknown authority or has expired, or the clock is not set",
		],
		[
			"invalid buffer (in comp)",
			"a certificate of an authority lacks the key identifier by which the SDK finds authorities",
		],
		["handshake: unknown type: 9", "TLS failed: handshake: unknown type: 9"],
		["", "TLS failed: the peer sent what is no TLS"],
	] as const) {
		test(`"${thrown}" in the handshake`, () => {
			const { socket, log, tls } = setUp();
			socket.writable(1000);
			socket.receives(record("t", thrown));
			socket.receives(record("t", thrown));
			socket.fails();
			expect(log).toEqual([`error ${told}`]);
			expect(tls.write(hex("01"))).toBeUndefined();
			tls.close();
			expect(socket.closed).toBe(true);
		});

		test(`"${thrown}" after it, when data came before in the same read`, () => {
			const { socket, log, later } = connected();
			const [data, alert] = [record("d", "data"), record("t", thrown)];
			socket.receives(Uint8Array.from([...data, ...alert]));
			expect(log).toEqual(["data"]);
			expect(FakeTLSSocket.timers).toEqual([]);
			later();
			expect(log).toEqual(["data", `error ${told}`]);
		});
	}

	test("what a callback of the application throws, too", () => {
		const { socket, log } = connected(
			{},
			{
				onReadable() {
					throw new TypeError("mine");
				},
			},
		);
		socket.receives(record("d", "x"));
		expect(log).toEqual(["error TLS failed: mine"]);
	});
});

test("records that wait are read, one in a turn", () => {
	const { socket, log, later } = connected();
	socket.receives(Uint8Array.from([...record("d", "one"), ...record("d", "two"), ...record("d", "three")]));
	expect(log).toEqual(["one"]);
	later();
	expect(log).toEqual(["one", "two"]);
	later();
	later();
	expect(log).toEqual(["one", "two", "three"]);
	expect(FakeTLSSocket.timers).toEqual([]);
});

test("a turn that is due when the socket is closed does nothing", () => {
	const { socket, log, later, tls } = connected();
	socket.receives(Uint8Array.from([...record("d", "one"), ...record("d", "two")]));
	tls.close();
	later();
	expect(log).toEqual(["one"]);
	expect(socket.closed).toBe(true);
});

test("the first onWritable says that the handshake is over, and a write before it throws", () => {
	const { socket, log, tls } = setUp();
	expect([socket.address, socket.port]).toEqual(["192.0.2.1", 8883]);
	socket.writable(1000);
	expect(log).toEqual([]);
	expect(() => tls.write(hex("01"))).toThrow(/not connected/);
	socket.receives(record("h"));
	socket.writable(500);
	expect(log).toEqual(["writable 904", "writable 404"]);
});

test("a handshake that was given up is not over: nothing is sent as plain text", () => {
	const { socket, log, tls } = setUp();
	socket.writable(1000);
	socket.receives(record("p"));
	expect(log).toEqual(["error TLS failed: the peer offered no version that the device speaks, or closed"]);
	expect(tls.write(hex("01"))).toBeUndefined();
	expect(FakeTLSSocket.last.written).toEqual([]);
});

test("a key exchange that the SDK would not verify is the end, before TLSSocket has it", () => {
	const { socket, log } = setUp();
	socket.writable(1000);
	// A record of a handshake; its second byte, the version, says to the fake how many bytes follow.
	socket.receives(hex("160f03000c 0c000008 0000000000000000"));
	socket.receives(record("h"));
	expect(log).toEqual([
		"error TLS failed: serverKeyExchange: expected a signature of RSA or ECDSA with SHA-256, got 0/0",
	]);
});

test("a flight of the handshake leaves together, when all of it is there", () => {
	const { socket } = setUp();
	socket.writable(1000);
	const { written } = socket;
	const before: number[] = [];
	FakeTLSSocket.last.flight = ["16030300020b00", "1603030002100f"].map(hex);
	FakeTLSSocket.last.afterRecord = () => before.push(written.length);
	socket.receives(record("f"));
	expect([before, written.map(toHex)]).toEqual([
		[0, 0],
		["16030300020b00", "1603030002100f"],
	]);
});

test("a handshake that ends in an alert after our ChangeCipherSpec is not over", () => {
	const { socket, log } = setUp();
	socket.writable(1000);
	FakeTLSSocket.last.flight = [HANDSHAKE_DONE];
	socket.receives(record("f"));
	socket.receives(record("p"));
	expect(log).toEqual(["error TLS failed: the peer offered no version that the device speaks, or closed"]);
});

test("a handshake that does not fit the socket goes as the socket takes it", () => {
	const { socket, log } = setUp();
	socket.writable(4);
	socket.receives(record("h"));
	expect(socket.written.map(toHex)).toEqual(["14030300"]);
	expect(log).toEqual([]);
	socket.writable(1);
	socket.writable(1000);
	expect(socket.written.map(toHex).join("")).toBe(toHex(HANDSHAKE_DONE));
	expect(log).toEqual(["writable 903"]);
});

test("a write says how much more is taken, records' own bytes counted, and takes no more", () => {
	const { socket, tls } = connected();
	const bytes = hex("ff0102").subarray(1);
	expect(tls.write(bytes)).toBe(994 - 31 - 96);
	expect(FakeTLSSocket.last.written).toEqual(["0102"]);
	socket.writable(200);
	expect(() => tls.write(new Uint8Array(105))).toThrow("expected at most 104 bytes to write, got 105");
	expect(tls.write(new Uint8Array(104))).toBe(0);
	socket.failure = new Error("reset");
	socket.writable(1000);
	expect(() => tls.write(hex("01"))).toThrow("TLS failed: reset");
	expect(tls.write(hex("01"))).toBeUndefined();
});

test("an end is told once, with a reason only when the handshake was not over", () => {
	const early = setUp();
	early.socket.writable(1000);
	early.socket.fails();
	expect(early.log).toEqual(["error the connection ended before the TLS handshake did"]);
	const late = connected();
	late.socket.receives(record("e"));
	late.socket.fails();
	expect(late.log).toEqual(["error undefined"]);
});

test("closing inside a callback is the end of all, whatever TLSSocket does then", () => {
	const { socket, log, tls } = setUp(
		{},
		{
			onWritable() {
				this.close();
				throw new Error("as TLSSocket does when it was closed meanwhile");
			},
		},
	);
	socket.writable(1000);
	socket.receives(record("h"));
	expect(log).toEqual([]);
	expect(() => tls.write(hex("01"))).toThrow(/closed/);
	tls.close();
});

describe("settings", () => {
	const der = hex("3003020101");
	const pem = (label: string, ...bodies: string[]) =>
		bodies.map((body) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`).join("");
	const rsa = hex("301c020100300d06092a864886f70d0101010500040830060201000201 01".replaceAll(" ", ""));
	const secureOf = (secure: TLSSettings) => {
		setUp(secure);
		return FakeTLSSocket.last.options.secure;
	};
	const bytes = (buffer: ArrayBuffer | undefined) => buffer && toHex(new Uint8Array(buffer));

	test("are the name to ask for, and verification", () => {
		expect(secureOf({})).toEqual({ serverName: "broker.local", verify: true });
		expect(secureOf({ serverName: "other", verify: false, alpn: ["mqtt"] })).toEqual({
			serverName: "other",
			verify: false,
			cache: false,
			applicationLayerProtocolNegotiation: ["mqtt"],
		});
	});

	test("may be DER, PEM, or the bytes of PEM", () => {
		const text = pem("CERTIFICATE", "MAMC\r\n AQE=");
		for (const ca of [der, text, new TextEncoder().encode(text)])
			expect(bytes(secureOf({ ca }).certificate)).toBe("3003020101");
	});

	test("have the chain of our certificate, and its key", () => {
		const certificate = pem("CERTIFICATE", "MAMCAQE=", "MAMCAQI=");
		const secure = secureOf({ certificate, key: pem("PRIVATE KEY", Buffer.from(rsa).toString("base64")) });
		expect(secure.clientCertificates!.map(bytes)).toEqual(["3003020101", "3003020102"]);
		expect(bytes(secure.clientKey)).toBe(toHex(rsa));
	});

	for (const [name, secure, message] of [
		["two authorities", { ca: pem("CERTIFICATE", "MAMCAQE=", "MAMCAQI=") }, /expected one authority in ca.* got 2/],
		["no PEM", { ca: "x" }, /expected ca as PEM or DER of a CERTIFICATE, got neither/],
		["no base64", { ca: pem("CERTIFICATE", "MA!C") }, /expected base64 in ca, got "!"/],
		["a key alone", { key: rsa }, /got only a key/],
		["a certificate alone", { certificate: der }, /got only a certificate/],
		["a key that is not RSA", { certificate: der, key: der }, /expected an RSA key in PKCS #8/],
		[
			"a key that is not PKCS #8",
			{ certificate: der, key: pem("EC PRIVATE KEY", "MAMC") },
			/DER of a PRIVATE KEY, got neither/,
		],
	] as [string, TLSSettings, RegExp][])
		test(`that cannot work throw: ${name}`, () => {
			expect(() => setUp(secure)).toThrow(TypeError);
			expect(() => setUp(secure)).toThrow(message);
		});

	test("that the SDK refuses throw with words", () => {
		const { TLS } = setUp();
		FakeTLSSocket.broken = new Error("date validation failed");
		const options = { address: "192.0.2.1", port: 1, host: "x", secure: {} };
		expect(() => new TLS(options)).toThrow("a certificate of ca is not valid now, or the clock is not set");
	});
});
