// SPDX-License-Identifier: MIT
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, onTestFinished } from "vitest";
import { TCP } from "../../../host/io/index.ts";
import type { TCPOptions } from "../../../src/drive/index.ts";
import { Journal, settled } from "./journal.ts";

/** Waits for one connection on loopback; it is Node's own socket and closed after the test. */
export async function serve(): Promise<{ port: number; accepted: Promise<Socket> }> {
	const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
	await once(server, "listening");
	const accepted = once(server, "connection").then(([socket]: Socket[]) => {
		server.close();
		onTestFinished(() => void socket!.destroy());
		return socket!.on("error", () => {});
	});
	return { port: (server.address() as AddressInfo).port, accepted };
}

/** Our end of a connection, what it was told, and the other end. */
export interface Pair {
	tcp: TCP;
	journal: Journal;
	peer: Socket;
	port: number;
}

/** A TCP instance that was told it may write, and its peer. `callbacks` take the place of those that only note. */
export async function connected(callbacks: Partial<TCPOptions> = {}): Promise<Pair> {
	const { port, accepted } = await serve();
	const journal = new Journal();
	const tcp = new TCP({ address: "127.0.0.1", port, ...journal.tcp(), ...callbacks } as TCPOptions);
	onTestFinished(() => tcp.close());
	const peer = await accepted;
	if (!callbacks.onWritable) await journal.has("writable 1536");
	return { tcp, journal, peer, port };
}

/** A pair whose last write of `buffer`, a full window, waits: the peer reads nothing and the system's own buffers are full. */
export async function stuck(buffer: Uint8Array): Promise<Pair & { written: number }> {
	const ends = await connected();
	const room = `writable ${buffer.length}`;
	for (let written = buffer.length; ; written += buffer.length) {
		const before = ends.journal.lines.length;
		ends.tcp.write(buffer);
		await settled();
		if (ends.journal.lines.length === before) return { ...ends, written };
		expect(ends.journal.lines.at(-1)).toBe(room);
	}
}

/** All that Node's end receives until the other end closes, as text. */
export async function received(peer: Socket): Promise<string> {
	let text = "";
	for await (const bytes of peer) text += bytes;
	return text;
}
