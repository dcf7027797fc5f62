// SPDX-License-Identifier: MIT
import { once } from "node:events";
import { Socket } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { TCP } from "../../../host/io/index.ts";
import type { TCPOptions } from "../../../src/drive/index.ts";
import { bytes, text } from "./bytes.ts";
import { Journal, settled } from "./journal.ts";
import { connected, serve } from "./peer.ts";

const WINDOW = 1536;

describe("TCP constructor", () => {
	const right = { address: "127.0.0.1", port: 1883 };
	const wrong: [string, object, RegExp][] = [
		["a host name", { ...right, address: "localhost" }, /expected an IPv4 address, got localhost/],
		["an IPv6 address", { ...right, address: "::1" }, /expected an IPv4 address, got ::1/],
		["no address", { port: 1883 }, /expected an IPv4 address, got undefined/],
		["a port below 0", { ...right, port: -1 }, /expected a port from 0 to 65535, got -1/],
		["a port over 65,535", { ...right, port: 65536 }, /expected a port from 0 to 65535, got 65536/],
		["another format", { ...right, format: "string" }, /expected format buffer, got string/],
		["a from that is no TCP instance", { from: {} }, /expected a TCP instance/],
	];
	for (const [name, options, message] of wrong)
		test(`${name} throws`, () => expect(() => new TCP(options as TCPOptions)).toThrow(message));

	const settings: [Partial<TCPOptions>, "setNoDelay" | "setKeepAlive", unknown[]][] = [
		[{ noDelay: true }, "setNoDelay", [true]],
		[{ nodelay: true }, "setNoDelay", [true]],
		[{ keepAlive: 30_000 }, "setKeepAlive", [true, 30_000]],
	];
	for (const [setting, method, given] of settings)
		test(`${JSON.stringify(setting)} reaches the system`, async () => {
			const spy = vi.spyOn(Socket.prototype, method);
			onTestFinished(() => spy.mockRestore());
			await connected();
			expect(spy).not.toHaveBeenCalled();
			await connected(setting);
			expect(spy).toHaveBeenCalledExactlyOnceWith(...given);
		});

	test("keeps the target", async () => {
		const target = {};
		const { tcp } = await connected({ target });
		expect(tcp.target).toBe(target);
	});
});

describe("TCP ready", () => {
	test("the first onWritable says that the connection is there, from a turn of its own", async () => {
		const { port } = await serve();
		const journal = new Journal();
		const tcp = new TCP({ address: "127.0.0.1", port, ...journal.tcp() });
		onTestFinished(() => tcp.close());
		expect(journal.lines).toEqual([]);
		await journal.has(`writable ${WINDOW}`);
		expect(tcp.remoteAddress).toBe("127.0.0.1");
		expect(tcp.remotePort).toBe(port);
	});

	test("a write before it throws, and a read gives undefined", async () => {
		const { port } = await serve();
		const tcp = new TCP({ address: "127.0.0.1", port });
		onTestFinished(() => tcp.close());
		expect(() => tcp.write(bytes("early"))).toThrow(/not connected/);
		expect(tcp.read()).toBeUndefined();
		expect(tcp.read(1)).toBeUndefined();
	});

	test("callbacks have the instance as this", async () => {
		const journal = new Journal();
		const { tcp, peer } = await connected({
			onReadable() {
				expect(this).toBe(tcp);
				this.read();
				journal.note("readable");
			},
			onWritable() {
				expect(this).toBeInstanceOf(TCP);
				journal.note("writable");
			},
			onError() {
				expect(this).toBe(tcp);
				journal.note("error");
			},
		});
		await journal.has("writable");
		peer.end("bytes");
		await journal.has("error");
		expect(journal.lines).toEqual(["writable", "readable", "error"]);
	});
});

describe("TCP callbacks", () => {
	test("that are due together come readable first, then writable, as on an ESP32", async () => {
		const { tcp, journal, peer } = await connected();
		peer.write("bytes");
		await journal.has("readable 5");
		const second = new Journal();
		const heir = new TCP({ from: tcp, ...second.tcp() });
		onTestFinished(() => heir.close());
		await second.has(`writable ${WINDOW}`);
		expect(second.lines).toEqual(["readable 5", `writable ${WINDOW}`]);
	});

	test("never come from inside a call", async () => {
		let inside = false;
		const journal = new Journal();
		const note = (line: string) => journal.note(inside ? `${line} inside a call` : line);
		const call = (action: () => unknown) => {
			inside = true;
			action();
			inside = false;
		};
		const { tcp, peer } = await connected({
			onReadable: () => note("readable"),
			onWritable: () => note("writable"),
			onError: () => note("error"),
		});
		await journal.has("writable");
		call(() => tcp.write(bytes("x")));
		await journal.has("writable", 2);
		peer.end(new Uint8Array(2 * WINDOW));
		await journal.has("readable");
		call(() => tcp.read());
		await journal.has("readable", 2);
		call(() => tcp.read());
		await journal.has("error");
		call(() => tcp.close());
		await settled();
		expect(journal.lines).toEqual(["writable", "writable", "readable", "readable", "error"]);
	});

	test("may be left out", async () => {
		const { tcp, peer } = await connected({ onReadable: undefined, onWritable: () => {}, onError: undefined });
		peer.end("bytes");
		await once(peer, "finish");
		await settled();
		expect(text(tcp.read())).toBe("bytes");
		expect(tcp.read()).toBeUndefined();
	});
});

test("TCP format is buffer, and nothing else", async () => {
	const { tcp } = await connected();
	expect(tcp.format).toBe("buffer");
	expect(() => {
		tcp.format = "number" as never;
	}).toThrow(/expected format buffer, got number/);
	expect(tcp.format).toBe("buffer");
});
