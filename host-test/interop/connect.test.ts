// SPDX-License-Identifier: MIT
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type ConnectOptions, connect, type MqttClient } from "../../host/index.ts";
import { Lines } from "../support/lines.ts";
import { Mosquitto, publish, subscribe } from "../support/processes.ts";

let broker: Mosquitto;
let url: string;
beforeAll(async () => {
	broker = await Mosquitto.start();
	url = `mqtt://127.0.0.1:${broker.port}`;
});
afterAll(() => broker.remove());

/** A client that is connected, and closed with the test. */
async function connected(options?: ConnectOptions, to: string | string[] = url): Promise<MqttClient> {
	const client = await connect(to, options);
	onTestFinished(async () => void (await client.close()));
	return client;
}

/** Topics of a test's own. */
let count = 0;
const topic = () => `test/${++count}`;

describe.each([5, 4] as const)("protocol version %i", (protocolVersion) => {
	for (const qos of [0, 1, 2] as const)
		test(`publishes to mosquitto_sub, and receives from mosquitto_pub, at QoS ${qos}`, async () => {
			const client = await connected({ protocolVersion });
			const name = topic();
			const other = await subscribe(broker.port, `${name}/up`, "-q", String(qos), "-F", "%t %q %p");
			expect(await client.publish(`${name}/up`, "über", { qos })).toBe(0);
			expect(await other.output.line(/^test/)).toBe(`${name}/up ${qos} über`);
			await other.stop();

			const messages = new Lines();
			const granted = await client.subscribe(`${name}/+`, { qos }, (message) =>
				messages.push(`${message.topicName} ${message.qos} ${message.retain} ${message.payload}\n`),
			);
			expect(granted).toBe(qos);
			await publish(broker.port, `${name}/down`, "hinüber", "-q", String(qos));
			expect(await messages.line(/./)).toBe(`${name}/down ${qos} false hinüber`);
			expect(await client.unsubscribe(`${name}/+`)).toBe(true);
			expect(await client.unsubscribe(`${name}/+`)).toBe(false);
			expect(await client.close()).toBe(true);
		});

	test("leaves a retained message, which is told from a live one", async () => {
		const client = await connected({ protocolVersion });
		const name = topic();
		await client.publish(name, "kept", { qos: 1, retain: true });
		const messages: string[] = [];
		await client.subscribe(name, { qos: 1 }, ({ payload, retain }) => void messages.push(`${payload} ${retain}`));
		await client.publish(name, "live", { qos: 1 });
		await client.flush();
		expect(messages).toEqual(["kept true", "live false"]);
	});
});
