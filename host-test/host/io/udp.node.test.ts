// SPDX-License-Identifier: MIT
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort, UDP } from "../../../host/io/index.ts";
import type { UDPOptions } from "../../../src/drive/index.ts";
import { bytes, text } from "./bytes.ts";
import { Journal, settled } from "./journal.ts";

const LOOPBACK = "127.0.0.1";

/** Our socket, what it was told, and another socket, which is Node's own. Both are closed after the test. */
async function pair(callbacks: Partial<UDPOptions> = {}) {
	const port = await freePort("udp", 0, LOOPBACK);
	const journal = new Journal();
	const onReadable = (count: number) => journal.note(`readable ${count}`);
	const udp = new UDP({ port, address: LOOPBACK, onReadable, ...callbacks });
	const peer = createSocket("udp4").bind(0, LOOPBACK);
	await once(peer, "listening");
	onTestFinished(() => {
		udp.close();
		peer.close();
	});
	const send = (payload: string | Uint8Array) => void peer.send(payload, port, LOOPBACK);
	return { udp, port, journal, peer, peerPort: peer.address().port, send };
}

async function received(peer: Socket): Promise<{ payload: Uint8Array; from: RemoteInfo }> {
	const [payload, from] = await once(peer, "message");
	return { payload, from };
}

describe("UDP constructor", () => {
	const wrong: [string, object, RegExp][] = [
		["a port below 0", { port: -1 }, /expected a port from 0 to 65535, got -1/],
		["a port over 65,535", { port: 65536 }, /expected a port from 0 to 65535, got 65536/],
		["a host name", { address: "localhost" }, /expected an IPv4 address, got localhost/],
		["another format", { format: "number" }, /expected format buffer, got number/],
	];
	for (const [name, options, message] of wrong)
		test(`${name} throws`, () => expect(() => new UDP(options as UDPOptions)).toThrow(message));

	test("throws at once when the port is taken, and the first socket goes on", async () => {
		const { port, udp, send, journal } = await pair();
		expect(() => new UDP({ port, address: LOOPBACK })).toThrow(`bind EADDRINUSE ${LOOPBACK}:${port}`);
		expect(() => new UDP({ port })).toThrow(/EADDRINUSE/);
		send("still here");
		await journal.has("readable 1");
		expect(text(udp.read())).toBe("still here");
	});

	test("holds the port when it returns, and gives it back when closed", async () => {
		const port = await freePort("udp", 0, LOOPBACK);
		for (let round = 0; round < 3; round++) new UDP({ port, address: LOOPBACK }).close();
	});

	test("keeps the target", async () => {
		const target = {};
		expect((await pair({ target })).udp.target).toBe(target);
	});
});

describe("UDP read", () => {
	test("gives one datagram, with who sent it, then undefined", async () => {
		const { udp, journal, send, peerPort } = await pair();
		expect(udp.read()).toBeUndefined();
		send("one");
		await journal.has("readable 1");
		const datagram = udp.read();
		expect(datagram).toBeInstanceOf(ArrayBuffer);
		expect(text(datagram)).toBe("one");
		expect(datagram).toMatchObject({ address: LOOPBACK, port: peerPort });
		expect(udp.read()).toBeUndefined();
	});

	test("keeps datagrams apart and in order; onReadable counts them", async () => {
		const { udp, journal, send } = await pair();
		for (const [index, payload] of ["one", "", "three"].entries()) {
			send(payload);
			await journal.has(`readable ${index + 1}`);
		}
		expect([udp.read(), udp.read(), udp.read()].map(text)).toEqual(["one", "", "three"]);
	});

	test("keeps 100 datagrams and drops the oldest", async () => {
		const { udp, journal, send } = await pair();
		for (let index = 0; index < 102; index++) {
			send(`${index}`);
			await journal.has(index < 100 ? `readable ${index + 1}` : "readable 100", Math.max(1, index - 98));
		}
		const kept = Array.from({ length: 100 }, () => text(udp.read()));
		expect(kept).toEqual(Array.from({ length: 100 }, (_, index) => `${index + 2}`));
		expect(udp.read()).toBeUndefined();
	});

	test("gives each datagram in memory of its own", async () => {
		const { udp, journal, send } = await pair();
		for (const [index, payload] of ["one", "two"].entries()) {
			send(payload);
			await journal.has(`readable ${index + 1}`);
		}
		const [one, two] = [udp.read()!, udp.read()!];
		expect([one.byteLength, two.byteLength]).toEqual([3, 3]);
		new Uint8Array(one).fill(0);
		expect(text(two)).toBe("two");
	});

	const sizes = [
		[2048, 2048],
		[2049, 2048],
		[9000, 2048],
	] as const;
	for (const [sent, kept] of sizes)
		test(`of ${sent} bytes gives ${kept}`, async () => {
			const { udp, journal, send } = await pair();
			send(new Uint8Array(sent).fill(7));
			await journal.has("readable 1");
			expect(new Uint8Array(udp.read()!)).toEqual(new Uint8Array(kept).fill(7));
		});

	test("from inside onReadable, with the instance as this", async () => {
		const journal = new Journal();
		const { send } = await pair({
			onReadable() {
				journal.note(`read ${text(this.read())}`);
			},
		});
		send("hello");
		await journal.has("read hello");
	});
});

describe("UDP write", () => {
	test("sends the part that a view shows, as it was when written, from the port it listens on", async () => {
		const { udp, port, peer, peerPort } = await pair();
		const reused = bytes("--view--");
		udp.write(reused.subarray(2, 6), LOOPBACK, peerPort);
		reused.fill(0);
		const { payload, from } = await received(peer);
		expect(new TextDecoder().decode(payload)).toBe("view");
		expect(from).toMatchObject({ address: LOOPBACK, port });
	});

	test("sends although the socket is closed right after", async () => {
		const { peer, peerPort } = await pair();
		const short = new UDP({});
		short.write(bytes("parting"), LOOPBACK, peerPort);
		short.close();
		expect(new TextDecoder().decode((await received(peer)).payload)).toBe("parting");
	});

	test("to a port where nobody listens is lost without a word", async () => {
		const { udp, peer, peerPort } = await pair();
		udp.write(bytes("lost"), LOOPBACK, await freePort("udp", 0, LOOPBACK));
		udp.write(bytes("found"), LOOPBACK, peerPort);
		expect(new TextDecoder().decode((await received(peer)).payload)).toBe("found");
	});

	test("of what the system refuses to send is lost without a word", async () => {
		const { udp, peer, peerPort } = await pair();
		udp.write(bytes("broadcast"), "255.255.255.255", peerPort);
		await settled();
		udp.write(bytes("found"), LOOPBACK, peerPort);
		expect(new TextDecoder().decode((await received(peer)).payload)).toBe("found");
	});

	test("takes 65,507 bytes; one more throws", async () => {
		const { udp, peer, peerPort } = await pair();
		expect(() => udp.write(new Uint8Array(65508), LOOPBACK, peerPort)).toThrow(
			/at most 65507 bytes to write, got 65508/,
		);
		udp.write(new Uint8Array(65507), LOOPBACK, peerPort);
		expect((await received(peer)).payload).toHaveLength(65507);
	});

	const wrong: [string, unknown, string, number, RegExp][] = [
		["to a host name", new Uint8Array(1), "localhost", 5683, /expected an IPv4 address, got localhost/],
		["to a port over 65,535", new Uint8Array(1), LOOPBACK, 65536, /expected a port from 0 to 65535, got 65536/],
		["to port 0", new Uint8Array(1), LOOPBACK, 0, /port/i],
		["of what is no buffer", "text", LOOPBACK, 5683, /expected a buffer, got string/],
	];
	for (const [name, payload, address, port, message] of wrong)
		test(`${name} throws`, async () => {
			const { udp } = await pair();
			expect(() => udp.write(payload as Uint8Array, address, port)).toThrow(message);
		});
});

describe("UDP close", () => {
	test("may be called again; any other call throws", async () => {
		const { udp } = await pair();
		udp.close();
		udp.close();
		const calls: (() => unknown)[] = [
			() => udp.read(),
			() => udp.write(bytes("x"), LOOPBACK, 5683),
			() => udp.format,
			() => {
				udp.format = "buffer";
			},
		];
		for (const call of calls) expect(call).toThrow(/closed/);
	});

	test("is the end of all callbacks, of datagrams that came together too", async () => {
		const journal = new Journal();
		const { send } = await pair({
			onReadable(count) {
				journal.note(`readable ${count}`);
				this.close();
			},
		});
		send("one");
		send("two");
		await journal.has("readable 1");
		await settled();
		expect(journal.lines).toEqual(["readable 1"]);
	});
});

test("UDP format is buffer, and nothing else", async () => {
	const { udp } = await pair();
	expect(udp.format).toBe("buffer");
	expect(() => {
		udp.format = "number" as never;
	}).toThrow(/expected format buffer, got number/);
});
