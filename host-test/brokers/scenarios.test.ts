// SPDX-License-Identifier: MIT
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Broker, PASSWORD } from "./broker.ts";
import { Device, type DeviceOptions } from "./device.ts";
import { Observer, silentClient } from "./observer.ts";
import { capabilitiesOf, KINDS, type Kind, type Version } from "./table.ts";

describe.each(KINDS)("$name", (kind) => {
	let broker: Broker;
	beforeAll(async () => {
		broker = await kind.create();
		await broker.start();
	});
	afterAll(() => broker?.remove());

	for (const version of kind.versions) describe(version, () => scenarios(kind, version, () => broker));
});

/** What is true of every broker, as the table says. */
function scenarios(kind: Kind, version: Version, theBroker: () => Broker): void {
	/** What is left of a test. */
	const closing: (() => Promise<unknown> | undefined)[] = [];
	/** A topic and a client identifier that no other test has. */
	let name = "";
	afterEach(async () => {
		for (const close of closing.splice(0).reverse()) await close();
	});

	function device(options: Partial<DeviceOptions> = {}): Device {
		const { port } = theBroker();
		const who = { clientId: name, username: kind.username, password: PASSWORD };
		const made = new Device({ port, protocol: version, ...who, ...options });
		closing.push(() => (made.gone ? undefined : made.close()));
		return made;
	}

	async function connected(options?: Partial<DeviceOptions>): Promise<Device> {
		const made = device(options);
		expect(await made.connect()).toBe("connected");
		return made;
	}

	async function observer(): Promise<Observer> {
		const made = await Observer.connect(kind, theBroker(), version);
		closing.push(() => made.close());
		return made;
	}

	const scenario = (
		title: string,
		run: () => Promise<void>,
		as: (title: string, run: () => Promise<void>) => void = test,
	) =>
		as(title, () => {
			name = `t${++count}`;
			return run();
		});

	scenario("connects and closes", async () => {
		const client = await connected();
		expect(client.client.broker).toMatchObject({ clientId: name, ...(version === "5.0" && capabilitiesOf(kind)) });
		await client.close();
	});

	scenario("is refused with a wrong password, and says why", async () => {
		const client = device({ password: "guessed" });
		client.client.connect(0);
		await client.log.line(new RegExp(`^disconnected CONNECTION_REFUSED ${kind.refusal[version]} `));
	});

	for (const qos of [0, 1, 2] as const) {
		const granted = Math.min(qos, kind.maximumQoS) as 0 | 1 | 2;

		scenario(
			`publishes at QoS ${qos}`,
			async () => {
				const other = await observer();
				await other.subscribe(`${name}/up`, qos);
				const client = await connected();
				const done = client.publish(`${name}/up`, "über", { qos });
				expect(await other.log.line(/up/)).toBe(`${name}/up ${granted} über`);
				if (qos > 0) await done;
				expect(client.log.all).toEqual(["connected"]);
			},
			qos === 2 && kind.acknowledgesQoS2 ? test.fails : test,
		);

		scenario(`receives at QoS ${qos}, until it unsubscribes`, async () => {
			const other = await observer();
			const client = await connected();
			await client.subscribe(`${name}/+/down`, qos);
			await other.publish(`${name}/x/down`, "über", { qos: granted });
			expect(await client.log.line(/^message/)).toBe(`message ${name}/x/down ${granted} über`);
			client.client.unsubscribe(`${name}/+/down`);
			await client.flush();
			await client.subscribe(`${name}/last`, 0);
			await other.publish(`${name}/x/down`, "nobody listens", { qos: granted });
			await other.publish(`${name}/last`, "last", { qos: granted });
			expect(await client.log.line(/^message/)).toBe(`message ${name}/last 0 last`);
		});
	}

	scenario("publishes and receives hundreds of messages, each once and in order", async () => {
		const client = await connected({ maximumInFlight: 20 });
		await client.subscribe(name, 1);
		const payloads = Array.from({ length: 300 }, (_, i) => String(i));
		await Promise.all(payloads.map((payload) => client.publish(name, payload, { qos: 1 })));
		await client.log.line(/ 299$/);
		expect(client.log.all.slice(1)).toEqual(payloads.map((payload) => `message ${name} 1 ${payload}`));
	});

	scenario("leaves a retained message, and removes it", async () => {
		const client = await connected();
		await client.publish(`${name}/kept`, "still here", { qos: 1, retain: true });
		await client.close();
		const other = await observer();
		await other.subscribe(`${name}/kept`, 1);
		expect(await other.log.line(/kept/)).toBe(`${name}/kept 1 still here retained`);

		await client.connect();
		await client.subscribe(`${name}/kept`, 1);
		expect(await client.log.line(/^message/)).toBe(`message ${name}/kept 1 still here retained`);
		await client.publish(`${name}/kept`, "", { qos: 1, retain: true });
		await client.publish(`${name}/last`, "last", { qos: 1, retain: true });
		const third = await observer();
		await third.subscribe([`${name}/kept`, `${name}/last`], 1);
		expect(await third.log.line(/./)).toBe(`${name}/last 1 last retained`);
	});

	scenario(`gets retained messages ${kind.retainedByWildcard ? "" : "not "}through a wildcard`, async () => {
		const other = await observer();
		await other.publish(`${name}/a`, "kept", { qos: 1, retain: true });
		const client = await connected();
		await client.subscribe(`${name}/#`, 1);
		await other.publish(`${name}/b`, "live", { qos: 1 });
		await client.log.line(/ live$/);
		const kept = client.log.all.includes(`message ${name}/a 1 kept retained`);
		expect(kept).toBe(kind.retainedByWildcard);
	});

	scenario("has a Will, which is published when it vanishes and not when it closes", async () => {
		const other = await observer();
		await other.subscribe(`${name}/#`, 1);
		const will = { topicName: `${name}/will`, payload: "gone", qos: 1 } as const;
		const client = await connected({ will });
		await client.close();
		const second = await connected({ clientId: `${name}-2`, will });
		await second.publish(`${name}/second`, "here", { qos: 1 });
		expect(await other.log.line(/./)).toBe(`${name}/second 1 here`);
		second.vanish();
		expect(await other.log.line(/./)).toBe(`${name}/will 1 gone`);
	});

	scenario("resumes a session, with what came meanwhile", async () => {
		const other = await observer();
		const client = await connected({ cleanStart: false });
		await client.subscribe(`${name}/#`, 1);
		await client.close();
		for (const payload of ["1", "2", "3"]) await other.publish(`${name}/x`, payload, { qos: 1 });
		expect(await client.connect()).toBe("connected, session present");
		for (const payload of ["1", "2", "3"]) {
			expect(await client.log.line(/^message/)).toBe(`message ${name}/x 1 ${payload}`);
		}
		await client.flush();
		await client.close();
		expect(await client.connect()).toBe("connected, session present");
		await other.publish(`${name}/x`, "4", { qos: 1 });
		// The third may come again: mosquitto does not read what is left of a connection when the next one is there.
		await client.log.line(/^message .* 1 4$/);
	});

	scenario("gives way to another with its identifier, and waits", async () => {
		const first = await connected({ reconnect: { minimum: 600_000 } });
		await connected();
		const told = version === "5.0" && kind.capabilities!.tellsWhy;
		await first.log.line(told ? /^disconnected DISCONNECTED 142 / : /^disconnected CONNECTION_LOST /);
	});

	scenario("stays connected where a client that says nothing is thrown out", async () => {
		const client = await connected({ keepAlive: 1 });
		await silentClient(kind, theBroker());
		await client.publish(name, "still there", { qos: 1 });
		expect(client.log.all).toEqual(["connected"]);
	});

	for (const qos of [1, 2] as const) {
		if (qos > kind.maximumQoS) continue;
		scenario(`loses nothing at QoS ${qos} when the broker is stopped and started`, async () => {
			const client = await connected({ cleanStart: false });
			// Without a subscription some brokers have no session to resume.
			await client.subscribe(`${name}/none`, 1);
			const topics = Array.from({ length: 200 }, (_, i) => `${name}/${i}`);
			let done = 0;
			let restarted: Promise<void> | undefined;
			/** False: a session was lost between PUBREC and PUBREL, and the broker alone knows what it did with the message. */
			const publish = async (topicName: string): Promise<boolean> => {
				try {
					await client.publish(topicName, topicName, { qos, retain: true });
				} catch (error) {
					if (kind.durableSessions || qos === 1 || !(error as Error).message.includes("may have")) throw error;
					return false;
				} finally {
					if (++done === 50)
						restarted = theBroker()
							.stop()
							.then(() => theBroker().start());
				}
				return true;
			};
			const certain = await Promise.all(topics.map(publish));
			await restarted;
			expect(client.log.all.filter((line) => line.startsWith("connected")).length).toBeGreaterThan(1);
			const other = await observer();
			await other.subscribe(topics, 0);
			const missing = new Set(topics.filter((_, i) => certain[i]).map((topic) => `${topic} 0 ${topic} retained`));
			try {
				while (missing.size > 0) missing.delete(await other.log.line(/./));
			} catch {
				expect([...missing]).toEqual([]);
			}
		});
	}

	scenario("hears what it subscribed to again after the broker was stopped and started", async () => {
		const client = await connected({ cleanStart: false });
		await client.subscribe(`${name}/#`, 1);
		await theBroker().stop();
		await client.log.line(/^disconnected/);
		await theBroker().start();
		expect(await client.log.line(/^connected/)).toBe(kind.durableSessions ? "connected, session present" : "connected");
		await client.flush();
		const other = await observer();
		await other.publish(`${name}/x`, "again", { qos: 1 });
		expect(await client.log.line(/^message/)).toBe(`message ${name}/x 1 again`);
	});

	if (version === "5.0") {
		scenario("tells and hears what 5.0 says of a message, each time that an alias stands for its topic", async () => {
			const other = await observer();
			await other.subscribe(`${name}/up`, 1);
			const client = await connected();
			await client.subscribe(`${name}/down`, 1);
			const properties = {
				contentType: "text/plain",
				responseTopic: `${name}/answer`,
				userProperty: [["a", "b"]] as [string, string][],
			};
			for (const payload of ["1", "2", "3"]) {
				await client.publish(`${name}/up`, payload, { qos: 1, properties });
				const line = await other.log.line(/up/);
				expect(line).toContain(`${name}/up 1 ${payload} properties {`);
				expect(JSON.parse(line.slice(line.indexOf("{")))).toMatchObject({
					contentType: "text/plain",
					responseTopic: `${name}/answer`,
					userProperties: { a: "b" },
				});
			}
			const request = { responseTopic: `${name}/up`, correlationData: Buffer.from("7") };
			await other.publish(`${name}/down`, "?", { qos: 1, properties: request });
			expect(await client.log.line(/^message/)).toBe(`message ${name}/down 1 ? answer 7 to ${name}/up`);
		});

		// Katydid reads on in what follows the first bytes, and gives that as the reason.
		const survives = kind.capabilities!.obeysMaximumPacketSize ? test : test.fails;
		scenario(
			"survives a message larger than the Maximum Packet Size that it announced",
			async () => {
				const client = await connected({ maximumPacketSize: 256 });
				await client.subscribe(name, 0);
				const other = await observer();
				await other.publish(name, "x".repeat(1000), { qos: 0 });
				if (!kind.capabilities!.obeysMaximumPacketSize) {
					expect(await client.log.line(/^disconnected/)).toContain(" BROKEN_FORMAT 149 ");
					await client.log.line(/^connected/);
					await client.flush();
				}
				await other.publish(name, "small", { qos: 0 });
				expect(await client.log.line(/^message/)).toBe(`message ${name} 0 small`);
			},
			survives,
		);

		scenario("is told how long its session is kept", async () => {
			const client = await connected({ cleanStart: false });
			expect(client.client.broker!.sessionExpiryInterval).toBe(kind.capabilities!.longestSession);
		});
	}

	if (version === kind.versions[0]) {
		scenario(`finds out that the broker speaks ${version}`, async () => {
			const client = await connected({ protocol: "auto" });
			expect(client.client.broker!.version).toBe(version === "5.0" ? 5 : 4);
		});
	}
}
let count = 0;
