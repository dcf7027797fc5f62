// SPDX-License-Identifier: MIT
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { connect, MemoryStore, MqttClient } from "../../host/index.ts";
import { Lines } from "../support/lines.ts";
import { Mosquitto, Program, publish, subscribe } from "../support/processes.ts";

const folder = mkdtempSync(join(tmpdir(), "katydid-sessions-"));
let broker: Mosquitto;
let url: string;
beforeAll(async () => {
	broker = await Mosquitto.start("persistence true", "max_queued_messages 0");
	url = `mqtt://127.0.0.1:${broker.port}`;
});
afterAll(async () => {
	await broker.remove();
	rmSync(folder, { recursive: true });
});

let count = 0;
/** A topic, a Client Identifier, and the name of a file. */
const unique = () => `session-${++count}`;
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

/** A mosquitto_sub whose session the broker keeps, and what it has printed. */
async function observer(name: string): Promise<{ program: Program; payloads: () => string[] }> {
	const program = await subscribe(broker.port, name, "-c", "-i", `${name}-observer`, "-q", "2", "-F", "payload %p");
	onTestFinished(async () => void (await program.stop()));
	const payloads = () => program.output.all.flatMap((line) => /^payload (\d+)$/.exec(line)?.[1] ?? []);
	return { program, payloads };
}

describe.each([5, 4] as const)("protocol version %i", (protocolVersion) => {
	test("a broker that is killed and comes back loses and doubles nothing", async () => {
		const name = unique();
		const { program, payloads } = await observer(name);
		const messages = new Lines();
		const client = await connect(url, {
			protocolVersion,
			clientId: name,
			cleanStart: false,
			reconnect: { minimum: 50, maximum: 200 },
		});
		onTestFinished(async () => void (await client.close()));
		await client.subscribe(`${name}/down`, { qos: 2 }, ({ payload }) => messages.push(`${payload}\n`));
		await Promise.all(numbers(1, 20).map((number) => client.publish(name, number, { qos: 2 })));
		await program.output.line(/^payload 20$/);
		await broker.save();

		await broker.stop("SIGKILL");
		const sent = numbers(21, 60).map((number) => client.publish(name, number, { qos: 2 }));
		if (client.connected) await once(client, "disconnect");
		await broker.start();
		const [sessionPresent] = await once(client, "connect");
		expect(sessionPresent).toBe(true);
		await Promise.all(sent);
		await program.output.line(/^payload 60$/);
		expect(payloads()).toEqual(numbers(1, 60));
		await publish(broker.port, `${name}/down`, "still subscribed", "-q", "2");
		expect(await messages.line(/./)).toBe("still subscribed");
	});

	test("a client that is killed, and goes on with its store, loses and doubles nothing that it published", async () => {
		const name = unique();
		const { program, payloads } = await observer(name);
		const script = join(folder, `${name}.mjs`);
		const options = { protocolVersion, clientId: name, cleanStart: false, storePath: join(folder, name) };
		writeFileSync(
			script,
			`import { MqttClient } from ${JSON.stringify(resolve("dist/host.js"))};
			import { setImmediate } from "node:timers/promises";
			const client = new MqttClient(${JSON.stringify(url)}, ${JSON.stringify(options)});
			await client.connect();
			console.log("connected");
			for (let number = Number(process.argv[2]); number <= Number(process.argv[3]); number++) {
				console.log("publishing", number);
				client.publish(${JSON.stringify(name)}, String(number), { qos: 2 });
				console.log("accepted", number);
				await setImmediate();
			}
			console.log("flushed", await client.flush());
			await client.close();`,
		);
		const said = (word: string, program: Program) =>
			program.output.all.flatMap((line) => (line.startsWith(word) ? [line.slice(word.length + 1)] : []));
		const accepted: string[] = [];
		let from = 1;
		for (const until of [30, 71, 118]) {
			const program = new Program(["node"], [script, String(from), "1000"]);
			await program.output.line(new RegExp(`^accepted ${until}$`));
			await program.stop("SIGKILL");
			accepted.push(...said("accepted", program));
			from = 1 + Number(said("publishing", program).at(-1));
		}
		const last = new Program(["node"], [script, String(from), String(from + 9)]);
		expect(await last.output.line(/^flushed/)).toBe("flushed true");
		expect(await last.ended).toBe(0);
		accepted.push(...said("accepted", last));
		await program.output.line(new RegExp(`^payload ${from + 9}$`));
		// Whether one was accepted when the process was killed, before it could say so, nobody knows.
		const came = payloads();
		expect(came).toEqual(numbers(1, from + 9).filter((number) => came.includes(number)));
		expect(accepted.filter((number) => !came.includes(number))).toEqual([]);
	});

	test("messages at QoS 1 and 2 that came while a client was away reach its handler when it is back", async () => {
		const name = unique();
		const options = { protocolVersion, clientId: name, cleanStart: false, store: new MemoryStore() };
		const before = await connect(url, options);
		await before.subscribe(name, { qos: 2 });
		await before.close();
		for (const qos of ["1", "2"]) await publish(broker.port, name, `at QoS ${qos}`, "-q", qos);
		const messages = new Lines();
		const after = new MqttClient(url, options);
		void after.subscribe(name, { qos: 2 }, ({ payload, qos }) => messages.push(`${payload} ${qos}\n`));
		const connected = once(after, "connect");
		await after.connect();
		expect(await connected).toEqual([true]);
		expect(await messages.line(/./)).toBe("at QoS 1 1");
		expect(await messages.line(/./)).toBe("at QoS 2 2");
		await after.close();
	});
});

test("a message that nobody takes is an error, and no silence", async () => {
	const name = unique();
	const options = { clientId: name, cleanStart: false, store: new MemoryStore() };
	const before = await connect(url, options);
	await before.subscribe(name, { qos: 1 });
	await before.close();
	await publish(broker.port, name, "unheard");
	const errors: string[] = [];
	const after = await connect(url, { ...options, onError: ({ code, message }) => errors.push(`${code} ${message}`) });
	await after.close();
	expect(errors).toEqual([`DROPPED a message to "${name}" came, and nobody takes it`]);
});

test("with onMessage nothing is missed that a kept session brings", async () => {
	const name = unique();
	const options = { clientId: name, cleanStart: false, store: new MemoryStore() };
	const before = await connect(url, options);
	await before.subscribe(name, { qos: 1 });
	await before.close();
	await publish(broker.port, name, "heard");
	const messages = new Lines();
	const after = await connect(url, { ...options, onMessage: ({ payload }) => messages.push(`${payload}\n`) });
	expect(await messages.line(/./)).toBe("heard");
	await after.close();
});
