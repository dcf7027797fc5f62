// SPDX-License-Identifier: MIT
// A server's TCP on Node's own sockets.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { CoapServer, type CoapServerOptions } from "../../../host/coap/index.ts";
import type { Request } from "../../../src/coap/index.ts";
import { frame, messagesIn } from "../../support/coap-stream.ts";

const ADDRESS = "127.0.0.1";

function serve(options: CoapServerOptions = {}): CoapServer {
	const server = new CoapServer({ port: 0, address: ADDRESS, tcp: true, ...options });
	onTestFinished(() => server.close());
	return server;
}

/** Node's end of a connection. */
class Peer {
	readonly socket: Socket;
	private bytes = Buffer.alloc(0);
	private seen = 0;

	constructor(port: number) {
		this.socket = connect(port, ADDRESS);
		this.socket
			.on("error", () => {})
			.on("data", (bytes) => {
				this.bytes = Buffer.concat([this.bytes, bytes]);
			});
		onTestFinished(() => void this.socket.destroy());
	}

	send(...lines: string[]): void {
		for (const line of lines) this.socket.write(frame(line));
	}

	/** The next `count` messages. */
	async messages(count: number): Promise<string[]> {
		for (;;) {
			try {
				const all = messagesIn(this.bytes);
				const next = all.slice(this.seen, this.seen + count);
				if (next.length === count) {
					this.seen += count;
					return next;
				}
			} catch (error) {
				if (!(error instanceof TypeError)) throw error; // A message is not there yet.
			}
			await once(this.socket, "data");
		}
	}
}

async function greeted(port: number): Promise<Peer> {
	const peer = new Peer(port);
	peer.send("7.01 4=");
	expect(await peer.messages(1)).toEqual(["7.01 4="]);
	return peer;
}

test("serves over TCP what it serves over UDP, on the same port", async () => {
	const server = serve();
	server.resource("a", { get: async () => "x" });
	const peer = await greeted(server.port);
	peer.send("GET [01] Uri-Path=a", "7.02 [02]");
	expect((await peer.messages(2)).sort()).toEqual(["2.05 [01] Content-Format=0 | x", "7.03 [02]"]);
});

test("takes a body of many blocks, and sends it back, through small windows", async () => {
	const body = "0123456789abcdef".repeat(320);
	let kept = "";
	const server = serve();
	const put = (request: Request) => {
		kept = request.text();
		return undefined;
	};
	server.resource("a", { get: () => kept, put });
	const peer = await greeted(server.port);
	for (let num = 0; num < 5; num++)
		peer.send(
			`PUT [0${num}] Uri-Path=a Block1=${(num << 4) | (num < 4 ? 8 : 0) | 6} | ${body.slice(num * 1024, (num + 1) * 1024)}`,
		);
	expect((await peer.messages(5)).at(-1)).toMatch(/^2\.04 \[04\]/);
	expect(kept).toBe(body);
	for (let num = 0; num < 5; num++) peer.send(`GET [1${num}] Uri-Path=a Block2=${(num << 4) | 6}`);
	expect((await peer.messages(5)).map((message) => message.split(" | ")[1]).join("")).toBe(body);
});

test("tells observers, and forgets them when their connection ends", async () => {
	const server = serve();
	let count = -1;
	let told: () => void = () => {};
	const resource = server.resource("a", {
		get: () => "x",
		observe(observers) {
			count = observers;
			told();
		},
	});
	const peer = await greeted(server.port);
	peer.send("GET [01] Uri-Path=a Observe=0");
	await peer.messages(1);
	resource.changed();
	expect(await peer.messages(1)).toEqual(["2.05 [01] Observe=1 Content-Format=0 | x"]);
	expect(count).toBe(1);
	const forgotten = new Promise<void>((resolve) => {
		told = resolve;
	});
	peer.socket.end();
	await forgotten;
	expect(count).toBe(0);
});

test("ends connections with a Release when it is closed", async () => {
	const server = serve();
	const peer = await greeted(server.port);
	server.close();
	expect(await peer.messages(1)).toEqual(["7.04"]);
	if (!peer.socket.readableEnded) await once(peer.socket, "end");
});

test("closes a connection that is one too many", async () => {
	const server = serve({ tcp: { connections: 1 } });
	await greeted(server.port);
	const second = new Peer(server.port);
	await once(second.socket, "close");
});

test("does not listen on TCP unless it is asked to", async () => {
	const server = serve({ tcp: false });
	const [error] = await once(connect(server.port, ADDRESS), "error");
	expect((error as NodeJS.ErrnoException).code).toBe("ECONNREFUSED");
});
