// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, expect, test } from "vitest";
import { coapClient, Mosquitto, type Program, publish, subscribe } from "../support/processes.ts";
import { Simulation } from "../support/simulation.ts";

const TOPIC = "home/livingroom/thermostat";

let broker: Mosquitto;
beforeEach(async () => {
	broker = await Mosquitto.start();
});
afterEach(() => broker.remove());

/** What is retained of the thing, once it is online. */
async function retained(): Promise<Program> {
	const subscriber = await subscribe(broker.port, `${TOPIC}/#`);
	for (const line of [/status online/, /temperature 22.5/, /light true/]) await subscriber.output.line(line);
	return subscriber;
}

test("a broker that goes away is reconnected to: state is retained again, commands work again", async () => {
	const thing = await Simulation.start(broker.port, "--set", "temperature=22.5", "--set", "light=true");
	await (await retained()).stop();
	for (let round = 0; round < 2; round++) {
		await broker.stop();
		expect(await thing.event("disconnected")).toMatchObject({ code: "CONNECTION_LOST" });
		await coapClient("-m", "put", "-e", "false", `${thing.coap}/light`).ended;
		await coapClient("-m", "put", "-e", "true", `${thing.coap}/light`).ended;
		await broker.start();
		await thing.event("connected");
		const subscriber = await retained();
		await publish(broker.port, `${TOPIC}/light/set`, "false");
		await subscriber.output.line(/light false/);
		await publish(broker.port, `${TOPIC}/light/set`, "true");
		await subscriber.output.line(/light true/);
		const states = subscriber.output.all.filter((line) => line.startsWith(`${TOPIC}/light `));
		expect(states).toEqual([`${TOPIC}/light true`, `${TOPIC}/light false`, `${TOPIC}/light true`]);
		await subscriber.stop();
	}
	expect(await thing.stop()).toBe(0);
});

test("a broker that is not there is waited for, with CoAP running meanwhile", async () => {
	await broker.stop();
	const thing = await Simulation.start(broker.port, "--set", "temperature=22.5", "--set", "light=true");
	const client = coapClient("-m", "get", `${thing.coap}/temperature`);
	await client.output.line(/^22\.5$/);
	await broker.start();
	await thing.event("connected");
	await (await retained()).stop();
	expect(await thing.stop()).toBe(0);
});

test("Ctrl-C publishes offline; so does the Will when the thing is killed", async () => {
	const subscriber = await subscribe(broker.port, `${TOPIC}/status`);
	let thing = await Simulation.start(broker.port);
	await subscriber.output.line(/status online/);
	expect(await thing.stop()).toBe(0);
	await subscriber.output.line(/status offline/);
	expect(broker.log.all.join("\n")).toContain("Received DISCONNECT from thermostat-123");

	thing = await Simulation.start(broker.port);
	await subscriber.output.line(/status online/);
	await thing.kill();
	await subscriber.output.line(/status offline/);
	await subscriber.stop();
});

test("Ctrl-C ends at once when there is no broker", async () => {
	await broker.stop();
	const thing = await Simulation.start(broker.port);
	expect(await thing.stop()).toBe(0);
});
