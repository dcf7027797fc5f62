// SPDX-License-Identifier: MIT
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { connect, FileStore, MqttClient } from "../../../host/index.ts";
import { Lines } from "../../support/lines.ts";
import { rejection, useBroker } from "./at.ts";

const folder = mkdtempSync(join(tmpdir(), "katydid-client-"));
afterAll(() => rmSync(folder, { recursive: true }));

const at = useBroker();

describe("close and flush", () => {
	test("close waits for what was accepted, and says that all was acknowledged", async () => {
		const client = await at.connected();
		let acknowledged = 0;
		for (let i = 0; i < 100; i++) void client.publish("a", String(i), { qos: 2 }).then(() => acknowledged++);
		expect(await client.close()).toBe(true);
		expect(acknowledged).toBe(100);
	});

	test("close twice is close once, and close without connect is at once", async () => {
		const client = await at.connected();
		expect(client.close()).toBe(client.close());
		expect(await new MqttClient(at.nowhere).close()).toBe(true);
	});

	test("terminate ends a client, wherever it stands", async () => {
		const never = new MqttClient(at.nowhere);
		never.terminate();
		expect((await rejection(never.connect())).code).toBe("CLOSED");
		for (const event of ["connect", "disconnect"] as const) {
			const client = new MqttClient(event === "connect" ? at.url : at.nowhere);
			void client.connect();
			await once(client, event);
			client.terminate();
			expect(await client.close()).toBe(true);
			expect(client.connected).toBe(false);
		}
		const early = new MqttClient(at.url);
		const connecting = early.connect();
		early.terminate();
		expect((await rejection(connecting)).code).toBe("CLOSED");
	});

	test("await using closes", async () => {
		let client: MqttClient;
		{
			await using scoped = await connect(at.url);
			client = scoped;
		}
		expect(client.connected).toBe(false);
	});

	test("several may flush at once", async () => {
		const client = await at.connected();
		void client.publish("a", "", { qos: 2 });
		expect(await Promise.all([client.flush(), client.flush(20_000), client.flush()])).toEqual([true, true, true]);
	});

	test("flush gives up after its timeout, alone", async () => {
		const client = new MqttClient(at.nowhere);
		void client.publish("a", "", { qos: 1 });
		const long = client.flush(30_000);
		expect(await client.flush(1)).toBe(false);
		expect(await client.close()).toBe(false);
		expect(await long).toBe(false);
		expect(await client.flush()).toBe(false);
	});

	test("a signal has no say in a client that is connected", async () => {
		const stop = new AbortController();
		const client = await at.connected({ signal: stop.signal });
		stop.abort();
		expect(await client.publish("a", "", { qos: 1 })).toBe(0);
		expect(await client.close()).toBe(true);
	});

	test("the store that a path named is let go", async () => {
		const storePath = join(folder, "store");
		const client = new MqttClient(at.nowhere, { storePath });
		client.publish("a", "kept", { qos: 1 });
		expect(existsSync(`${storePath}.lock`)).toBe(true);
		await client.close();
		const store = new FileStore(storePath);
		expect(store.entries()).toHaveLength(1);
		store.close();
	});
});

describe("listeners and handlers", () => {
	test("that throw, or reject, are an error, and the client goes on", async () => {
		const errors = new Lines();
		const client = await at.connected({ onError: ({ code, message }) => errors.push(`${code} ${message}\n`) });
		const listener = () => {
			throw new Error("listener");
		};
		client.on("message", listener);
		await client.subscribe("a");
		await client.subscribe("b", () => {
			throw new Error("handler");
		});
		await client.subscribe("c", async () => {
			throw new Error("async handler");
		});
		const rows = [
			["b", "CALLBACK onMessage threw Error: handler"],
			["c", "CALLBACK a handler of messages threw Error: async handler"],
			["a", "CALLBACK onMessage threw Error: listener"],
		] as const;
		for (const [topicName, error] of rows) {
			await client.publish(topicName, "", { qos: 1 });
			expect(await errors.line(/./)).toBe(error);
		}
		client.off("message", listener).on("message", async () => {
			throw new Error("async listener");
		});
		await client.publish("a", "", { qos: 1 });
		expect(await errors.line(/./)).toBe('CALLBACK a listener of "message" threw Error: async listener');
		expect(client.connected).toBe(true);
	});

	test("take a message that no handler takes, which is no error then", async () => {
		const errors: string[] = [];
		const client = await at.connected({ onError: ({ message }) => errors.push(message) });
		const came = once(client, "message");
		await client.subscribe("a");
		await client.publish("a", "heard", { qos: 1 });
		expect(String((await came)[0].payload)).toBe("heard");
		await client.close();
		expect(errors).toEqual([]);
	});

	test("an error that nobody listens to is not thrown", async () => {
		const client = await at.connected();
		await client.subscribe("a", () => {
			throw new Error("handler");
		});
		await client.publish("a", "", { qos: 1 });
		expect(client.connected).toBe(true);
	});

	test("a message is its receiver's own", async () => {
		const client = await at.connected();
		const payloads: Buffer[] = [];
		await client.subscribe("a", ({ payload }) => void payloads.push(payload));
		for (const payload of ["one", "two"]) await client.publish("a", payload, { qos: 1 });
		await client.flush();
		expect(payloads.map(String)).toEqual(["one", "two"]);
	});

	test("a message at QoS 1 is acknowledged when its handler has settled, if asked for", async () => {
		const client = await at.connected({ manualAcknowledgement: true });
		let settle = () => {};
		const came = new Promise<void>((resolve) => {
			void client.subscribe("a", { qos: 1 }, () => {
				resolve();
				return new Promise<void>((done) => {
					settle = done;
				});
			});
		});
		await client.publish("a", "", { qos: 1 });
		await came;
		expect(await client.flush(50)).toBe(false);
		settle();
		expect(await client.flush()).toBe(true);
	});
});

/** How a foreign suite drives the client: all that it asks for, in ten lines. */
const adapter = {
	open: (to: string, version: 5 | 4, clientId: string) =>
		connect(to, { protocolVersion: version, clientId, reconnect: false, keepAlive: 5 }),
	publish: (client: MqttClient, topicName: string, payload: Uint8Array, qos: 0 | 1 | 2, retain: boolean) =>
		client.publish(topicName, payload, { qos, retain }),
	subscribe: (
		client: MqttClient,
		topicFilter: string,
		qos: 0 | 1 | 2,
		take: (topicName: string, payload: Buffer) => void,
	) => client.subscribe(topicFilter, { qos }, ({ topicName, payload }) => take(topicName, payload)),
	unsubscribe: (client: MqttClient, topicFilter: string) => client.unsubscribe(topicFilter),
	close: (client: MqttClient) => client.close(),
};

test("ten lines are enough to drive it", async () => {
	const client = await adapter.open(at.url, 4, "foreign");
	const came: string[] = [];
	expect(await adapter.subscribe(client, "a/+", 2, (topicName, payload) => came.push(`${topicName} ${payload}`))).toBe(
		2,
	);
	await adapter.publish(client, "a/b", Buffer.from("x"), 2, false);
	await client.flush();
	expect(await adapter.unsubscribe(client, "a/+")).toBe(true);
	expect(await adapter.close(client)).toBe(true);
	expect(came).toEqual(["a/b x"]);
});
