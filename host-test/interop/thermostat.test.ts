// SPDX-License-Identifier: MIT
import { afterAll, beforeAll, expect, test } from "vitest";
import { coapClient, Mosquitto, type Program, publish, subscribe } from "../support/processes.ts";
import { Simulation } from "../support/simulation.ts";

const TOPIC = "home/livingroom/thermostat";

let broker: Mosquitto;
let thing: Simulation;
let subscriber: Program;

beforeAll(async () => {
	broker = await Mosquitto.start();
	thing = await Simulation.start(broker.port, "--set", "temperature=22.5");
	subscriber = await subscribe(broker.port, `${TOPIC}/#`);
	await subscriber.output.line(/thermostat\/light false/);
});

afterAll(async () => {
	await thing.stop();
	await broker.remove();
});

/** What libcoap's client prints for one request. */
async function coap(...parameters: string[]): Promise<string> {
	const client = coapClient(...parameters);
	await client.ended;
	return [...client.output.all, ...client.errors.all].filter(Boolean).join("\n");
}

/** The lines about messages that the subscriber printed since it was last asked; `last` is the one to wait for. */
async function messages(last: RegExp): Promise<string[]> {
	const from = subscriber.output.all.length;
	await subscriber.output.line(last);
	return subscriber.output.all.slice(from).filter((line) => line.startsWith(TOPIC));
}

/** An observer of a resource that has its first value. */
async function observe(path: string, seconds = 30): Promise<Program> {
	const observer = coapClient("-s", String(seconds), `${thing.coap}/${path}`);
	await observer.output.line(/./);
	return observer;
}

test("mosquitto_sub and coap-client see the same temperature", async () => {
	const sub = await subscribe(broker.port, `${TOPIC}/temperature`);
	expect(await sub.output.line(/^home/)).toBe(`${TOPIC}/temperature 22.5`);
	await sub.stop();
	expect(await coap("-m", "get", `${thing.coap}/temperature`)).toBe("22.5");
	expect(await coap("-m", "get", "-A", "50", `${thing.coap}/temperature`)).toBe('{"temperature":22.5}');
});

test("/.well-known/core lists what there is", async () => {
	const links = await coap("-m", "get", `${thing.coap}/.well-known/core`);
	expect(links).toContain('</temperature>;rt="temperature";if="core.s"');
	expect(links).toContain('</light>;rt="light";if="core.a"');
	expect(await coap("-m", "get", `${thing.coap}/.well-known/core?if=core.a`)).not.toContain("temperature");
});

test("one change over CoAP is one publication and one notification for each observer", async () => {
	const observers = [await observe("light"), await observe("light")];
	const seen = messages(/light false/);
	expect(await coap("-m", "put", "-e", "true", `${thing.coap}/light`)).toBe("");
	await coap("-m", "put", "-e", "true", `${thing.coap}/light`);
	for (const observer of observers) await observer.output.line(/true/);
	await coap("-m", "post", `${thing.coap}/light`);
	for (const observer of observers) await observer.output.line(/false/);
	expect(await seen).toEqual([`${TOPIC}/light true`, `${TOPIC}/light false`]);
	for (const observer of observers) {
		expect(observer.output.all).toEqual(["false", "true", "false"]);
		await observer.stop();
	}
});

test("one change over MQTT is one publication and one notification for each observer", async () => {
	const observers = [await observe("light"), await observe("light")];
	const seen = messages(/light false/);
	await publish(broker.port, `${TOPIC}/light/set`, "true");
	await thing.event("change");
	for (const observer of observers) await observer.output.line(/true/);
	await publish(broker.port, `${TOPIC}/light/set`, '{"light": false}');
	for (const observer of observers) await observer.output.line(/false/);
	expect((await seen).filter((line) => !line.includes("/set"))).toEqual([
		`${TOPIC}/light true`,
		`${TOPIC}/light false`,
	]);
	for (const observer of observers) {
		expect(observer.output.all).toEqual(["false", "true", "false"]);
		await observer.stop();
	}
});

test("a value that is not allowed is refused on both sides, and changes nothing", async () => {
	expect(await coap("-m", "put", "-e", "maybe", `${thing.coap}/light`)).toContain(
		'4.00 light: expected true or false, got "maybe"',
	);
	expect(await coap("-m", "put", "-e", "20", `${thing.coap}/temperature`)).toContain("4.05");
	await publish(broker.port, `${TOPIC}/light/set`, "maybe");
	expect(await thing.refusal()).toMatchObject({
		via: "coap",
		error: 'light: expected true or false, got "maybe"',
	});
	expect(await thing.refusal()).toMatchObject({
		via: "mqtt",
		error: 'light: expected true or false, got "maybe"',
	});
	expect(await coap("-m", "get", `${thing.coap}/light`)).toBe("false");
});

test("a retained command is ignored: the first one that is heard is live", async () => {
	const other = await Mosquitto.start();
	await publish(other.port, `${TOPIC}/light/set`, "true", "--retain");
	const started = await Simulation.start(other.port);
	await publish(other.port, `${TOPIC}/light/set`, "live");
	expect(await started.event("command")).toMatchObject({ payload: "live" });
	await started.stop();
	await other.remove();
});
