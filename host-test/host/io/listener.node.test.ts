// SPDX-License-Identifier: MIT
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { Listener, TCP } from "../../../host/io/index.ts";
import type { ListenerOptions } from "../../../src/drive/index.ts";
import { text } from "./bytes.ts";
import { Journal, settled } from "./journal.ts";
import { received } from "./peer.ts";

/** A listener on a free port that notes what it was told. It is closed after the test. */
function listen(options: ListenerOptions = {}) {
	const journal = new Journal();
	const listener = new Listener({ onReadable: (count) => journal.note(`readable ${count}`), ...options });
	onTestFinished(() => listener.close());
	return { listener, journal };
}

/** Connects with Node's own socket. */
function dial(port: number): Socket {
	const socket = connect(port, "127.0.0.1").on("error", () => {});
	onTestFinished(() => void socket.destroy());
	return socket;
}

describe("Listener constructor", () => {
	const wrong: [string, object, RegExp][] = [
		["a port below 0", { port: -1 }, /expected a port from 0 to 65535, got -1/],
		["a port over 65,535", { port: 65536 }, /expected a port from 0 to 65535, got 65536/],
		["another format", { format: "buffer" }, /expected format socket\/tcp, got buffer/],
	];
	for (const [name, options, message] of wrong)
		test(`${name} throws`, () => expect(() => new Listener(options as ListenerOptions)).toThrow(message));

	test("knows its port at once", () => {
		const { listener } = listen();
		expect(listener.port).toBeGreaterThan(0);
	});

	test("throws at once when the port is taken", () => {
		const { port } = listen().listener;
		expect(() => new Listener({ port })).toThrow(`expected a free port, got ${port}`);
	});

	test("keeps the target", () => {
		const target = {};
		expect(listen({ target }).listener.target).toBe(target);
	});
});

describe("Listener read", () => {
	test("gives the next connection, then undefined; onReadable counts those that wait", async () => {
		const { listener, journal } = listen();
		expect(listener.read()).toBeUndefined();
		dial(listener.port);
		await journal.has("readable 1");
		dial(listener.port);
		await journal.has("readable 2");
		for (let index = 0; index < 2; index++) {
			const tcp = listener.read();
			expect(tcp).toBeInstanceOf(TCP);
			expect(tcp!.remoteAddress).toBe("127.0.0.1");
			tcp!.close();
		}
		expect(listener.read()).toBeUndefined();
	});

	test("gives a TCP instance whose connection another one takes over with callbacks", async () => {
		const journal = new Journal();
		const { listener } = listen({
			onReadable(count) {
				expect(count).toBe(1);
				const tcp = new TCP({
					from: this.read()!,
					...journal.tcp(),
					onReadable() {
						this.write(this.read()!);
						this.close();
						journal.note("echoed");
					},
				});
				onTestFinished(() => tcp.close());
			},
		});
		const peer = dial(listener.port);
		peer.write("echo");
		expect(await received(peer)).toBe("echo");
		expect(journal.lines).toEqual(["writable 1536", "echoed"]);
	});

	test("gives connections that already sent and ended", async () => {
		const { listener, journal } = listen();
		const peer = dial(listener.port);
		peer.end("early");
		await once(peer, "finish");
		await journal.has("readable 1");
		const events = new Journal();
		const tcp = new TCP({ from: listener.read()!, ...events.tcp() });
		onTestFinished(() => tcp.close());
		await events.has("readable 5");
		expect(text(tcp.read())).toBe("early");
		await events.has("error");
	});
});

describe("Listener close", () => {
	test("may be called again; any other call throws", () => {
		const { listener } = listen();
		listener.close();
		listener.close();
		const calls: (() => unknown)[] = [() => listener.read(), () => listener.port, () => listener.format];
		for (const call of calls) expect(call).toThrow(/closed/);
	});

	test("ends the connections that wait, and gives the port back", async () => {
		const { listener, journal } = listen();
		const { port } = listener;
		const peer = dial(port);
		await journal.has("readable 1");
		listener.close();
		expect(await received(peer)).toBe("");
		await settled();
		new Listener({ port }).close();
	});
});

test("Listener format is socket/tcp, and nothing else", () => {
	const { listener } = listen();
	expect(listener.format).toBe("socket/tcp");
	expect(() => {
		listener.format = "buffer" as never;
	}).toThrow(/expected format socket\/tcp, got buffer/);
});
