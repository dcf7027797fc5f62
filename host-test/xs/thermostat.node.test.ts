// SPDX-License-Identifier: MIT
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { coapClient, freePort, Mosquitto, type Program, publish, subscribe } from "../support/processes.ts";
import { boot, type Engine } from "./engine.ts";

const TOPIC = "home/livingroom/thermostat";

let broker: Mosquitto;
let subscriber: Program;
let engine: Engine;
let uri: string;

beforeAll(async () => {
	broker = await Mosquitto.start();
	subscriber = await subscribe(broker.port, "#");
	engine = await boot(fileURLToPath(new URL("thermostat.ts", import.meta.url)));
	const port = await freePort("udp");
	uri = `coap://127.0.0.1:${port}`;
	engine.call("start", broker.port, port);
});

afterAll(async () => {
	engine?.close();
	await subscriber?.stop();
	await broker?.remove();
});

/** What the coap-client says to an exchange that it ends. */
async function exchange(...parameters: string[]): Promise<string[]> {
	const client = coapClient(...parameters);
	await client.ended;
	return [...client.output.all, ...client.errors.all].filter((line) => line !== "");
}

/** The payloads that came on a topic so far. */
function published(topicName: string): string[] {
	const prefix = `${topicName} `;
	return subscriber.output.all.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
}

test("the thermostat on XS connects to mosquitto, and mosquitto_sub sees 22.5", async () => {
	await subscriber.output.line(new RegExp(`^${TOPIC}/temperature 22.5$`));
});

test("coap-client gets 22.5 from XS", async () => {
	expect(await exchange("-m", "get", `${uri}/temperature`)).toEqual(["22.5"]);
});

test("a light that coap-client puts shows on MQTT", async () => {
	expect(await exchange("-m", "put", "-e", "true", `${uri}/light`)).toEqual([]);
	await engine.lines.line(/^led 1$/);
	await subscriber.output.line(new RegExp(`^${TOPIC}/light true$`));
});

test("a command over MQTT reaches an observer over CoAP", async () => {
	const observer = coapClient("-s", "60", `${uri}/light`);
	await observer.output.line(/^true$/);
	await publish(broker.port, `${TOPIC}/light/set`, "false");
	await observer.output.line(/^false$/);
	expect(await exchange("-m", "get", `${uri}/light`)).toEqual(["false"]);
	await observer.stop();
});

test("an observer sees the room grow warmer, and so does MQTT", async () => {
	const observer = coapClient("-s", "60", `${uri}/temperature`);
	await observer.output.line(/^22.5$/);
	engine.call("warm", 23);
	await observer.output.line(/^23$/);
	await subscriber.output.line(new RegExp(`^${TOPIC}/temperature 23$`));
	await observer.stop();
});

test("a button pressed on the board switches the light for everyone", async () => {
	engine.call("press");
	await subscriber.output.line(new RegExp(`^${TOPIC}/light true$`));
	expect(await exchange("-m", "get", `${uri}/light`)).toEqual(["true"]);
});

test("each change so far, whoever made it, came on MQTT once", () => {
	expect(published(`${TOPIC}/light`)).toEqual(["false", "true", "false", "true"]);
	expect(published(`${TOPIC}/temperature`)).toEqual(["22.5", "23"]);
});

test("a wrong command is refused, and names what is allowed", async () => {
	expect(await exchange("-m", "put", "-e", "blue", `${uri}/light`)).toEqual([expect.stringContaining("true or false")]);
});

test("it comes back after the broker was away", async () => {
	await broker.stop();
	await engine.lines.line(/"disconnected"/);
	await broker.start();
	await broker.log.line(/Sending SUBACK to thermostat-123/);
	await publish(broker.port, `${TOPIC}/light/set`, "false");
	await engine.lines.line(/^led 0$/);
});

test("stopping says offline", async () => {
	const last = await subscribe(broker.port, `${TOPIC}/#`);
	engine.call("stop");
	await engine.lines.line(/^stopped$/);
	await last.output.line(/ offline$/);
	await last.stop();
});
