// SPDX-License-Identifier: MIT
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Aedes } from "aedes";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createWebSocketStream, WebSocketServer } from "ws";
import { WebSocketError } from "../../src/websocket/index.ts";
import { Authority } from "../support/certificates.ts";
import { LiveClient } from "../support/live-client.ts";
import { freePort, Mosquitto, publish, subscribe } from "../support/processes.ts";

const webSocket = { path: "/mqtt" };
const authority = new Authority("Katydid test authority");

let broker: Mosquitto;
let port: number;
let securePort: number;

beforeAll(async () => {
	const server = authority.issue("broker", { names: ["DNS:localhost"] });
	[port, securePort] = [await freePort("tcp"), await freePort("tcp")];
	broker = await Mosquitto.start(
		`listener ${port} 127.0.0.1`,
		"protocol websockets",
		`listener ${securePort} 127.0.0.1`,
		"protocol websockets",
		`certfile ${server.certificateFile}`,
		`keyfile ${server.keyFile}`,
	);
});

afterAll(async () => {
	await broker.remove();
	authority.remove();
});

describe("mosquitto over WebSocket", () => {
	const rows: [string, "5.0" | "3.1.1", boolean][] = [
		["ws, 3.1.1", "3.1.1", false],
		["ws, 5.0", "5.0", false],
		["wss, 3.1.1", "3.1.1", true],
		["wss, 5.0", "5.0", true],
	];
	for (const [name, protocol, secure] of rows)
		test(`exchanges messages with a client over TCP: ${name}`, async () => {
			const tls = secure ? { ca: authority.identity.certificate } : undefined;
			const client = new LiveClient({ port: secure ? securePort : port, tls, webSocket, protocol });
			client.client.subscribe("to/us", 1);
			await client.events.line(/^connected/);
			const other = await subscribe(broker.port, "to/them");
			expect(await client.publish("to/them", "over frames")).toBeUndefined();
			expect(await other.output.line(/^to/)).toBe("to/them over frames");
			await publish(broker.port, "to/us", "into frames");
			expect(await client.events.line(/^to/)).toBe("to/us into frames");
			await other.stop();
			await client.close();
			expect(client.reasons.map(({ code }) => code)).toEqual(["CLOSED"]);
		});

	test("packets over many frames come whole, both ways", async () => {
		const payload = "0123456789".repeat(5000);
		const size = { maximumPacketSize: 60_000, maximumQueuedBytes: 60_000 };
		const client = new LiveClient({ port, webSocket, ...size });
		client.client.subscribe("large", 1);
		await client.events.line(/^connected/);
		await client.publish("large", payload);
		expect((await client.events.line(/^large/)) === `large ${payload}`).toBe(true);
		await client.close();
	});

	test("a hundred messages in a row keep their order", async () => {
		const client = new LiveClient({ port, webSocket, maximumQueuedMessages: 200 });
		client.client.subscribe("count", 1);
		await client.events.line(/^connected/);
		await Promise.all(Array.from({ length: 100 }, (_, number) => client.publish("count", String(number))));
		await client.events.line(/^count 99$/);
		const numbers = client.events.all.filter((line) => line.startsWith("count"));
		expect(numbers).toEqual(Array.from({ length: 100 }, (_, number) => `count ${number}`));
		await client.close();
	});

	test("a listener that speaks no WebSocket is said to", async () => {
		const client = new LiveClient({ port: broker.port, webSocket, protocol: "3.1.1" });
		expect(await client.events.line(/^(dis)?connected/)).toMatch(/^disconnected: .*no WebSocket was accepted$/);
	});
});

/** aedes behind the package ws, on loopback until the test ends. */
async function serve(settings: object = {}): Promise<{ port: number; server: WebSocketServer }> {
	const aedes = await Aedes.createBroker();
	const http = createServer();
	const server = new WebSocketServer({ server: http, ...settings });
	server.on("connection", (socket, request) => aedes.handle(createWebSocketStream(socket) as never, request));
	http.listen(0, "127.0.0.1");
	await once(http, "listening");
	onTestFinished(async () => {
		for (const socket of server.clients) socket.terminate();
		server.close();
		http.close();
		await new Promise<void>((resolve) => aedes.close(() => resolve()));
	});
	return { port: (http.address() as AddressInfo).port, server };
}

describe("aedes over ws", () => {
	test("takes the subprotocol mqtt and brings messages back, those of many frames too", async () => {
		const { port, server } = await serve();
		const client = new LiveClient({
			port,
			webSocket,
			protocol: "3.1.1",
			maximumPacketSize: 60_000,
			maximumQueuedBytes: 60_000,
		});
		client.client.subscribe("echo", 1);
		await client.events.line(/^connected/);
		expect([...server.clients].map(({ protocol }) => protocol)).toEqual(["mqtt"]);
		for (const payload of ["", "short", "x".repeat(125), "y".repeat(126), "z".repeat(50_000)]) {
			await client.publish("echo", payload);
			expect((await client.events.line(/^echo/)) === `echo ${payload}`).toBe(true);
		}
		await client.close();
	});

	test("its pings are answered, in the middle of messages", async () => {
		const { port, server } = await serve();
		const client = new LiveClient({ port, webSocket, protocol: "3.1.1" });
		await client.events.line(/^connected/);
		const [socket] = server.clients;
		const pong = once(socket!, "pong");
		socket!.ping("are you there");
		await client.publish("a", "b");
		expect(String((await pong)[0])).toBe("are you there");
		await client.close();
	});

	test("its code is told when it closes, and ours is said when we do", async () => {
		const { port, server } = await serve();
		const first = new LiveClient({ port, webSocket, protocol: "3.1.1" });
		await first.events.line(/^connected/);
		for (const socket of server.clients) socket.close(1001, "maintenance");
		const reason = "the server closed the WebSocket: 1001 going away: maintenance";
		expect(await first.events.line(/^disconnected/)).toBe(`disconnected: ${reason}`);
		const error = first.reasons[0]!.cause as WebSocketError;
		expect(error).toBeInstanceOf(WebSocketError);
		expect(error.code).toBe(1001);

		const second = new LiveClient({ port, webSocket, protocol: "3.1.1" });
		await second.events.line(/^connected/);
		const [socket] = [...server.clients].filter(({ readyState }) => readyState === 1);
		const closed = once(socket!, "close");
		await second.close();
		expect((await closed)[0]).toBe(1000);
	});

	test("text closes", async () => {
		const { port, server } = await serve();
		const client = new LiveClient({ port, webSocket, protocol: "3.1.1" });
		await client.events.line(/^connected/);
		const [socket] = server.clients;
		const closed = once(socket!, "close");
		socket!.send("text");
		expect(await client.events.line(/^disconnected/)).toBe("disconnected: expected binary frames, got a text frame");
		expect((await closed)[0]).toBe(1003);
	});

	const refusals: [string, object, string, number | undefined][] = [
		["a path that is not served", { path: "/other" }, "the server refused the WebSocket: HTTP 400 Bad Request", 400],
		[
			"a client that is not wanted",
			{ verifyClient: (_: unknown, done: (ok: boolean, code: number) => void) => done(false, 403) },
			"the server refused the WebSocket: HTTP 403 Forbidden",
			403,
		],
		["another subprotocol", { handleProtocols: () => false }, "expected Sec-WebSocket-Protocol: mqtt, got none", 101],
	];
	for (const [name, settings, reason, status] of refusals)
		test(`refuses ${name} with its status`, async () => {
			const { port } = await serve(settings);
			const client = new LiveClient({ port, webSocket, protocol: "3.1.1" });
			expect(await client.events.line(/^(dis)?connected/)).toBe(`disconnected: ${reason}`);
			expect(client.reasons[0]!.code).toBe("CONNECT_FAILED");
			expect((client.reasons[0]!.cause as WebSocketError).status).toBe(status);
		});
});
