// SPDX-License-Identifier: MIT
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodePlatform } from "../../host/platform.ts";
import { freePort } from "../support/processes.ts";
import { boot, type Engine } from "./engine.ts";

let engine: Engine;
beforeAll(async () => {
	const entry = fileURLToPath(new URL("bridge.ts", import.meta.url));
	engine = await boot(
		entry,
		nodePlatform("127.0.0.1", () => 0.625),
	);
});
afterAll(() => engine.close());

/** The lines up to the one that matches, which is waited for. */
async function linesTo(pattern: RegExp): Promise<string[]> {
	const start = engine.lines.all.length;
	await engine.lines.line(pattern);
	return engine.lines.all.slice(start);
}

test("a TCP socket on XS writes, reads and ends as ECMA-419 says", async () => {
	const server = createServer((socket) => {
		socket.on("data", (bytes) => socket.end(`${bytes.length}:${bytes}`));
	});
	await once(server.listen(0, "127.0.0.1"), "listening");
	engine.call("talk", (server.address() as { port: number }).port);
	expect(await linesTo(/^lost/)).toEqual([
		"writable 1536 true true",
		"Error: RangeError: expected at most 1536 bytes to write, got 1537",
		"left 1532",
		"readable 6: 2 <52,58>",
		"rest e",
		"all llo",
		"none undefined",
		"lost undefined",
	]);
	server.close();
});

test("a UDP socket on XS receives and sends datagrams", async () => {
	const peer = createSocket("udp4");
	const port = await freePort("udp");
	engine.call("listen", port);
	peer.send("question", port, "127.0.0.1");
	const [echo] = await once(peer, "message");
	expect(String(echo)).toBe("question");
	await engine.lines.line(/^from 127\.0\.0\.1 question$/);
	peer.close();
});

test("a timer on XS rings once, and not when it was cleared", async () => {
	engine.call("wait", 20);
	expect(await linesTo(/^waited/)).toEqual(["waited true"]);
});

test("a name is resolved on XS, and never before resolve returns", async () => {
	engine.call("resolve", "localhost");
	await engine.lines.line(/^resolving$/);
	await engine.lines.line(/^resolved 127\.0\.0\.1$/);
});

test("randomness comes from the host", () => {
	expect(engine.call("random")).toBe(0.625);
});

test("what is thrown on XS is thrown here, with its stack", () => {
	expect(() => engine.call("fail")).toThrow(/on XS: RangeError: too far\n.*at .*handleCommand/s);
});

test("a script that does not end is ended", async () => {
	const endless = fileURLToPath(new URL("endless.ts", import.meta.url));
	await expect(boot(endless)).rejects.toThrow("the XS engine ended");
});
