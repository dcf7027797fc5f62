// SPDX-License-Identifier: MIT
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type ConnectOptions, connect, type MqttClient, type ReceivedMessage } from "../../host/index.ts";
import { Lines } from "../support/lines.ts";
import { Mosquitto, publish, subscribe } from "../support/processes.ts";

let broker: Mosquitto;
let url: string;
beforeAll(async () => {
	broker = await Mosquitto.start();
	url = `mqtt://127.0.0.1:${broker.port}`;
});
afterAll(() => broker.remove());

let count = 0;
/** A topic of a test's own. */
const topic = () => `properties/${++count}`;

async function connected(options?: ConnectOptions): Promise<MqttClient> {
	const client = await connect(url, options);
	onTestFinished(async () => void (await client.close()));
	return client;
}

/** Messages as they come, as lines that `show` makes of them. */
function lines(show: (message: ReceivedMessage) => string): Lines & { take: (message: ReceivedMessage) => void } {
	const shown = new Lines();
	return Object.assign(shown, { take: (message: ReceivedMessage) => shown.push(`${show(message)}\n`) });
}

describe.each([5, 4] as const)("protocol version %i", (protocolVersion) => {
	test("the Will is published when the connection is lost, and not when it is closed", async () => {
		const name = topic();
		const observer = await subscribe(broker.port, `${name}/#`, "-q", "2", "-F", "%t %q %p");
		const will = { topicName: `${name}/will`, payload: "gone", qos: 2, retain: true } as const;
		const polite = await connect(url, { protocolVersion, will });
		await polite.close();
		const first = await connect(url, { protocolVersion, clientId: name, will, reconnect: false });
		// A second one with its name takes its place, and the broker cuts the first one off.
		const second = await connected({ protocolVersion, clientId: name });
		expect(await observer.output.line(/^prop/)).toBe(`${name}/will 2 gone`);
		expect(await first.close()).toBe(true);
		await second.publish(`${name}/last`, "", { qos: 1 });
		await observer.output.line(/last/);
		expect(observer.output.all.filter((line) => /^prop.*will/.test(line))).toHaveLength(1);
		await observer.stop();
	});

	test("the Will is published when the client is terminated, whatever it still had to do", async () => {
		const name = topic();
		const observer = await subscribe(broker.port, `${name}/#`, "-F", "%t %p");
		const will = { topicName: `${name}/will`, payload: "gone" };
		const client = await connect(url, { protocolVersion, will, closeTimeout: 600_000 });
		const unsent = client.publish(`${name}/x`, "x".repeat(100_000), { qos: 1 });
		client.terminate();
		await expect(unsent).rejects.toMatchObject({ code: "CLOSED" });
		expect(await client.close()).toBe(false);
		expect(await observer.output.line(/^prop/)).toBe(`${name}/will gone`);
		await observer.stop();
	});

	test("availability says online, and offline before it closes", async () => {
		const name = topic();
		const observer = await subscribe(broker.port, name, "-F", "%t %q %r %p");
		const client = await connect(url, { protocolVersion, availability: { topicName: name } });
		expect(await observer.output.line(/^prop/)).toMatch(/ online$/);
		await client.close();
		expect(await observer.output.line(/^prop/)).toMatch(/ offline$/);
		await observer.stop();
	});

	test("wildcards match as they should", async () => {
		const name = topic();
		const client = await connected({ protocolVersion });
		const rows = [`${name}/+/c`, `${name}/#`, `${name}/a/+`, "+/+/a/b", `${name}`];
		const came = rows.map((filter) => ({ filter, topics: [] as string[] }));
		for (const { filter, topics } of came) {
			await client.subscribe(filter, { qos: 1 }, ({ topicName }) => void topics.push(topicName.slice(name.length)));
		}
		for (const level of ["", "/a", "/a/b", "/a/c", "/b/c", "/a/b/c"]) {
			await client.publish(`${name}${level}`, "", { qos: 1 });
		}
		await client.flush();
		// In 3.1.1 overlapping subscriptions bring a message once or more, as the broker likes.
		expect(came.map(({ topics }) => [...new Set(topics)])).toEqual([
			["/a/c", "/b/c"],
			["", "/a", "/a/b", "/a/c", "/b/c", "/a/b/c"],
			["/a/b", "/a/c"],
			["/a/b"],
			[""],
		]);
	});

	test("a hundred thousand bytes, and none, come whole", async () => {
		const name = topic();
		const client = await connected({ protocolVersion });
		const shown = lines(({ payload }) => `${payload.length} ${payload.subarray(-3)}`);
		await client.subscribe(name, { qos: 1 }, shown.take);
		const large = new Uint8Array(100_000).fill(0x61);
		await client.publish(name, large, { qos: 1 });
		await client.publish(name, "", { qos: 1 });
		expect(await shown.line(/./)).toBe("100000 aaa");
		expect(await shown.line(/./)).toBe("0 ");
	});

	test("thousands of messages at QoS 0, faster than the socket takes them, keep their order", async () => {
		const name = topic();
		const client = await connected({ protocolVersion, maximumPacketSize: 2048 });
		const shown = lines(({ payload }) => String(payload));
		await client.subscribe(name, { qos: 0 }, shown.take);
		const numbers = Array.from({ length: 2100 }, (_, i) => `${i}`.padStart(50));
		for (const number of numbers.slice(0, 2000)) void client.publish(name, number);
		// These come while there is room again, and others wait.
		for (const number of numbers.slice(2000)) await Promise.all([setImmediate(), void client.publish(name, number)]);
		await shown.line(/ 2099$/);
		expect(shown.all).toEqual(numbers);
	});
});

describe("5.0", () => {
	test("properties go both ways", async () => {
		const name = topic();
		const client = await connected({ protocolVersion: 5 });
		const properties = {
			payloadFormatIndicator: 1,
			messageExpiryInterval: 100,
			contentType: "text/plain",
			responseTopic: "to/me",
			correlationData: Uint8Array.of(1, 2, 3),
			userProperty: [
				["unit", "Cel"],
				["unit", "K"],
			] as [string, string][],
		};
		const other = await subscribe(broker.port, name, "-V", "5", "-F", "sub %F|%E|%C|%R|%P|%p");
		const came = new Promise<ReceivedMessage>((resolve) => void client.subscribe(name, { qos: 1 }, resolve));
		await client.publish(name, "22.5", { qos: 1, properties });
		expect(await other.output.line(/^sub/)).toBe("sub 1|100|text/plain|to/me|unit:Cel unit:K|22.5");
		expect((await came).properties).toMatchObject({ ...properties, correlationData: Buffer.of(1, 2, 3) });
		await other.stop();
	});

	test("a retained message expires", async () => {
		const name = topic();
		const client = await connected({ protocolVersion: 5 });
		const options = { qos: 1, retain: true } as const;
		await client.publish(`${name}/a`, "soon gone", { ...options, properties: { messageExpiryInterval: 2 } });
		await client.publish(`${name}/b`, "kept", options);
		const shown = lines(({ payload, properties }) => `${payload} ${properties.messageExpiryInterval}`);
		await client.subscribe(`${name}/+`, { qos: 1 }, shown.take);
		expect(await shown.line(/./)).toMatch(/^soon gone [12]$/);
		expect(await shown.line(/./)).toBe("kept undefined");
		// Each subscription brings what is retained, until nothing but the other one is.
		for (let more = ""; !more.startsWith("kept"); ) {
			await client.subscribe(`${name}/+`, { qos: 1 }, shown.take);
			more = await shown.line(/./);
			if (!more.startsWith("kept")) await shown.line(/kept/);
		}
	});

	test("Subscription Identifiers bring a message to the handlers that it came for, and to no other", async () => {
		const name = topic();
		const client = await connected({ protocolVersion: 5 });
		const came: string[] = [];
		await client.subscribe(`${name}/#`, { qos: 1 }, ({ properties }) => {
			came.push(`all ${properties.subscriptionIdentifier}`);
		});
		await client.subscribe(`${name}/a`, { qos: 1 }, ({ properties }) => {
			came.push(`a ${properties.subscriptionIdentifier}`);
		});
		await client.publish(`${name}/a`, "", { qos: 1 });
		await client.publish(`${name}/b`, "", { qos: 1 });
		await client.flush();
		expect(came.sort()).toEqual(["a 2", "all 1", "all 1"]);
	});

	test("No Local, Retain As Published and Retain Handling do what they say", async () => {
		const name = topic();
		const client = await connected({ protocolVersion: 5 });
		await client.publish(`${name}/kept`, "kept", { qos: 1, retain: true });
		const shown = lines(({ topicName, payload, retain }) => `${topicName.slice(name.length + 1)} ${payload} ${retain}`);
		await client.subscribe(
			`${name}/+`,
			{ qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 },
			shown.take,
		);
		await client.publish(`${name}/own`, "own", { qos: 1 });
		await publish(broker.port, `${name}/other`, "other", "-r");
		expect(await shown.line(/./)).toBe("other other true");
	});

	test("of a shared subscription, each message comes to one", async () => {
		const name = topic();
		const clients = [await connected({ protocolVersion: 5 }), await connected({ protocolVersion: 5 })];
		const came: string[][] = [[], []];
		for (const [i, client] of clients.entries()) {
			await client.subscribe(`$share/pair/${name}`, { qos: 1 }, ({ payload }) => void came[i]!.push(String(payload)));
		}
		const numbers = Array.from({ length: 20 }, (_, i) => String(i));
		const publisher = await connected();
		for (const number of numbers) await publisher.publish(name, number, { qos: 1 });
		await Promise.all(clients.map((client) => client.flush()));
		// A roundtrip of each, behind all that the broker sent.
		await Promise.all(clients.map((client) => client.subscribe("nothing")));
		expect(came.flat().sort()).toEqual(numbers.sort());
		expect(came.map(({ length }) => length > 0)).toEqual([true, true]);
	});

	test("a request is answered", async () => {
		const name = topic();
		const [asking, answering] = [await connected(), await connected()];
		await answering.subscribe(name, { qos: 1 }, async (message) => {
			await answering.reply(message, `${message.payload}!`, { qos: 1 });
		});
		const answers = await Promise.all(["one", "two"].map((text) => asking.request(name, text)));
		expect(answers.map(({ payload }) => String(payload))).toEqual(["one!", "two!"]);
		await expect(asking.request("nobody/there", "", { timeout: 50 })).rejects.toMatchObject({ name: "TimeoutError" });
	});

	test("what the broker says in CONNACK is there, and a message to nobody is told", async () => {
		const client = await connected({ protocolVersion: 5 });
		expect(client.broker).toMatchObject({ version: 5, maximumQoS: 2, receiveMaximum: 20, topicAliasMaximum: 10 });
		expect(client.broker!.clientId).toMatch(/^auto-/);
		expect(await client.publish("nobody/subscribes", "", { qos: 1 })).toBe(0x10);
	});
});
