// SPDX-License-Identifier: MIT
// What coap-server.node.test.ts runs on XS: a CoAP server with a resource for everything that libcoap's client can ask.
import { type Request, Server } from "../../src/coap/index.ts";
import { DatagramDriver } from "../../src/drive/index.ts";
import { expose, log, platform } from "./platform.ts";

/** A body that is longer than any block is. */
const LETTERS = "abcdefghijklmnopqrstuvwxyz".repeat(160);

expose("start", (port: number) => {
	const server = new Server({
		random: platform.random,
		ACK_TIMEOUT: 400,
		// So that blocks are as long as the client asks, although it has not shown where it is.
		amplification: Number.POSITIVE_INFINITY,
		uploads: 16,
		downloads: 16,
		onError: ({ message }) => log(`error ${message}`),
	});
	const echo = (request: Request) => `${request.method} ${request.text()}`;
	server.resource("any", { get: echo, put: echo, post: echo, delete: echo, fetch: echo, patch: echo, ipatch: echo });
	server.resource("later", {
		get: () => new Promise<string>((resolve) => platform.setTimer(() => resolve("later"), 300)),
	});
	server.resource("down/:length", { get: ({ params }) => LETTERS.slice(0, Number(params.length)) });
	server.resource("up", {
		post: (request) => `${request.payload.length} ${request.text() === LETTERS.slice(0, request.payload.length)}`,
	});
	let count = 0;
	const counter = server.resource("count", { observable: true, get: () => `${count}` });
	expose("count", () => {
		count++;
		counter.changed();
	});
	new DatagramDriver(server, platform, port, (error) => log(`error ${error.message}`));
});
