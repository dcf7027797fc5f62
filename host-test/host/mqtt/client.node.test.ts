// SPDX-License-Identifier: MIT
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { connect, FileStore, MqttClient } from "../../../host/index.ts";
import { rejection, useBroker } from "./at.ts";

const folder = mkdtempSync(join(tmpdir(), "katydid-client-"));
afterAll(() => rmSync(folder, { recursive: true }));

const at = useBroker();

describe("connect", () => {
	test("rejects with the reason when there is to be no other attempt", async () => {
		const error = await rejection(connect(at.nowhere, { reconnect: false }));
		expect(error.code).toBe("CONNECT_FAILED");
		expect(error.message).toMatch(/ECONNREFUSED/);
	});

	test("goes on until its signal aborts, and rejects with the reason of that", async () => {
		const stop = new AbortController();
		const onDisconnected = () => stop.abort(new Error("enough"));
		const error = await rejection(connect(at.nowhere, { signal: stop.signal, onDisconnected }));
		expect(error.message).toBe("enough");
	});

	test("does nothing with a signal that was aborted before", async () => {
		const error = await rejection(connect(at.url, { signal: AbortSignal.abort(new Error("never")) }));
		expect(error.message).toBe("never");
	});

	test("rejects when the client is closed before it was accepted", async () => {
		const client = new MqttClient(at.nowhere);
		const connecting = client.connect();
		await client.close();
		expect((await rejection(connecting)).code).toBe("CLOSED");
	});

	test("is one promise, however often it is asked for", async () => {
		const client = new MqttClient(at.url);
		expect(client.connect()).toBe(client.connect());
		await client.connect();
		expect(client.connected).toBe(true);
		await client.close();
		expect(client.connected).toBe(false);
	});

	test("takes user and password from the URL, and those of the options first", async () => {
		const server = createServer();
		const connects = received(server);
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		for (const options of [{}, { username: "bob", password: "b" }]) {
			const client = new MqttClient(`mqtt://alice:a%40@127.0.0.1:${port}`, options);
			void client.connect();
			await connects.next();
			await client.close();
		}
		server.close();
		expect(connects.texts[0]).toContain("\0\x05alice\0\x02a@");
		expect(connects.texts[1]).toContain("\0\x03bob\0\x01b");
	});
});

/** The first bytes of each connection to a server that says nothing. */
function received(server: Server): { texts: string[]; next: () => Promise<void> } {
	const texts: string[] = [];
	const next = async () => {
		const [socket] = (await once(server, "connection")) as [Socket];
		texts.push(String((await once(socket, "data"))[0]));
	};
	return { texts, next };
}

describe("a mistake of the caller is thrown at once", () => {
	const rows: [name: string, options: object, error: RegExp][] = [
		["protocolVersion 3", { protocolVersion: 3 }, /expected protocolVersion 5, 4 or "auto", got 3/],
		["TLS options without TLS", { ca: "x" }, /expected mqtts:\/\/ or wss:\/\/ with options for TLS/],
		["two stores", { storePath: "x", store: {} }, /expected store or storePath, got both/],
		["a session without a name", { cleanStart: false }, /expected a clientId for a session that is kept/],
		["Will and availability", { will: { topicName: "a", payload: "" }, availability: { topicName: "a" } }, /got both/],
		["a Keep Alive that is too long", { keepAlive: 70_000 }, /expected keepAlive to be an integer from 0 to 65535/],
	];
	for (const [name, options, error] of rows)
		test(name, () => expect(() => new MqttClient("mqtt://localhost", options)).toThrow(error));

	test("a URL that is none", () => {
		expect(() => new MqttClient("http://localhost")).toThrow(TypeError);
		expect(() => new MqttClient([])).toThrow(/expected a broker, got none/);
		expect(() => new MqttClient(["mqtt://a:b@one", "mqtt://c:d@two"])).toThrow(/one user and password for all brokers/);
	});

	test("a topic name, a topic filter, a payload", async () => {
		const client = await at.connected();
		expect(() => client.publish("a/#", "")).toThrow(/expected a topic name without wildcards/);
		expect(() => client.subscribe("a/#/b")).toThrow(/expected a topic filter/);
		expect(() => client.publish("a", 3 as never)).toThrow(TypeError);
	});

	test("a store is let go when another option is wrong", () => {
		const storePath = join(folder, "wrong");
		expect(() => new MqttClient(at.url, { storePath, keepAlive: -1 })).toThrow(RangeError);
		new FileStore(storePath).close();
	});
});

describe("promises", () => {
	test("that nobody waits for are never rejected without anybody to hear it; error tells", async () => {
		const unhandled: unknown[] = [];
		const hear = (reason: unknown) => unhandled.push(reason);
		process.on("unhandledRejection", hear);
		onTestFinished(() => void process.off("unhandledRejection", hear));
		const errors: string[] = [];
		const client = new MqttClient(at.nowhere, { reconnect: false, onError: ({ message }) => errors.push(message) });
		client.publish("a", "early");
		client.publish("a", "kept", { qos: 1 });
		client.subscribe("a");
		client.request("a", "");
		client.connect();
		await once(client, "disconnect");
		await client.publish("a", "late").catch(() => {});
		client.publish("a", "late");
		await new Promise((resolve) => setImmediate(resolve));
		expect(unhandled).toEqual([]);
		expect(errors).toEqual(['a message to "a" was not accepted: there is no connection']);
	});

	test("of what was not done when the client ended reject with the reason", async () => {
		const client = new MqttClient(at.nowhere, { reconnect: false });
		const others = [client.publish("a", "", { qos: 1 }), client.subscribe("a"), client.unsubscribe("a")];
		const reason = await rejection(client.connect());
		for (const other of others) expect(await rejection(other)).toBe(reason);
		expect(await rejection(client.publish("a", ""))).toBe(reason);
		expect(await client.close()).toBe(false);
	});

	test("say what became of a message, and not only that the client ended", async () => {
		const client = new MqttClient(at.nowhere, { maximumQueuedMessages: 1 });
		const [first, second] = [1, 2].map(() => client.publish("a", "", { qos: 1, policy: "oldest" }));
		await client.close();
		expect((await rejection(first!)).code).toBe("DROPPED");
		expect((await rejection(second!)).code).toBe("CLOSED");
	});

	test("of messages for which there is no room reject", async () => {
		const client = new MqttClient(at.nowhere, { maximumQueuedMessages: 1, reconnect: false });
		const first = client.publish("a", "", { qos: 1, policy: "oldest" });
		void client.publish("a", "", { qos: 1, policy: "oldest" });
		expect((await rejection(client.publish("a", "", { qos: 1 }))).message).toMatch(/not accepted: there is no room/);
		const connecting = client.connect();
		expect((await rejection(first)).message).toMatch(/later messages took its room/);
		expect(client.dropped).toBe(1);
		await rejection(connecting);
	});
});

describe("messages at QoS 0 that wait for room", () => {
	const text = "x".repeat(1000);

	test("have a limit", async () => {
		const client = await at.connected({ maximumPacketSize: 2048, maximumQueuedMessages: 10 });
		const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => client.publish("a", text)));
		const taken = outcomes.findIndex(({ status }) => status === "rejected");
		// Ten wait; as many as the socket has taken came before them.
		expect(taken).toBeGreaterThanOrEqual(10);
		expect(outcomes.slice(taken).every(({ status }) => status === "rejected")).toBe(true);
	});

	test("are lost with their connection, and say so", async () => {
		const server = createServer((socket) => {
			// A CONNACK of 3.1.1, and then it reads no more.
			socket.once("data", () => socket.pause().write(Uint8Array.of(0x20, 2, 0, 0)));
		}).listen(0, "127.0.0.1");
		await once(server, "listening");
		const accepted = once(server, "connection");
		const { port } = server.address() as AddressInfo;
		const client = await connect(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4, reconnect: false });
		const outcomes = Promise.allSettled(Array.from({ length: 14_000 }, () => client.publish("a", text)));
		(await accepted)[0].destroy();
		const lost = (await outcomes).flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
		expect(lost.length).toBeGreaterThan(0);
		expect(lost[0]).toMatchObject({ code: "DROPPED", message: 'a message to "a" was lost with the connection' });
		await client.close();
		server.close();
	});
});
